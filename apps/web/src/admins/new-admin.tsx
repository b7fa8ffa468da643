/**
 * A new admin.
 *
 * @module
 */
import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { grantBody, GrantFields, useFreshGrant } from './grant-fields.tsx'
import { ask, path } from '../api/client.ts'
import type { Admin, Role } from '../api/access-shapes.ts'
import { useChange } from '../parts/change.ts'
import { newPasswordSays, passwordFault } from '../parts/new-password.ts'
import { PasswordField } from '../parts/password-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'

export function NewAdmin({ roles }: { readonly roles: readonly Role[] }) {
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { name: '', kind: 'local', password: '', ...useFreshGrant() },
    validate: {
      password: (value, { kind }) => (kind === 'local' ? passwordFault(value) : null),
      role: (value) => (value === '' ? 'Choose what this administrator may do.' : null),
    },
  })
  const make = useChange(
    ({ name, kind, password, ...grant }: typeof form.values) =>
      ask<Admin>('POST', path`/api/admins`, {
        body: { name, kind, ...(kind === 'local' ? { password } : {}), ...grantBody(grant) },
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
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      {kind === 'local' && (
        <PasswordField
          label="Password"
          description={newPasswordSays}
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
      )}
      <GrantFields
        roles={roles}
        grant={form.values}
        fault={form.errors['role']}
        groupSays={
          kind === 'directory'
            ? 'The role counts there and below, and the directory of this group is asked.'
            : 'The role counts there and below.'
        }
        endSays="Empty: never. Warnings come 14, 7 and 1 days before."
        onChange={(part) => form.setValues(part)}
      />
    </DialogForm>
  )
}
