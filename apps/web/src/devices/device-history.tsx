/**
 * What became of a device, newest first.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import type { DeviceHistoryRow } from '../api/device-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Section } from '../parts/section.tsx'
import { fieldWords } from '../settings/value-words.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { titleOf } from '../trace/hops.ts'
import { deviceHistoryQuery } from './queries.ts'

const columns: readonly Column<DeviceHistoryRow>[] = [
  { title: 'When', cell: ({ at }) => <time dateTime={at}>{moment(at)}</time> },
  { title: 'What', cell: ({ kind }) => titleOf(fieldWords(kind)) },
  {
    title: 'Details',
    cell: ({ details }) =>
      Object.entries(details)
        // The id of a command says nothing to a person; the kind does.
        .filter(([name]) => name !== 'command')
        .map(([name, value]) => `${fieldWords(name)}: ${visible(String(value))}`)
        .join(', '),
  },
]

export function DeviceHistory({ device }: { readonly device: string }) {
  const history = useQuery(deviceHistoryQuery(device))
  return (
    <Section title="History">
      <Answer of={history}>
        {(rows) => (
          <DataTable
            caption="History of the device"
            columns={columns}
            rows={rows}
            keyOf={({ number }) => String(number)}
            whenEmpty="Nothing has happened yet."
          />
        )}
      </Answer>
    </Section>
  )
}
