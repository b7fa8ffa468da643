/**
 * Where a policy holds.
 *
 * @module
 */
import { MultiSelect, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { groupsQuery } from '../api/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'
import type { PolicyPartProps } from './policy-fields.tsx'

export function PolicyPlaces({ group, content, change }: PolicyPartProps) {
  const groups = useQuery(groupsQuery)
  // A policy holds at its own group or below, nowhere else.
  const placed = treeOf(groups.data ?? [])
  const own = placed.find((one) => one.group.id === group)
  const within = placed.filter((one) => one === own || (own !== undefined && one.path.startsWith(`${own.path} / `)))
  const groupOptions = within.map((one) => ({ value: one.group.id, label: visible(one.path) }))
  return (
    <Section
      title="Where it holds"
      says="In this group and all below it, unless you name others. The nearest group that is named decides."
    >
      <Stack gap="md">
        <MultiSelect
          label="Holds in"
          placeholder={content.assigned.length === 0 ? 'this group and below' : ''}
          data={groupOptions}
          searchable
          value={[...content.assigned]}
          onChange={(assigned) => change({ assigned })}
        />
        <MultiSelect
          label="But not in"
          placeholder={content.excluded.length === 0 ? 'no exception' : ''}
          data={groupOptions}
          searchable
          value={[...content.excluded]}
          onChange={(excluded) => change({ excluded })}
        />
      </Stack>
    </Section>
  )
}
