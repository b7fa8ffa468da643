/**
 * Where one is signed in.
 *
 * @module
 */
import { Button, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { OwnSession } from '../api/access-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { useChange } from '../parts/change.ts'
import { DataTable } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { ago, moment } from '../text/time.ts'

export function Sessions() {
  const now = useNow()
  const sessions = useQuery({
    queryKey: ['own sessions'],
    queryFn: async ({ signal }) =>
      (await ask<{ sessions: readonly OwnSession[] }>('GET', path`/api/session/all`, { signal })).sessions,
  })
  const end = useChange(() => ask('DELETE', path`/api/session/others`), {
    says: 'Only this session is left.',
    renews: [['own sessions']],
  })
  const others = (sessions.data ?? []).filter(({ isThis }) => !isThis).length
  return (
    <Section
      title="Sessions"
      says="Where you are signed in. Each ends half an hour after its last request, and after twelve hours in any case."
    >
      <Answer of={sessions}>
        {(all) => (
          <Stack gap="md">
            <DataTable
              caption="Your sessions"
              rows={all}
              keyOf={({ startedAt, lastSeenAt, isThis }) => `${startedAt} ${lastSeenAt} ${isThis}`}
              whenEmpty="There is no session: you come with an API key or a password in each request."
              columns={[
                { title: 'Where', cell: ({ isThis }) => (isThis ? <strong>this browser</strong> : 'elsewhere') },
                { title: 'Since', cell: ({ startedAt }) => <time dateTime={startedAt}>{moment(startedAt)}</time> },
                { title: 'Last used', cell: ({ lastSeenAt, isThis }) => (isThis ? 'now' : ago(lastSeenAt, now)) },
                { title: 'Ends at the latest', cell: ({ expiresAt }) => moment(expiresAt) },
              ]}
            />
            {end.isError && <FailureNotice error={end.error} />}
            {others > 0 && (
              <Button variant="default" className="start" loading={end.isPending} onClick={() => end.mutate()}>
                End the {others === 1 ? 'other one' : `${others} others`}
              </Button>
            )}
          </Stack>
        )}
      </Answer>
    </Section>
  )
}
