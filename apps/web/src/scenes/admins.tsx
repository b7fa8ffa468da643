/**
 * Administrators, and the roles they have.
 *
 * @module
 */
import { Button, Group as Row, Modal, Paper, PasswordInput, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useForm } from '@mantine/form'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { groupsQuery } from '../api/queries.ts'
import type { Admin, Group, Role } from '../api/shapes.ts'
import { treeOf } from '../groups/tree.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { expiry } from '../text/time.ts'

const adminsQuery = queryOptions({
  queryKey: ['admins'],
  queryFn: async ({ signal }) => (await ask<{ admins: readonly Admin[] }>('GET', path`/api/admins`, { signal })).admins,
})

const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }) => (await ask<{ roles: readonly Role[] }>('GET', path`/api/roles`, { signal })).roles,
})

export function AdminsScene() {
  const admins = useQuery(adminsQuery)
  const roles = useQuery(rolesQuery)
  const groups = useQuery(groupsQuery)
  const session = useSession()
  const now = useNow()
  const [isOpen, { open, close }] = useDisclosure(false)
  const placed = treeOf(groups.data ?? [])
  const nameOf = (group: string | undefined) =>
    group === undefined ? 'everywhere' : visible(placed.find((one) => one.group.id === group)?.path ?? group)
  const columns: readonly Column<Admin>[] = [
    { title: 'Name', cell: ({ name }) => <strong>{visible(name)}</strong> },
    { title: 'Account', cell: ({ kind }) => (kind === 'local' ? 'of this console' : 'of the directory') },
    {
      title: 'Roles',
      cell: (admin) =>
        admin.roles.map(({ role, group }) => (
          <div key={`${role} ${group ?? ''}`}>
            {visible(roles.data?.find((one) => one.id === role || one.name === role)?.name ?? role)}, {nameOf(group)}
          </div>
        )),
    },
    {
      title: 'Second factor',
      cell: ({ hasTotp }) => <StandingWord standing={hasTotp ? 'ok' : 'off'}>{hasTotp ? 'on' : 'none'}</StandingWord>,
    },
    { title: 'Ends', cell: ({ expiresAt }) => (expiresAt === undefined ? 'never' : expiry(expiresAt, now)) },
    {
      title: 'State',
      cell: ({ isDisabled }) => (
        <StandingWord standing={isDisabled ? 'off' : 'ok'}>{isDisabled ? 'disabled' : 'enabled'}</StandingWord>
      ),
    },
    ...(may(session, 'admins:edit')
      ? [
          {
            title: 'Change',
            cell: (admin: Admin) => <Switching admin={admin} isSelf={admin.id === session.admin.id} />,
          },
        ]
      : []),
  ]
  return (
    <Page
      title="Administrators"
      says="Each has roles, in a group and below it. Nobody gives more than he has."
      actions={may(session, 'admins:edit') && <Button onClick={open}>New administrator</Button>}
    >
      <Stack gap="lg">
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
        {may(session, 'roles:read') && (
          <Paper component="section" aria-labelledby="roles">
            <Title order={2} mb="sm" id="roles">
              Roles
            </Title>
            <Answer of={roles}>
              {(all) => (
                <DataTable
                  caption="Roles"
                  rows={all}
                  keyOf={({ id }) => id}
                  whenEmpty="There is no role."
                  columns={[
                    { title: 'Name', cell: ({ name }) => <strong>{visible(name)}</strong> },
                    {
                      title: 'For',
                      cell: ({ says, isBuiltIn }) => visible(says === '' && !isBuiltIn ? 'made here' : says),
                    },
                    { title: 'Usable in', cell: ({ group }) => nameOf(group) },
                    { title: 'Rights', isNumber: true, cell: ({ resources }) => resources.length },
                  ]}
                />
              )}
            </Answer>
          </Paper>
        )}
      </Stack>
      <Modal
        opened={isOpen}
        onClose={close}
        title={<strong>New administrator</strong>}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <NewAdmin roles={roles.data ?? []} groups={groups.data ?? []} onMade={close} />
      </Modal>
    </Page>
  )
}

function Switching({ admin, isSelf }: { readonly admin: Admin; readonly isSelf: boolean }) {
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: () => ask('PUT', path`/api/admins/${admin.id}`, { body: { isDisabled: !admin.isDisabled } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['admins'] }),
  })
  if (isSelf) return <Text size="sm">you</Text>
  return (
    <Stack gap={4}>
      <Button
        variant="default"
        size="compact-sm"
        className="start"
        loading={change.isPending}
        onClick={() => change.mutate()}
      >
        {admin.isDisabled ? 'Enable' : 'Disable'}
      </Button>
      {change.isError && <FailureNotice error={change.error} />}
    </Stack>
  )
}

interface NewAdminProps {
  readonly roles: readonly Role[]
  readonly groups: readonly Group[]
  readonly onMade: () => void
}

const leastPassword = 12

function NewAdmin({ roles, groups, onMade }: NewAdminProps) {
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { name: '', kind: 'local', password: '', role: '', group: '' },
    validate: {
      password: (value, { kind }) =>
        kind === 'local' && value.length < leastPassword ? `Use at least ${leastPassword} characters.` : null,
      role: (value) => (value === '' ? 'Choose what this administrator may do.' : null),
    },
  })
  const make = useMutation({
    mutationFn: ({ name, kind, password, role, group }: typeof form.values) =>
      ask('POST', path`/api/admins`, {
        body: { name, kind, role, ...(kind === 'local' ? { password } : {}), ...(group === '' ? {} : { group }) },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['admins'] })
      onMade()
    },
  })
  const { kind } = form.values
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack gap="md">
        <Select
          label="Account"
          allowDeselect={false}
          data={[
            { value: 'local', label: 'Of this console, with a password' },
            { value: 'directory', label: 'Of the directory' },
          ]}
          {...form.getInputProps('kind')}
        />
        <TextInput
          label="Name"
          description={kind === 'directory' ? 'As DOMAIN\\user; the directory checks the password.' : undefined}
          required
          withAsterisk={false}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        {kind === 'local' && (
          <PasswordInput
            label="Password"
            description={`At least ${leastPassword} characters.`}
            autoComplete="new-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            {...form.getInputProps('password')}
          />
        )}
        <Select
          label="Role"
          placeholder="Choose a role"
          data={roles.map(({ id, name }) => ({ value: id, label: visible(name) }))}
          {...form.getInputProps('role')}
        />
        <Select
          label="In"
          allowDeselect={false}
          data={[
            { value: '', label: 'The whole installation' },
            ...treeOf(groups).map(({ group, path: whole }) => ({ value: group.id, label: visible(whole) })),
          ]}
          {...form.getInputProps('group')}
        />
        {make.isError && <FailureNotice error={make.error} />}
        <Row justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Make the administrator
          </Button>
        </Row>
      </Stack>
    </form>
  )
}
