/**
 * Lines that the sample office received: its collector is *simulated*, what it read is as it was sent.
 *
 * @module
 */
import { Paper, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { SyslogPage } from '../syslog/syslog-page.tsx'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/groups/$group')

/** Whatever the collector made of a line, by name. */
interface SampleLine {
  readonly number: number
  readonly [fact: string]: unknown
}

const factsOf = (line: SampleLine) => Object.entries(line).filter(([name]) => name !== 'number')

const columns: readonly Column<SampleLine>[] = [
  { title: 'No.', isNumber: true, cell: ({ number }) => number },
  {
    title: 'What it read',
    cell: (line) => (
      <dl className="facts">
        {factsOf(line).map(([name, value]) => (
          <div key={name} className="fact-line">
            <dt>{visible(name)}</dt>
            <dd className="mono outside">{visible(String(value as string | number | boolean))}</dd>
          </div>
        ))}
      </dl>
    ),
  },
]

export function SampleSyslogScene() {
  const { group } = route.useParams()
  const lines = useQuery({
    queryKey: ['sample office', 'syslog'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ messages: readonly { readonly number: number }[] }>('GET', path`/api/sample-office/syslog`, {
          signal,
        })
      ).messages,
    refetchInterval: 3000,
  })
  return (
    <SyslogPage
      group={group}
      says="What the simulated collector of the sample office read, newest first. It keeps the newest 200 until it stops."
    >
      <Paper>
        <Answer of={lines}>
          {(all) => (
            <DataTable
              caption="Lines received"
              columns={columns}
              rows={all as readonly SampleLine[]}
              keyOf={({ number }) => String(number)}
              whenEmpty={
                <Text span>No line has arrived yet. Make a target that leads there, or wait for an event.</Text>
              }
            />
          )}
        </Answer>
      </Paper>
    </SyslogPage>
  )
}
