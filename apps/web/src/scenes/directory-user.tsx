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
import { FieldList } from '../directory-sync/field-list.tsx'
import { Memberships } from '../directory-sync/memberships.tsx'
import { userQuery } from '../directory-sync/queries.ts'
import { Answer } from '../parts/answer.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, expiry } from '../text/time.ts'

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
  const { dn, id, fields, mustChangePassword, expiresAt, syncedAt } = user
  return (
    <Section title="What is known">
      <Facts>
        <Fact name="Account">
          <AccountWord {...user} />
          {mustChangePassword && ' has to change the password'}
        </Fact>
        {expiresAt !== undefined && <Fact name="Account ends">{expiry(expiresAt, now)}</Fact>}
        <FieldList of="user" fields={fields} />
        <Fact name="DN">
          <span className="mono">{visible(dn)}</span>
        </Fact>
        <Fact name="Identifier">
          <span className="mono">{visible(id)}</span>
        </Fact>
        <Fact name="As of">{ago(syncedAt, now)}</Fact>
      </Facts>
    </Section>
  )
}
