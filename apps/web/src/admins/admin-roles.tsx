/**
 * The roles of an admin, and where each of them counts.
 *
 * @module
 */
import { Button, Group as Row, Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { everywhere, GroupSelect, useGroupName } from '../parts/group-select.tsx'
import { rolesQuery } from './queries.ts'
import { ask, path, withQuery } from '../api/client.ts'
import type { Admin } from '../api/access-shapes.ts'
import { DataTable } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { useAdminChange } from './change.ts'

type Assignment = Admin['roles'][number]

export function Roles({ admin, mayEdit }: { readonly admin: Admin; readonly mayEdit: boolean }) {
  const session = useSession()
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const nameOf = useGroupName()
  const [role, setRole] = useState<string | null>(null)
  const [group, setGroup] = useState(session.grants[0]?.group ?? everywhere)
  const roleName = (id: string) => visible(roles.data?.roles.find((one) => one.id === id)?.name ?? id)
  const assign = useAdminChange(
    () =>
      ask('POST', path`/api/admins/${admin.id}/roles`, { body: { role, ...(group === everywhere ? {} : { group }) } }),
    'The role counts from the next request on.',
    () => setRole(null),
  )
  const withdraw = useAdminChange(
    (one: Assignment) =>
      ask('DELETE', withQuery(path`/api/admins/${admin.id}/roles/${one.role}`, { group: one.group ?? '' })),
    'The role is taken away.',
  )
  return (
    <Section title="Roles" says="Each counts in its group and below it.">
      <Stack gap="md">
        <DataTable
          caption="Roles of this administrator"
          rows={admin.roles}
          keyOf={(one) => `${one.role} ${one.group ?? ''}`}
          whenEmpty="None: this account may sign in and do nothing."
          columns={[
            { title: 'Role', cell: (one) => <strong>{roleName(one.role)}</strong> },
            { title: 'Where', cell: (one) => nameOf(one.group) },
            ...(mayEdit
              ? [
                  {
                    title: 'Change',
                    cell: (one: Assignment) => (
                      <Button
                        variant="default"
                        size="compact-sm"
                        aria-label={`Take away: ${roleName(one.role)}, ${nameOf(one.group)}`}
                        loading={withdraw.isPending && withdraw.variables === one}
                        onClick={() => withdraw.mutate(one)}
                      >
                        Take away
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {withdraw.isError && <FailureNotice error={withdraw.error} />}
        {mayEdit && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              assign.mutate()
            }}
          >
            <Row align="flex-end" gap="sm">
              <Select
                label="Another role"
                placeholder="Choose a role"
                data={(roles.data?.roles ?? []).map(({ id, name }) => ({ value: id, label: visible(name) }))}
                value={role}
                onChange={setRole}
              />
              <GroupSelect label="In" value={group} onChange={setGroup} />
              <Button type="submit" variant="default" disabled={role === null} loading={assign.isPending}>
                Give the role
              </Button>
            </Row>
          </form>
        )}
        {assign.isError && <FailureNotice error={assign.error} />}
      </Stack>
    </Section>
  )
}
