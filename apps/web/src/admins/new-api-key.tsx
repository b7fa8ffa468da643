/**
 * A new API key, shown once.
 *
 * @module
 */
import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { EndDate, endOfDay } from './end-date.tsx'
import { everywhere, GroupSelect } from './group-select.tsx'
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
    initialValues: { name: '', role: '', group: session.grants[0]?.group ?? everywhere, day: '' },
    validate: { role: (value) => (value === '' ? 'Choose what the program may do.' : null) },
  })
  const make = useChange(
    ({ name, role, group, day }: typeof form.values) =>
      ask<ApiKey & { readonly key: string }>('POST', path`/api/api-keys`, {
        body: {
          name,
          role,
          ...(group === everywhere ? {} : { group }),
          ...(day === '' ? {} : { expiresAt: endOfDay(day) }),
        },
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
      <Select
        label="Role"
        placeholder="Choose a role"
        data={(roles.data?.roles ?? []).map(({ id, name }) => ({ value: id, label: visible(name) }))}
        {...form.getInputProps('role')}
      />
      <GroupSelect
        label="In"
        description="The role counts there and below."
        value={form.values.group}
        onChange={(group) => form.setFieldValue('group', group)}
      />
      <EndDate
        label="Ends"
        description="Empty: never. A key with an end does less harm when it leaks."
        value={form.values.day}
        onChange={(day) => form.setFieldValue('day', day)}
      />
    </DialogForm>
  )
}
