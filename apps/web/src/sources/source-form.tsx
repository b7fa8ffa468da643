/**
 * Another MDM server, to add or to change.
 *
 * @module
 */
import { Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { ask, path } from '../api/client.ts'
import type { MdmSource } from '../api/source-shapes.ts'
import { AuthorityField } from '../parts/authority-field.tsx'
import { useChange } from '../parts/change.ts'
import { Notice } from '../parts/notice.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'
import { visible } from '../text/directory-text.ts'

export interface SourceFormProps {
  readonly group: string
  readonly source: MdmSource | undefined
  readonly onDone: () => void
}

export function SourceForm({ group, source, onDone }: SourceFormProps) {
  const before = source?.settings
  const form = useForm({
    initialValues: {
      name: source?.name ?? '',
      kind: before?.kind ?? 'ise',
      url: before?.url ?? '',
      user: before?.user ?? '',
      password: '',
      tenantCode: '',
      ca: before?.ca ?? '',
      enabled: before?.enabled ?? true,
      everyMinutes: before?.everyMinutes ?? 240,
      staleAfterHours: before?.staleAfterHours ?? 24,
    },
  })
  const { kind, url, ca } = form.values
  // The password goes where it was given for, and to nobody else.
  const isMoved =
    before !== undefined && (before.url !== url || before.kind !== kind || (before.ca ?? '') !== ca.trim())
  const needsPassword = source === undefined || isMoved
  const save = useChange(
    ({ name, password, tenantCode, ca: authorities, ...settings }: typeof form.values) => {
      const body = {
        name,
        settings: { ...settings, ...(authorities.trim() === '' ? {} : { ca: authorities.trim() }) },
        ...(password === '' ? {} : { secrets: { password, ...(tenantCode === '' ? {} : { tenantCode }) } }),
      }
      return source === undefined
        ? ask<MdmSource>('POST', path`/api/groups/${group}/sources`, { body })
        : ask<MdmSource>('PUT', path`/api/groups/${group}/sources/${source.id}`, { body })
    },
    {
      first: onDone,
      says: ({ name }) => `${visible(name)} is saved. Ask it now to see whether it answers.`,
      renews: [['group', group, 'sources']],
    },
  )
  return (
    <DialogForm
      of={save}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      doIt={source === undefined ? 'Add it' : 'Save'}
    >
      <TextInput
        label="Name"
        required
        maxLength={100}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <Select
        label="What it speaks"
        allowDeselect={false}
        data={[
          { value: 'ise', label: 'The MDM API of Cisco ISE' },
          { value: 'workspaceOne', label: 'The REST API of Workspace ONE' },
        ]}
        {...form.getInputProps('kind')}
      />
      <TextInput
        label="Address"
        description="https://host, with a port and an instance name if it has them."
        type="url"
        required
        maxLength={500}
        {...form.getInputProps('url')}
      />
      <TextInput label="User" required autoComplete="off" maxLength={200} {...form.getInputProps('user')} />
      {isMoved && (
        <Notice
          about="warning"
          says="The stored password does not go along."
          fix="It was given for another address or authority. Enter it again."
        />
      )}
      <PasswordField
        label="Password"
        description={needsPassword ? 'It is sealed, and never shown again.' : 'Empty: the stored one stays.'}
        required={needsPassword}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      {kind === 'workspaceOne' && (
        <PasswordField
          label="Tenant code"
          description="Of its REST API; stored with the password."
          autoComplete="off"
          shows="the tenant code"
          {...form.getInputProps('tenantCode')}
        />
      )}
      <AuthorityField
        label="Authorities to believe (PEM)"
        description="Empty: those of the system."
        value={form.values.ca}
        onChange={(pem) => form.setFieldValue('ca', pem)}
        isEditable
      />
      <WholeNumber label="Asked every, in minutes" min={5} max={1440} {...form.getInputProps('everyMinutes')} />
      <WholeNumber
        label="Called stale without an answer for, in hours"
        min={1}
        max={720}
        {...form.getInputProps('staleAfterHours')}
      />
      <Switch label="Ask it" {...form.getInputProps('enabled', { type: 'checkbox' })} />
    </DialogForm>
  )
}
