/**
 * What can be done about the sync: look what would change, start it, stop it, let a held run go.
 *
 * @module
 */
import { Button, Checkbox, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { DirectorySync, RunMode, SyncRun } from '../api/sync-shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { countWords, holdWords } from './words.ts'

const changed = (group: string) => ({ queryKey: ['group', group, 'directory'] })

export function StartRun({ group, sync }: { readonly group: string; readonly sync: DirectorySync }) {
  const queryClient = useQueryClient()
  const [isFull, setIsFull] = useState(false)
  const start = useMutation({
    mutationFn: (mode: RunMode) =>
      ask<SyncRun>('POST', path`/api/groups/${group}/directory/sync/runs`, {
        body: { mode, ...(isFull ? { full: true } : {}) },
      }),
    onSettled: () => queryClient.invalidateQueries(changed(group)),
  })
  return (
    <Stack gap="sm">
      <div className="search">
        <Button
          variant={sync.needsPreview && sync.waiting === undefined ? 'filled' : 'light'}
          loading={start.isPending && start.variables === 'preview'}
          onClick={() => start.mutate('preview')}
        >
          Preview what would change
        </Button>
        {!sync.needsPreview && (
          <Button
            variant={sync.waiting === undefined ? 'filled' : 'light'}
            loading={start.isPending && start.variables === 'sync'}
            onClick={() => start.mutate('sync')}
          >
            Sync now
          </Button>
        )}
      </div>
      {sync.hasSynced && (
        <Checkbox
          label="Read everything anew, and not only what has changed"
          checked={isFull}
          onChange={(event) => setIsFull(event.currentTarget.checked)}
        />
      )}
      {start.isError && <FailureNotice error={start.error} />}
    </Stack>
  )
}

export interface OfRun {
  readonly group: string
  readonly run: SyncRun
}

export function StopRun({ group, run }: OfRun) {
  const queryClient = useQueryClient()
  const stop = useMutation({
    mutationFn: () => ask('POST', path`/api/groups/${group}/directory/sync/runs/${run.id}/stop`),
    onSettled: () => queryClient.invalidateQueries(changed(group)),
  })
  return (
    <>
      <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
        {run.state === 'running' ? 'Stop it' : 'Discard it'}
      </Button>
      {stop.isError && <FailureNotice error={stop.error} />}
    </>
  )
}

/** Once, for this run and what it has found: the safeguards stay as they are. */
export function ReleaseRun({ group, run }: OfRun) {
  const queryClient = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const isHeld = run.state === 'held'
  return (
    <>
      <Button
        className={isHeld ? 'is-grave' : ''}
        variant={isHeld ? 'outline' : 'filled'}
        onClick={() => setIsOpen(true)}
      >
        {isHeld ? 'Let it go ahead' : 'Put it into force'}
      </Button>
      <ConsentDialog
        title={isHeld ? 'Let this run go ahead?' : 'Put this preview into force?'}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        doIt={isHeld ? 'Let it go ahead' : 'Put it into force'}
        keepIt="Not now"
        run={async (consent) => {
          await ask('POST', path`/api/groups/${group}/directory/sync/runs/${run.id}/release`, { body: consent })
          setIsOpen(false)
          notifications.show({ message: 'It goes ahead.' })
          await queryClient.invalidateQueries(changed(group))
        }}
      >
        {holdWords(run).map((words) => (
          <Text key={words} size="sm" fw={600}>
            {words}
          </Text>
        ))}
        <Text size="sm">
          {countWords(run.counts)}. The limits stay as they are: a later run that goes beyond them is held again.
        </Text>
      </ConsentDialog>
    </>
  )
}
