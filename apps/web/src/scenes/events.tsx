/**
 * Events: what happened that somebody may have to know.
 *
 * @module
 */
import { Button, Paper, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path, withQuery } from '../api/client.ts'
import type { GateEvent } from '../api/shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { Waiting } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useObjectName } from '../parts/object-name.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

function standingOf(severity: string): Standing {
  if (severity === 'error' || severity === 'critical') return 'failed'
  return severity === 'warning' ? 'warning' : 'off'
}

const columns = (nameOf: (object: string) => string): readonly Column<GateEvent>[] => [
  { title: 'When', cell: ({ at }) => <time dateTime={at}>{moment(at)}</time> },
  {
    title: 'Severity',
    cell: ({ severity }) => <StandingWord standing={standingOf(severity)}>{severity}</StandingWord>,
  },
  {
    title: 'What happened',
    cell: ({ says, fix }) => (
      <>
        {visible(says)}
        {fix !== undefined && fix !== '' && (
          <Text size="sm" c="dimmed">
            {visible(fix)}
          </Text>
        )}
      </>
    ),
  },
  { title: 'About', cell: ({ about }) => (about === undefined || about === '' ? 'the console' : nameOf(about)) },
  { title: 'Event', cell: ({ id }) => id },
]

const categories = [
  { value: '', label: 'Everything' },
  { value: 'connectors', label: 'Connectors' },
  { value: 'certificates', label: 'Certificates' },
  { value: 'admins', label: 'Administrators' },
  { value: 'services', label: 'Services' },
  { value: 'devices', label: 'Devices' },
  { value: 'nac', label: 'NAC' },
  { value: 'system', label: 'System' },
]

export function EventsScene() {
  const [severity, setSeverity] = useState('')
  const [category, setCategory] = useState('')
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed.trim(), 300)
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
          <SegmentedControl
            aria-label="How severe"
            value={severity}
            onChange={setSeverity}
            data={[
              { value: '', label: 'All' },
              { value: 'warning', label: 'Warnings and worse' },
            ]}
          />
          <Select
            label="About"
            allowDeselect={false}
            data={categories}
            value={category}
            onChange={(chosen) => setCategory(chosen ?? '')}
          />
          <TextInput
            label="Search"
            placeholder="a name, an address, SG-1002"
            value={typed}
            maxLength={200}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
        <Paper>
          {events.isError && <FailureNotice error={events.error} />}
          {events.isPending && <Waiting />}
          {events.data !== undefined && (
            <DataTable
              caption="Events, newest first"
              columns={columns(nameOf)}
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
