/**
 * One user of the directory: what is known of him, and which groups he is in.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { DirectoryUser } from '../api/sync-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { AccountWord } from '../directory-sync/account-word.tsx'
import { KnownObject } from '../directory-sync/known-object.tsx'
import { Memberships } from '../directory-sync/memberships.tsx'
import { userQuery } from '../directory-sync/queries.ts'
import { Answer } from '../parts/answer.tsx'
import { Fact } from '../parts/facts.tsx'
import { useNow } from '../parts/now.ts'
import { visible } from '../text/directory-text.ts'
import { expiry } from '../text/time.ts'

const route = getRouteApi('/shell/groups/$group/directory/users/$user')

export function DirectoryUserScene() {
  const { group, user: id } = route.useParams()
  const user = useQuery(userQuery(group, id))
  return (
    <DirectoryPage group={group} title={user.data === undefined ? 'User' : visible(user.data.name)}>
      <Answer of={user}>
        {(data) => (
          <Stack gap="lg">
            <Known user={data} />
            <Memberships group={group} title="Groups of the user" rows={data.groups} isCut={data.groupsCut} />
          </Stack>
        )}
      </Answer>
    </DirectoryPage>
  )
}

function Known({ user }: { readonly user: DirectoryUser }) {
  const now = useNow()
  const { mustChangePassword, expiresAt } = user
  return (
    <KnownObject
      kind="user"
      object={user}
      first={
        <>
          <Fact name="Account">
            <AccountWord {...user} />
            {mustChangePassword && ' has to change the password'}
          </Fact>
          {expiresAt !== undefined && <Fact name="Account ends">{expiry(expiresAt, now)}</Fact>}
        </>
      }
    />
  )
}
