/**
 * Roles: lists of rights, usable in a group and below.
 *
 * @module
 */
import { Button, Paper } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useGroupName } from '../parts/group-select.tsx'
import { rolesQuery } from '../admins/queries.ts'
import { RoleForm } from '../admins/role-form.tsx'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { useDisclosure } from '@mantine/hooks'

export function RolesScene() {
  const roles = useQuery(rolesQuery)
  const session = useSession()
  const nameOf = useGroupName()
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <Page
      title="Roles"
      says="A role is a list of rights. It counts in the group it is given in, and below; nobody makes one with more than he has."
      actions={may(session, 'roles:edit') && <Button onClick={open}>New role</Button>}
    >
      <Paper>
        <Answer of={roles}>
          {({ roles: all }) => (
            <DataTable
              caption="Roles"
              rows={all}
              keyOf={({ id }) => id}
              whenEmpty="There is no role."
              columns={[
                {
                  title: 'Name',
                  cell: ({ id, name }) => (
                    <TextLink to="/roles/$role" params={{ role: id }} isStrong>
                      {visible(name)}
                    </TextLink>
                  ),
                },
                { title: 'For', cell: ({ says }) => (says === '' ? 'made here' : visible(says)) },
                { title: 'Usable in', cell: ({ group }) => nameOf(group) },
                { title: 'Kind', cell: ({ isBuiltIn }) => (isBuiltIn ? 'built in' : 'own') },
                { title: 'Rights', isNumber: true, cell: ({ resources }) => resources.length },
              ]}
            />
          )}
        </Answer>
      </Paper>
      <Dialog title="New role" isOpen={isOpen} onClose={close} isWide>
        {roles.data !== undefined && <RoleForm rights={roles.data.resources} />}
      </Dialog>
    </Page>
  )
}
