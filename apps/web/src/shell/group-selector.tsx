/**
 * Which organization group the pages are about.
 *
 * @module
 */
import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { groupsQuery } from '../api/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { visible } from '../text/directory-text.ts'

export function GroupSelector({ current }: { readonly current: string | undefined }) {
  const { data } = useQuery(groupsQuery)
  const navigate = useNavigate()
  const groups = treeOf(data ?? [])
  return (
    <Select
      label="Organization group"
      data={groups.map(({ group, path }) => ({ value: group.id, label: visible(path) }))}
      value={current ?? null}
      placeholder="Choose a group"
      allowDeselect={false}
      searchable={groups.length > 8}
      nothingFoundMessage="No group has this in its name."
      onChange={(group) => {
        if (group !== null) void navigate({ to: '/groups/$group/overview', params: { group } })
      }}
      mb="md"
    />
  )
}
