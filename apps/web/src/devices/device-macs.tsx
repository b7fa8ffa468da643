/**
 * Addresses of a device: those it has and those it had, and which of them software made up.
 *
 * @module
 */
import type { KnownMac } from '../api/device-shapes.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { ago, moment } from '../text/time.ts'

export function DeviceMacs({ macs, now }: { readonly macs: readonly KnownMac[]; readonly now: Date }) {
  const columns: readonly Column<KnownMac>[] = [
    { title: 'MAC address', cell: ({ mac }) => <span className="mono">{mac}</span> },
    {
      title: 'Kind',
      cell: ({ isLocallyAdministered }) =>
        isLocallyAdministered ? <StandingWord standing="warning">made up by software</StandingWord> : 'of the hardware',
    },
    {
      title: 'Now',
      cell: ({ isCurrent }) => (
        <StandingWord standing={isCurrent ? 'ok' : 'off'}>{isCurrent ? 'has it' : 'had it'}</StandingWord>
      ),
    },
    { title: 'First seen', cell: ({ firstSeenAt }) => <time dateTime={firstSeenAt}>{moment(firstSeenAt)}</time> },
    { title: 'Last seen', cell: ({ lastSeenAt }) => <time dateTime={lastSeenAt}>{ago(lastSeenAt, now)}</time> },
  ]
  const madeUp = macs.filter(({ isLocallyAdministered }) => isLocallyAdministered).length
  return (
    <Section
      title="MAC addresses"
      says={
        madeUp === 0
          ? 'A NAC finds the device by any of these.'
          : 'An address that software made up (its locally-administered bit is set) may be another one tomorrow: a NAC does not find the device by it then.'
      }
    >
      <DataTable
        caption="MAC addresses"
        columns={columns}
        rows={macs}
        keyOf={({ mac }) => mac}
        whenEmpty="Nobody has named one: a NAC finds this device by its GUID only."
      />
    </Section>
  )
}
