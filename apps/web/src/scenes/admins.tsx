/**
 * Administrators: who may sign in, and with which roles.
 *
 * @module
 */
import { Button, Paper } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Ending } from '../parts/ending.tsx'
import { useGroupName } from '../parts/group-select.tsx'
import { adminsQuery, rolesQuery } from '../admins/queries.ts'
import type { Admin } from '../api/access-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { NewAdmin } from '../admins/new-admin.tsx'

export function AdminsScene() {
  const admins = useQuery(adminsQuery)
  const session = useSession()
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const now = useNow()
  const nameOf = useGroupName()
  const [isOpen, { open, close }] = useDisclosure(false)
  const roleName = (role: string) => visible(roles.data?.roles.find(({ id }) => id === role)?.name ?? role)
  const columns: readonly Column<Admin>[] = [
    {
      title: 'Name',
      cell: ({ id, name }) => (
        <TextLink to="/admins/$admin" params={{ admin: id }} isStrong>
          {visible(name)}
          {id === session.admin.id && ' (you)'}
        </TextLink>
      ),
    },
    { title: 'Account', cell: ({ kind }) => (kind === 'local' ? 'of this console' : 'of the directory') },
    {
      title: 'Roles',
      cell: (admin) =>
        admin.roles.length === 0
          ? 'none: may do nothing'
          : admin.roles.map(({ role, group }) => (
              <div key={`${role} ${group ?? ''}`}>
                {roleName(role)}, {nameOf(group)}
              </div>
            )),
    },
    {
      title: 'Second factor',
      cell: ({ hasTotp }) => <StandingWord standing={hasTotp ? 'ok' : 'off'}>{hasTotp ? 'on' : 'none'}</StandingWord>,
    },
    { title: 'Ends', cell: ({ expiresAt }) => <Ending at={expiresAt} now={now} /> },
    {
      title: 'State',
      cell: ({ isDisabled }) => (
        <StandingWord standing={isDisabled ? 'off' : 'ok'}>{isDisabled ? 'disabled' : 'enabled'}</StandingWord>
      ),
    },
  ]
  return (
    <Page
      title="Administrators"
      says="Each has roles, in a group and below it. Nobody gives more than he has."
      actions={may(session, 'admins:edit') && <Button onClick={open}>New administrator</Button>}
    >
      <Paper>
        <Answer of={admins}>
          {(all) => (
            <DataTable
              caption="Administrators"
              columns={columns}
              rows={all}
              keyOf={({ id }) => id}
              whenEmpty="There is nobody you may see."
            />
          )}
        </Answer>
      </Paper>
      <Dialog title="New administrator" isOpen={isOpen} onClose={close}>
        <NewAdmin roles={roles.data?.roles ?? []} />
      </Dialog>
    </Page>
  )
}
