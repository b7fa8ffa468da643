/**
 * A new admin.
 *
 * @module
 */
import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { EndDate, endOfDay } from './end-date.tsx'
import { everywhere, GroupSelect } from './group-select.tsx'
import { ask, path } from '../api/client.ts'
import type { Admin, Role } from '../api/access-shapes.ts'
import { useChange } from '../parts/change.ts'
import { PasswordField } from '../parts/password-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

export const leastPassword = 12

export function NewAdmin({ roles }: { readonly roles: readonly Role[] }) {
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
  const make = useChange(
    ({ name, kind, password, role, group, day }: typeof form.values) =>
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
    { renews: [['admins']], last: ({ id }) => navigate({ to: '/admins/$admin', params: { admin: id } }) },
  )
  const { kind } = form.values
  return (
    <DialogForm of={make} onSubmit={form.onSubmit((values) => make.mutate(values))} doIt="Make the administrator">
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
          kind === 'directory' ? 'As DOMAIN\\user. The directory checks the password, through a connector.' : undefined
        }
        required
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      {kind === 'local' && (
        <PasswordField
          label="Password"
          description={`At least ${leastPassword} characters.`}
          autoComplete="new-password"
          required
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
    </DialogForm>
  )
}
