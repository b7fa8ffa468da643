/**
 * A new admin.
 *
 * @module
 */
import { Button, Group as Row, PasswordInput, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { EndDate, endOfDay } from './end-date.tsx'
import { everywhere, GroupSelect } from './group-select.tsx'
import { ask, path } from '../api/client.ts'
import type { Admin, Role } from '../api/access-shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

export const leastPassword = 12

export function NewAdmin({ roles }: { readonly roles: readonly Role[] }) {
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
