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
        <Groups
          label="Holds in"
          whenNone="this group and below"
          options={groupOptions}
          value={content.assigned}
          onChange={(assigned) => change({ assigned })}
        />
        <Groups
          label="But not in"
          whenNone="no exception"
          options={groupOptions}
          value={content.excluded}
          onChange={(excluded) => change({ excluded })}
        />
      </Stack>
    </Section>
  )
}

interface GroupsProps {
  readonly label: string
  /** What holds where none is named. */
  readonly whenNone: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly value: readonly string[]
  readonly onChange: (groups: readonly string[]) => void
}

function Groups({ whenNone, options, value, ...field }: GroupsProps) {
  return (
    <MultiSelect
      {...field}
      placeholder={value.length === 0 ? whenNone : ''}
      data={[...options]}
      searchable
      value={[...value]}
    />
  )
}
