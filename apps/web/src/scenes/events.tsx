/**
 * Events: what happened that somebody may have to know.
 *
 * @module
 */
import { Button, Group, Paper, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import type { GateEvent } from '../api/shapes.ts'
import { eventColumns } from '../events/columns.tsx'
import { EventFilters } from '../events/event-filters.tsx'
import { eventAddress, type EventSearch } from '../events/search.ts'
import { Waiting } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { useObjectName } from '../parts/object-name.ts'
import { Page } from '../parts/page.tsx'
import { said } from '../routes/list-search.ts'

const route = getRouteApi('/shell/events')

export function EventsScene() {
  const { severity = '', category = '', service = '', group = '', within = '', text = '' } = route.useSearch()
  const search: EventSearch = { severity, category, service, group, within, text }
  const navigate = route.useNavigate()
  // What is looked for stands in the address, so that it can be sent to somebody.
  const look = (change: Partial<EventSearch>) =>
    void navigate({ search: said({ ...search, ...change }), replace: true })
  const nameOf = useObjectName()
  const events = useInfiniteQuery({
    queryKey: ['events', search],
    queryFn: ({ pageParam, signal }) =>
      ask<{ events: readonly GateEvent[]; nextCursor?: string }>(
        'GET',
        eventAddress(path`/api/events`, search, new Date(), { limit: '100', cursor: pageParam }),
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
  const loaded = events.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <Page
      title="Events"
      says="What happened at the gate. The number of an event never changes its meaning."
      actions={<Export search={search} />}
    >
      <Stack gap="md">
        <EventFilters search={search} onLook={look} />
        <Paper>
          {events.isError && <FailureNotice error={events.error} />}
          {events.isPending && !events.isError && <Waiting />}
          {events.data !== undefined && (
            <DataTable
              caption="Events, newest first"
              columns={eventColumns(nameOf)}
              rows={loaded}
              keyOf={({ number }) => String(number)}
              whenEmpty={whenEmpty(search)}
            />
          )}
          {events.hasNextPage && (
            <Button variant="subtle" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
              Show older events
            </Button>
          )}
        </Paper>
      </Stack>
    </Page>
  )
}

/** Everything that is looked for, and not only what is shown. */
function Export({ search }: { readonly search: EventSearch }) {
  const now = useNow()
  const link = { component: 'a', download: true, variant: 'default' } as const
  const sign = <IconDownload size={16} aria-hidden />
  return (
    <Group gap="xs">
      <Button {...link} href={eventAddress(path`/api/events/export`, search, now)} leftSection={sign}>
        All as CSV
      </Button>
      <Button {...link} href={eventAddress(path`/api/events/export-lines`, search, now)} leftSection={sign}>
        As JSON lines
      </Button>
    </Group>
  )
}

function whenEmpty(search: EventSearch): string {
  if (search.text !== '') return 'No event is about this. Names, addresses, event numbers and their words are searched.'
  if (search.severity !== '') return 'No warning like this, and nothing worse.'
  return Object.keys(said(search)).length === 0 ? 'Nothing has happened yet.' : 'Nothing like this has happened.'
}
