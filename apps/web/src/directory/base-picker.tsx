/**
 * The tree of the directory, a level at a time, to choose a base DN from.
 *
 * It asks with what the form says now, so that a base can be fetched before anything is saved.
 *
 * @module
 */
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { DirectoryBases } from '../api/directory-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { visible } from '../text/directory-text.ts'
import type { StoredSettings } from '../services/service-settings.ts'

export interface BasePickerProps {
  readonly group: string
  readonly draft: () => StoredSettings
  readonly onPick: (dn: string) => void
}

const kindWords: Readonly<Record<DirectoryBases['bases'][number]['kind'], string>> = {
  context: 'naming context',
  systemContext: 'of the system',
  domain: 'domain',
  organization: 'organization',
  organizationalUnit: 'unit',
  container: 'container',
}

export function BasePicker({ group, draft, onPick }: BasePickerProps) {
  const [trail, setTrail] = useState<readonly string[]>([])
  const [settings] = useState(draft)
  const below = trail.at(-1)
  // A password may be among the settings: the answer is kept under a name that says nothing.
  const opened = useId()
  const bases = useQuery({
    queryKey: ['group', group, 'directory bases', opened, below],
    queryFn: ({ signal }) =>
      ask<DirectoryBases>('POST', path`/api/groups/${group}/directory/bases`, {
        body: { settings, ...(below === undefined ? {} : { below }) },
        signal,
      }),
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  return (
    <Stack gap="sm">
      <Group gap={6}>
        <Button size="compact-sm" variant="subtle" disabled={below === undefined} onClick={() => setTrail([])}>
          Top
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          disabled={below === undefined}
          onClick={() => setTrail(trail.slice(0, -1))}
        >
          Up
        </Button>
        <Text size="sm" className="mono outside">
          {below === undefined ? 'The directory' : visible(below)}
        </Text>
      </Group>
      <Answer of={bases}>
        {({ bases: found, suggested, more, server, connector }) => (
          <>
            <ul className="plain-list tree-level" aria-label="Below it">
              {found.map(({ dn, kind }) => (
                <li key={dn} className="tree-row">
                  <div className="outside">
                    <Text size="sm" span className="mono">
                      {visible(dn)}
                    </Text>{' '}
                    <Text size="xs" span c="dimmed">
                      {kindWords[kind]}
                    </Text>{' '}
                    {dn === suggested && (
                      <Badge variant="light" size="sm">
                        usual
                      </Badge>
                    )}
                  </div>
                  <Group gap={6} wrap="nowrap">
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`Open ${visible(dn)}`}
                      onClick={() => setTrail([...trail, dn])}
                    >
                      Open
                    </Button>
                    <Button size="compact-sm" aria-label={`Use ${visible(dn)}`} onClick={() => onPick(dn)}>
                      Use
                    </Button>
                  </Group>
                </li>
              ))}
            </ul>
            {found.length === 0 && <Text size="sm">Nothing lies below it that could hold people or groups.</Text>}
            <Text size="xs" c="dimmed">
              {more && 'There is more than is shown; type the DN if it is missing. '}
              Answered by {visible(server)} through {visible(connector.name)}.
            </Text>
          </>
        )}
      </Answer>
    </Stack>
  )
}
