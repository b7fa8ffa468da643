/**
 * People of the directory, as the sync keeps them here.
 *
 * @module
 */
import { Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ListedUser } from '../api/sync-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { AccountWord } from '../directory-sync/account-word.tsx'
import { NothingYet } from '../directory-sync/nothing-yet.tsx'
import { ObjectLink } from '../directory-sync/object-link.tsx'
import { atOnce, usersQuery } from '../directory-sync/queries.ts'
import type { Column } from '../parts/data-table.tsx'
import { PagedTable } from '../parts/paged-table.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useTrail } from '../parts/trail.ts'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/groups/$group/directory/users')

const columns = (group: string): readonly Column<ListedUser>[] => [
  {
    title: 'Name',
    cell: ({ id, name }) => <ObjectLink group={group} kind="user" id={id} name={name} />,
  },
  { title: 'Sign-in', cell: ({ login = '' }) => visible(login) },
  { title: 'Mail', cell: ({ mail = '' }) => visible(mail) },
  { title: 'Account', cell: (user) => <AccountWord {...user} /> },
  { title: 'DN', cell: ({ dn }) => <span className="mono">{visible(dn)}</span> },
]

export function DirectoryUsersScene() {
  const { group } = route.useParams()
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const trail = useTrail()
  const users = useQuery(usersQuery(group, search, trail.cursor))
  return (
    <DirectoryPage group={group} says="People as they were at the last sync.">
      <Stack gap="md">
        <SearchField
          key={group}
          label="Search"
          placeholder="Name, sign-in name or mail"
          value={search}
          onSearch={(text) => void navigate({ search: text === '' ? {} : { search: text }, replace: true })}
        />
        <Paper>
          <PagedTable
            of={users}
            trail={trail}
            atOnce={atOnce}
            caption="Users of the directory"
            columns={columns(group)}
            keyOf={({ id }) => id}
            whenEmpty={
              search === '' ? (
                <NothingYet group={group} />
              ) : (
                'Nobody is called like this. Each word begins a word of the name, the sign-in name or the mail address.'
              )
            }
          />
        </Paper>
      </Stack>
    </DirectoryPage>
  )
}
