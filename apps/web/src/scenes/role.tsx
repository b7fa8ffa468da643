/**
 * One role: what it lets do, changed as a table of rights.
 *
 * @module
 */
import { Button, Group as Row, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useGroupName } from '../parts/group-select.tsx'
import { rolesQuery } from '../admins/queries.ts'
import { RightsTable } from '../admins/rights-table.tsx'
import { ancestorsOf, RoleForm } from '../admins/role-form.tsx'
import { rightsIn } from '../admins/rights.ts'
import { ask, path } from '../api/client.ts'
import { groupsQuery } from '../api/queries.ts'
import type { Role } from '../api/access-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { useChange } from '../parts/change.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/roles/$role')

export function RoleScene() {
  const { role: id } = route.useParams()
  const roles = useQuery(rolesQuery)
  const session = useSession()
  const [isOpen, { open, close }] = useDisclosure(false)
  const role = roles.data?.roles.find((one) => one.id === id)
  return (
    <Page
      title={role === undefined ? 'Role' : visible(role.name)}
      says={<TextLink to="/roles">All roles</TextLink>}
      actions={
        role !== undefined &&
        may(session, 'roles:edit') && (
          <Button variant="default" onClick={open}>
            Make a copy
          </Button>
        )
      }
    >
      <Answer of={roles}>
        {({ resources }) =>
          role === undefined ? (
            <Notice about="warning" says="There is no such role, or you may not see it." />
          ) : (
            <Details key={role.resources.join()} role={role} rights={resources} />
          )
        }
      </Answer>
      <Dialog title="New role" isOpen={isOpen} onClose={close} isWide>
        {role !== undefined && <RoleForm key={role.id} rights={roles.data?.resources ?? []} from={role} />}
      </Dialog>
    </Page>
  )
}

function Details({ role, rights }: { readonly role: Role; readonly rights: readonly string[] }) {
  const session = useSession()
  const groups = useQuery(groupsQuery)
  const nameOf = useGroupName()
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role.resources))
  const [isRemoving, removing] = useDisclosure(false)
  const isEditable = may(session, 'roles:edit') && !role.isBuiltIn
  const own = rightsIn(session, ancestorsOf(groups.data ?? [], role.group ?? ''))
  const isChanged = chosen.size !== role.resources.length || role.resources.some((right) => !chosen.has(right))
  const save = useChange(() => ask('PUT', path`/api/roles/${role.id}`, { body: { resources: [...chosen] } }), {
    says: 'Saved. It counts for everybody who has this role, at once.',
    renews: [['roles'], ['session']],
  })
  return (
    <Stack gap="lg">
      <Section
        title="Rights"
        says={
          role.isBuiltIn
            ? `${visible(role.says)} Built in: it cannot be changed. Make a copy to have one like it.`
            : `Usable in: ${nameOf(role.group)}. What you do not have yourself cannot be added.`
        }
      >
        <Stack gap="md">
          <RightsTable all={rights} chosen={chosen} own={own} {...(isEditable ? { onChange: setChosen } : {})} />
          {save.isError && <FailureNotice error={save.error} />}
          {isEditable && (
            <Row>
              <Button disabled={!isChanged || chosen.size === 0} loading={save.isPending} onClick={() => save.mutate()}>
                Save
              </Button>
              {isChanged && (
                <Text size="sm" c="dimmed" role="status">
                  {chosen.size === 0 ? 'A role needs at least one right.' : 'Not saved yet.'}
                </Text>
              )}
            </Row>
          )}
        </Stack>
      </Section>
      {isEditable && (
        <Section title="Remove" says="It is taken from everybody who has it. Accounts and keys stay.">
          <Button variant="outline" className="is-grave" onClick={removing.open}>
            Remove the role
          </Button>
        </Section>
      )}
      <ConsentDialog
        title={`Remove ${visible(role.name)}?`}
        isOpen={isRemoving}
        onClose={removing.close}
        doIt="Remove it"
        demand="none"
        run={() => ask('DELETE', path`/api/roles/${role.id}`)}
        first={() => navigate({ to: '/roles' })}
        says={`${visible(role.name)} is removed.`}
        renews={[['roles'], ['admins']]}
      >
        <Text size="sm">Whoever has only this role may do nothing from then on.</Text>
      </ConsentDialog>
    </Stack>
  )
}
