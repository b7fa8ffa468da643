/**
 * What went wrong with a service lately, from the events.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ask, path, withQuery } from '../api/client.ts'
import type { GateEvent } from '../api/shapes.ts'
import { standingOfEvent } from '../events/standing.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'
import type { ServiceName } from './service-query.ts'

export function RecentFailures({ service }: { readonly service: ServiceName }) {
  const session = useSession()
  const isAllowed = may(session, 'events:read')
  const now = useNow()
  const events = useQuery({
    queryKey: ['events', 'of service', service],
    queryFn: async ({ signal }) =>
      (
        await ask<{ events: readonly GateEvent[] }>(
          'GET',
          withQuery(path`/api/events`, { limit: '10', severity: 'warning', text: service }),
          { signal },
        )
      ).events,
    enabled: isAllowed,
    refetchInterval: 10_000,
  })
  if (!isAllowed) return null
  const columns: readonly Column<GateEvent>[] = [
    { title: 'When', cell: ({ at }) => <time dateTime={at}>{ago(at, now)}</time> },
    {
      title: 'Severity',
      cell: ({ severity }) => <StandingWord standing={standingOfEvent(severity)}>{severity}</StandingWord>,
    },
    {
      title: 'What happened',
      cell: ({ says, fix = '', details }) => (
        <>
          {visible(says)}
          {typeof details['code'] === 'string' && ` ${visible(details['code'])}`}
          {fix !== '' && (
            <Text size="sm" c="dimmed">
              {visible(fix)}
            </Text>
          )}
        </>
      ),
    },
    { title: 'About', cell: ({ about = '' }) => visible(about) },
  ]
  return (
    <Section title="Recent errors" says="The newest ten warnings, and worse. All of them are under Events.">
      <Answer of={events}>
        {(found) => (
          <DataTable
            caption="Recent errors"
            columns={columns}
            rows={found}
            keyOf={({ number }) => String(number)}
            whenEmpty="Nothing has gone wrong."
          />
        )}
      </Answer>
    </Section>
  )
}
