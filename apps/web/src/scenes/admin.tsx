/**
 * One administrator: roles, end, reset, disable, remove.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Ending } from '../parts/ending.tsx'
import { adminQuery } from '../admins/queries.ts'
import type { Admin } from '../api/access-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { Roles } from '../admins/admin-roles.tsx'
import { Reset } from '../admins/admin-reset.tsx'
import { Leaving } from '../admins/admin-leaving.tsx'
import { End } from '../admins/admin-end.tsx'

const route = getRouteApi('/shell/admins/$admin')

export function AdminScene() {
  const { admin: id } = route.useParams()
  const admin = useQuery(adminQuery(id))
  return (
    <Page
      title={admin.data === undefined ? 'Administrator' : visible(admin.data.name)}
      says={<TextLink to="/admins">All administrators</TextLink>}
    >
      <Answer of={admin}>{(data) => <Details admin={data} />}</Answer>
    </Page>
  )
}

function Details({ admin }: { readonly admin: Admin }) {
  const session = useSession()
  const now = useNow()
  const isSelf = admin.id === session.admin.id
  const mayEdit = may(session, 'admins:edit')
  return (
    <Stack gap="lg">
      {isSelf && (
        <Notice
          about="ok"
          says="This is you."
          fix="Your password, second factor, PIN and sessions are under Your account."
        >
          <TextLink to="/account">Your account</TextLink>
        </Notice>
      )}
      <Section title="Account">
        <Facts>
          <Fact name="State">
            <StandingWord standing={admin.isDisabled ? 'off' : 'ok'}>
              {admin.isDisabled ? 'disabled' : 'enabled'}
            </StandingWord>
          </Fact>
          <Fact name="Account">
            {admin.kind === 'local'
              ? 'of this console, with a password'
              : 'of the directory, which checks the password'}
          </Fact>
          <Fact name="Ends">
            <Ending at={admin.expiresAt} now={now} />
          </Fact>
          <Fact name="Second factor">{admin.hasTotp ? 'on' : 'none'}</Fact>
          <Fact name="Security PIN">{admin.hasPin ? 'set' : 'none'}</Fact>
          <Fact name="Made">{moment(admin.createdAt)}</Fact>
        </Facts>
      </Section>
      <Roles admin={admin} mayEdit={mayEdit} />
      {mayEdit && <End key={admin.expiresAt ?? ''} admin={admin} />}
      {mayEdit && !isSelf && <Reset admin={admin} />}
      {mayEdit && !isSelf && <Leaving admin={admin} />}
    </Stack>
  )
}
