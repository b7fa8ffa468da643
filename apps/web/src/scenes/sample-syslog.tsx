/**
 * Lines that the sample office received: its collector is *simulated*, what it read is as it was sent.
 *
 * @module
 */
import { Paper } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import { SeverityWord } from '../events/event-words.tsx'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { SyslogPage } from '../syslog/syslog-page.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

const route = getRouteApi('/shell/groups/$group')

interface SampleLine {
  readonly number: number
  readonly at: string
  /** What the collector made of the line, by name; of a line it could not read there is little. */
  readonly [fact: string]: unknown
}

const text = (line: SampleLine, fact: string) => (typeof line[fact] === 'string' ? visible(line[fact]) : '')
const shown = ['number', 'at', 'severity', 'id']

const columns: readonly Column<SampleLine>[] = [
  { title: 'No.', isNumber: true, cell: ({ number }) => number },
  {
    title: 'When',
    cell: ({ at }) => (
      <time className="one-line" dateTime={at}>
        {moment(at)}
      </time>
    ),
  },
  { title: 'Severity', cell: (line) => <SeverityWord severity={text(line, 'severity') || 'not told'} /> },
  { title: 'Event', cell: (line) => <span className="one-line">{text(line, 'id')}</span> },
  {
    title: 'What it read',
    cell: (line) => (
      <details>
        <summary>{text(line, 'text') || text(line, 'line')}</summary>
        <Facts>
          {Object.entries(line)
            .filter(([name]) => !shown.includes(name))
            .map(([name, value]) => (
              <Fact key={name} name={visible(name)}>
                <span className="mono">{visible(String(value as string | number | boolean))}</span>
              </Fact>
            ))}
        </Facts>
      </details>
    ),
  },
]

export function SampleSyslogScene() {
  const { group } = route.useParams()
  const lines = useQuery({
    queryKey: ['sample office', 'syslog'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ messages: readonly { readonly number: number; readonly at: string }[] }>(
          'GET',
          path`/api/sample-office/syslog`,
          { signal },
        )
      ).messages,
    refetchInterval: 3000,
  })
  return (
    <SyslogPage
      group={group}
      says="What the simulated collector of the sample office read, newest first. It keeps the newest 200 until it stops. A line opens to all that it read."
    >
      <Paper>
        <Answer of={lines}>
          {(all) => (
            <DataTable
              caption="Lines received"
              columns={columns}
              rows={(all as readonly SampleLine[]).toSorted((a, b) => b.number - a.number)}
              keyOf={({ number }) => String(number)}
              whenEmpty={
                <>
                  No line has arrived yet.{' '}
                  <TextLink to="/groups/$group/syslog/targets/$target" params={{ group, target: 'new' }}>
                    Make a target that leads there
                  </TextLink>
                  , or wait for an event.
                </>
              }
            />
          )}
        </Answer>
      </Paper>
    </SyslogPage>
  )
}
