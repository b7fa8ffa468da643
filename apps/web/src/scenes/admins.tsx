/**
 * Administrators: who may sign in, and with which roles.
 *
 * @module
 */
import { Button, Group as Row, Paper, PasswordInput, Select, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { EndDate, endOfDay } from '../admins/end-date.tsx'
import { Ending } from '../admins/ending.tsx'
import { everywhere, GroupSelect, useGroupName } from '../admins/group-select.tsx'
import { adminsQuery, rolesQuery } from '../admins/queries.ts'
import { ask, path } from '../api/client.ts'
import type { Admin, Role } from '../api/shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

export const leastPassword = 12

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

function NewAdmin({ roles }: { readonly roles: readonly Role[] }) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const session = useSession()
  const form = useForm({
    initialValues: {
      name: '',
      kind: 'local',
      password: '',
      role: '',
      group: session.grants[0]?.group ?? everywhere,
      day: '',
    },
    validate: {
      password: (value, { kind }) =>
        kind === 'local' && value.length < leastPassword ? `Use at least ${leastPassword} characters.` : null,
      role: (value) => (value === '' ? 'Choose what this administrator may do.' : null),
    },
  })
  const make = useMutation({
    mutationFn: ({ name, kind, password, role, group, day }: typeof form.values) =>
      ask<Admin>('POST', path`/api/admins`, {
        body: {
          name,
          kind,
          role,
          ...(kind === 'local' ? { password } : {}),
          ...(group === everywhere ? {} : { group }),
          ...(day === '' ? {} : { expiresAt: endOfDay(day) }),
        },
      }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['admins'] })
      await navigate({ to: '/admins/$admin', params: { admin: id } })
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
          description={
            kind === 'directory'
              ? 'As DOMAIN\\user. The directory checks the password, through a connector.'
              : undefined
          }
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
        <GroupSelect
          label="In"
          description={
            kind === 'directory'
              ? 'The role counts there and below, and the directory of this group is asked.'
              : 'The role counts there and below.'
          }
          value={form.values.group}
          onChange={(group) => form.setFieldValue('group', group)}
        />
        <EndDate
          label="Ends"
          description="Empty: never. Warnings come 14, 7 and 1 days before."
          value={form.values.day}
          onChange={(day) => form.setFieldValue('day', day)}
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
