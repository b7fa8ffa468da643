/**
 * Events: what happened that somebody may have to know.
 *
 * @module
 */
import { Button, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path, withQuery } from '../api/client.ts'
import type { GateEvent } from '../api/shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { Waiting } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

function standingOf(severity: string): Standing {
  if (severity === 'error' || severity === 'critical') return 'failed'
  return severity === 'warning' ? 'warning' : 'off'
}

const columns: readonly Column<GateEvent>[] = [
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
  { title: 'About', cell: ({ about }) => visible(about === undefined || about === '' ? 'the console' : about) },
  { title: 'Event', cell: ({ id }) => id },
]

export function EventsScene() {
  const [severity, setSeverity] = useState('')
  const events = useInfiniteQuery({
    queryKey: ['events', severity],
    queryFn: ({ pageParam, signal }) =>
      ask<{ events: readonly GateEvent[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/events`, { limit: '50', cursor: pageParam, severity }),
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
  return (
    <Page title="Events" says="What happened at the gate. The number of an event never changes its meaning.">
      <Stack gap="md">
        <SegmentedControl
          aria-label="Which events"
          className="start"
          value={severity}
          onChange={setSeverity}
          data={[
            { value: '', label: 'All' },
            { value: 'warning', label: 'Warnings and worse' },
          ]}
        />
        <Paper>
          {events.isError && <FailureNotice error={events.error} />}
          {events.isPending && <Waiting />}
          {events.data !== undefined && (
            <DataTable
              caption="Events, newest first"
              columns={columns}
              rows={events.data.pages.flatMap((page) => page.events)}
              keyOf={({ number }) => String(number)}
              whenEmpty={severity === '' ? 'Nothing has happened yet.' : 'No warning, and nothing worse.'}
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
