/**
 * Groups that somebody or something is in, directly or through others.
 *
 * @module
 */
import { SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import type { Membership } from '../api/sync-shapes.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Section } from '../parts/section.tsx'
import { ObjectLink } from './object-link.tsx'

export interface MembershipsProps {
  readonly group: string
  readonly title: string
  readonly rows: readonly Membership[]
  readonly isCut: boolean
}

export function Memberships({ group, title, rows, isCut }: MembershipsProps) {
  const [which, setWhich] = useState('all')
  const direct = rows.filter(({ isTransitive }) => !isTransitive)
  return (
    <Section
      title={title}
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Which memberships"
          value={which}
          onChange={setWhich}
          data={[
            { value: 'all', label: `All (${rows.length})` },
            { value: 'direct', label: `Direct (${direct.length})` },
          ]}
        />
      }
    >
      <DataTable
        caption={title}
        rows={which === 'direct' ? direct : rows}
        keyOf={({ id }) => id}
        whenEmpty="None that is kept here."
        columns={[
          {
            title: 'Group',
            cell: ({ id, name }) => <ObjectLink group={group} kind="group" id={id} name={name} />,
          },
          { title: 'How', cell: ({ isTransitive }) => (isTransitive ? 'through another group' : 'direct') },
        ]}
      />
      {isCut && (
        <Text size="sm" c="dimmed">
          There are more than the {rows.length.toLocaleString('en')} shown.
        </Text>
      )}
    </Section>
  )
}
