/**
 * Groups of the directory, as the sync keeps them here.
 *
 * @module
 */
import { Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ListedDirectoryGroup } from '../api/sync-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { NothingYet } from '../directory-sync/nothing-yet.tsx'
import { ObjectLink } from '../directory-sync/object-link.tsx'
import { atOnce, directoryGroupsQuery } from '../directory-sync/queries.ts'
import type { Column } from '../parts/data-table.tsx'
import { PagedTable } from '../parts/paged-table.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useTrail } from '../parts/trail.ts'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/groups/$group/directory/groups')

const columns = (group: string): readonly Column<ListedDirectoryGroup>[] => [
  {
    title: 'Name',
    cell: ({ id, name }) => <ObjectLink group={group} kind="group" id={id} name={name} />,
  },
  { title: 'Description', cell: ({ description = '' }) => visible(description) },
  { title: 'Mail', cell: ({ mail = '' }) => visible(mail) },
  { title: 'DN', cell: ({ dn }) => <span className="mono">{visible(dn)}</span> },
]

export function DirectoryGroupsScene() {
  const { group } = route.useParams()
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const trail = useTrail()
  const groups = useQuery(directoryGroupsQuery(group, search, trail.cursor))
  return (
    <DirectoryPage group={group} says="Groups of the directory as they were at the last sync.">
      <Stack gap="md">
        <SearchField
          key={group}
          label="Search"
          placeholder="Name or mail"
          value={search}
          onSearch={(text) => void navigate({ search: text === '' ? {} : { search: text }, replace: true })}
        />
        <Paper>
          <PagedTable
            of={groups}
            trail={trail}
            atOnce={atOnce}
            caption="Groups of the directory"
            columns={columns(group)}
            keyOf={({ id }) => id}
            whenEmpty={
              search === '' ? (
                <NothingYet group={group} />
              ) : (
                'No group is called like this. Each word begins a word of the name or the mail address.'
              )
            }
          />
        </Paper>
      </Stack>
    </DirectoryPage>
  )
}
