/**
 * Devices with addresses that software made up, by platform: network access control loses them.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { RandomMacs } from '../api/device-shapes.ts'
import { platformWord } from '../devices/words.ts'
import { randomMacsQuery } from '../devices/queries.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'

type Row = RandomMacs['platforms'][number]

const columns: readonly Column<Row>[] = [
  { title: 'Platform', cell: ({ platform }) => visible(platformWord(platform)) },
  { title: 'Devices', isNumber: true, cell: ({ devices }) => devices.toLocaleString('en') },
  { title: 'With a made-up address', isNumber: true, cell: ({ withRandom }) => withRandom.toLocaleString('en') },
  { title: 'With no other', isNumber: true, cell: ({ onlyRandom }) => onlyRandom.toLocaleString('en') },
  { title: 'With none at all', isNumber: true, cell: ({ withoutMac }) => withoutMac.toLocaleString('en') },
]

export function RandomMacReport({ group }: { readonly group: string | undefined }) {
  const report = useQuery(randomMacsQuery)
  return (
    <Answer of={report}>
      {({ devices, withRandom, onlyRandom, withoutMac, platforms }) => (
        <Section
          title="Made-up addresses"
          says="Phones and laptops show a made-up MAC address to each network. A NAC that asks by it finds the device only while it keeps it; switch it off for your network, or let the NAC ask by GUID from the certificate."
        >
          <Text size="sm" mb="sm" role="status">
            {devices === 0
              ? 'No device is enrolled.'
              : `Of ${devices.toLocaleString('en')} enrolled devices, ${withRandom.toLocaleString('en')} have a made-up address; ${onlyRandom.toLocaleString('en')} have no other, and ${withoutMac.toLocaleString('en')} told none.`}{' '}
            {withRandom > 0 && group !== undefined && (
              <TextLink to="/groups/$group/devices" params={{ group }} search={{ randomMac: 'true' }}>
                Show them
              </TextLink>
            )}
          </Text>
          <DataTable
            caption="Made-up addresses by platform"
            columns={columns}
            rows={platforms}
            keyOf={({ platform }) => platform}
            whenEmpty="Nothing to count until a device has enrolled."
          />
        </Section>
      )}
    </Answer>
  )
}
