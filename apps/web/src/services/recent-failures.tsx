/**
 * What went wrong with a service of a group lately, from the events.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import { ask, path, withQuery } from '../api/client.ts'
import type { GateEvent } from '../api/shapes.ts'
import { EventWords, SeverityWord } from '../events/event-words.tsx'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { useObjectName } from '../parts/object-name.ts'
import { Section } from '../parts/section.tsx'
import { may, useSession } from '../shell/session.ts'
import { ago, moment } from '../text/time.ts'
import type { ServiceName } from './service-query.ts'

export interface RecentFailuresProps {
  readonly group: string
  readonly service: ServiceName
}

export function RecentFailures({ group, service }: RecentFailuresProps) {
  return may(useSession(), 'events:read') ? <Failures group={group} service={service} /> : null
}

function Failures({ group, service }: RecentFailuresProps) {
  const now = useNow()
  const nameOf = useObjectName()
  const wanted = { severity: 'warning', service, group }
  const events = useQuery({
    queryKey: ['events', wanted],
    queryFn: async ({ signal }) =>
      (
        await ask<{ events: readonly GateEvent[] }>(
          'GET',
          withQuery(path`/api/events`, { limit: '10', below: 'false', ...wanted }),
          { signal },
        )
      ).events,
    refetchInterval: 10_000,
  })
  const columns: readonly Column<GateEvent>[] = [
    {
      title: 'When',
      cell: ({ at }) => (
        <time dateTime={at} title={moment(at)}>
          {ago(at, now)}
        </time>
      ),
    },
    { title: 'Severity', cell: SeverityWord },
    { title: 'What happened', cell: EventWords },
    { title: 'About', cell: ({ about = '' }) => nameOf(about) },
  ]
  return (
    <Section
      title="Recent errors"
      says="The newest ten warnings, and worse, of this group."
      actions={
        <TextLink to="/events" search={wanted}>
          All of them, and those of groups below
        </TextLink>
      }
    >
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
