/**
 * Where something counts: a group and below, or the whole installation.
 *
 * @module
 */
import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { groupsQuery } from '../api/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

/** In place of a group: everywhere. */
export const everywhere = ''

export interface GroupSelectProps {
  readonly label: string
  readonly description?: string
  readonly value: string
  readonly onChange: (group: string) => void
}

export function GroupSelect({ label, description, value, onChange }: GroupSelectProps) {
  const { data } = useQuery(groupsQuery)
  const { grants } = useSession()
  const isEverywhere = grants.some(({ group }) => group === undefined)
  return (
    <Select
      label={label}
      description={description}
      allowDeselect={false}
      placeholder="Choose a group"
      data={[
        ...(isEverywhere ? [{ value: everywhere, label: 'The whole installation' }] : []),
        ...treeOf(data ?? []).map(({ group, path }) => ({ value: group.id, label: visible(path) })),
      ]}
      value={value === everywhere && !isEverywhere ? null : value}
      onChange={(chosen) => onChange(chosen ?? everywhere)}
    />
  )
}

/** The path of a group, or that it is everywhere. */
export function useGroupName(): (group: string | undefined) => string {
  const { data } = useQuery(groupsQuery)
  const placed = treeOf(data ?? [])
  return (group) =>
    group === undefined ? 'everywhere' : visible(placed.find((one) => one.group.id === group)?.path ?? group)
}
