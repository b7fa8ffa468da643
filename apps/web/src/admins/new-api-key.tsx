/**
 * A new API key, shown once.
 *
 * @module
 */
import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { grantBody, GrantFields, useFreshGrant } from './grant-fields.tsx'
import { rolesQuery } from './queries.ts'
import { ask, path } from '../api/client.ts'
import type { ApiKey } from '../api/access-shapes.ts'
import { useChange } from '../parts/change.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

export function NewKey({ onDone }: { readonly onDone: () => void }) {
  const session = useSession()
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const form = useForm({
    initialValues: { name: '', ...useFreshGrant() },
    validate: { role: (value) => (value === '' ? 'Choose what the program may do.' : null) },
  })
  const make = useChange(
    ({ name, ...grant }: typeof form.values) =>
      ask<ApiKey & { readonly key: string }>('POST', path`/api/api-keys`, {
        body: { name, ...grantBody(grant) },
      }),
    { renews: [['api-keys']] },
  )
  if (make.data !== undefined) {
    return (
      <ShownOnce what="key" fix="Copy it now, to where the program keeps its secrets." onDone={onDone}>
        <CopyLine title={`Key of ${visible(make.data.name)}`} value={make.data.key} />
      </ShownOnce>
    )
  }
  return (
    <DialogForm of={make} onSubmit={form.onSubmit((values) => make.mutate(values))} doIt="Make the key">
      <TextInput
        label="Name"
        description="Of the program that will use it. It stands in the audit."
        required
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <GrantFields
        roles={roles.data?.roles ?? []}
        grant={form.values}
        fault={form.errors['role']}
        groupSays="The role counts there and below."
        endSays="Empty: never. A key with an end does less harm when it leaks."
        onChange={(part) => form.setValues(part)}
      />
    </DialogForm>
  )
}
