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
  const pathOf = (id: string) => visible(groups.find(({ group }) => group.id === id)?.path ?? '')
  return (
    <Select
      label="Organization group"
      // Its own name, for the place is narrow; where it stands is said in the list, and looked for as well.
      data={groups.map(({ group }) => ({ value: group.id, label: visible(group.name) }))}
      renderOption={({ option }) => pathOf(option.value)}
      filter={({ options, search }) =>
        options.filter(
          (option) => 'value' in option && pathOf(option.value).toLowerCase().includes(search.toLowerCase()),
        )
      }
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      title={current === undefined ? undefined : pathOf(current)}
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
