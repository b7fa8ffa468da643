/**
 * Events: what happened that somebody may have to know.
 *
 * @module
 */
import { Button, Paper, Select, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ask, path, withQuery } from '../api/client.ts'
import type { GateEvent } from '../api/shapes.ts'
import { eventColumns } from '../events/columns.tsx'
import { categoryWords, severityWords } from '../events/words.ts'
import { Waiting } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useObjectName } from '../parts/object-name.ts'
import { Page } from '../parts/page.tsx'
import { SearchField } from '../parts/search-field.tsx'

const route = getRouteApi('/shell/events')

/** The log of the audit has a page of its own. */
const categories = Object.entries(categoryWords)
  .filter(([value]) => value !== 'audit')
  .map(([value, label]) => ({ value, label }))
const severities = ['warning', 'error', 'critical'].map((value) => ({ value, label: severityWords[value] ?? value }))

export function EventsScene() {
  const { severity = '', category = '', text = '' } = route.useSearch()
  const navigate = route.useNavigate()
  // What is looked for stands in the address, so that it can be sent to somebody.
  const look = (change: { severity?: string; category?: string; text?: string }) => {
    const wanted = Object.entries({ severity, category, text, ...change }).filter(([, value]) => value !== '')
    void navigate({ search: Object.fromEntries(wanted), replace: true })
  }
  const nameOf = useObjectName()
  const events = useInfiniteQuery({
    queryKey: ['events', severity, category, text],
    queryFn: ({ pageParam, signal }) =>
      ask<{ events: readonly GateEvent[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/events`, { limit: '100', cursor: pageParam, severity, category, text }),
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
      actions={
        <Button
          component="a"
          href={withQuery(path`/api/events/export`, { limit: '1000', severity, category, text })}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Newest 1000 as CSV
        </Button>
      }
    >
      <Stack gap="md">
        <div className="filters">
          <Select
            label="How bad"
            allowDeselect={false}
            data={[{ value: '', label: 'everything' }, ...severities]}
            value={severity}
            onChange={(chosen) => look({ severity: chosen ?? '' })}
          />
          <Select
            label="About"
            allowDeselect={false}
            data={[{ value: '', label: 'Everything' }, ...categories]}
            value={category}
            onChange={(chosen) => look({ category: chosen ?? '' })}
          />
          <SearchField
            label="Search"
            placeholder="a name, an address, SG-1002"
            value={text}
            onSearch={(typed) => look({ text: typed })}
          />
        </div>
        <Paper>
          {events.isError && <FailureNotice error={events.error} />}
          {events.isPending && !events.isError && <Waiting />}
          {events.data !== undefined && (
            <DataTable
              caption="Events, newest first"
              columns={eventColumns(nameOf)}
              rows={loaded}
              keyOf={({ number }) => String(number)}
              whenEmpty={whenEmpty(text, severity, category)}
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

function whenEmpty(text: string, severity: string, category: string): string {
  if (text !== '') return 'No event is about this. Names, addresses and event numbers are searched.'
  if (severity !== '') return 'No warning, and nothing worse.'
  return category === '' ? 'Nothing has happened yet.' : 'Nothing of this kind has happened yet.'
}
