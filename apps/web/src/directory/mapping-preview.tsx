/**
 * One entry of the directory, as the settings would have it: the quickest way to see whether they are right.
 *
 * @module
 */
import { Button, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { DirectoryPreview } from '../api/directory-shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import type { StoredSettings } from '../services/service-settings.ts'
import { PreviewedEntry } from './previewed-entry.tsx'

export interface MappingPreviewProps {
  readonly group: string
  /** Settings nobody has saved; absent: those in force. */
  readonly draft?: () => StoredSettings
}

/** No form of its own: it stands inside one. */
export function MappingPreview({ group, draft }: MappingPreviewProps) {
  const [kind, setKind] = useState('users')
  const [entry, setEntry] = useState('')
  const look = useMutation({
    mutationFn: () =>
      ask<DirectoryPreview>('POST', path`/api/groups/${group}/directory/preview`, {
        body: { kind, entry: entry.trim(), ...(draft === undefined ? {} : { settings: draft() }) },
      }),
  })
  return (
    <section className="preview" aria-label="Try it with one entry">
      <Stack gap="md">
        <div>
          <Text fw={600}>Try it with one entry</Text>
          <Text size="sm" c="dimmed">
            {draft === undefined
              ? 'What becomes of somebody you know, with the settings in force.'
              : 'What becomes of somebody you know, with what stands above; nothing is saved.'}
          </Text>
        </div>
        <div className="search">
          <SegmentedControl
            aria-label="What to try"
            data={[
              { value: 'users', label: 'A user' },
              { value: 'groups', label: 'A group' },
            ]}
            value={kind}
            onChange={setKind}
          />
          <TextInput
            aria-label="Sign-in name, name of a group, or DN"
            placeholder={kind === 'users' ? 'sign-in name or DN' : 'name or DN'}
            maxLength={1024}
            spellCheck={false}
            value={entry}
            onChange={(event) => setEntry(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              if (entry.trim() !== '') look.mutate()
            }}
            className="search-text"
          />
          <Button variant="light" loading={look.isPending} disabled={entry.trim() === ''} onClick={() => look.mutate()}>
            Show
          </Button>
        </div>
        {look.isError && <FailureNotice error={look.error} />}
        {look.data !== undefined && <PreviewedEntry preview={look.data} />}
      </Stack>
    </section>
  )
}
