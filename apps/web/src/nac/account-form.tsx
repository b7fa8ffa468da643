/**
 * An account of nac, to make or to change.
 *
 * @module
 */
import { Checkbox, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { dayOf, EndDate } from '../parts/end-date.tsx'
import { everywhere, GroupSelect } from '../parts/group-select.tsx'
import type { NacAccount } from '../api/nac-shapes.ts'
import { useChange } from '../parts/change.ts'
import { DialogForm } from '../parts/submit-form.tsx'
import { useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ShownSecret } from './account-secret.tsx'
import { type Fields, made, changed } from './account-fields.ts'

export function AccountForm({ account, onDone }: { readonly account?: NacAccount; readonly onDone: () => void }) {
  const session = useSession()
  const form = useForm<Fields>({
    initialValues: {
      user: account?.user ?? '',
      kind: account?.kind ?? 'basic',
      group: account === undefined ? (session.grants[0]?.group ?? everywhere) : (account.group ?? everywhere),
      right: account?.right ?? 'read',
      actions: [...(account?.actions ?? [])],
      messages: account?.messages ?? false,
      sources: [...(account?.sources ?? [])],
      certificates: [...(account?.certificates ?? [])],
      day: account?.expiresAt === undefined ? '' : dayOf(new Date(account.expiresAt)),
      disabled: account?.disabled ?? false,
    },
  })
  const save = useChange((fields: Fields) => (account === undefined ? made(fields) : changed(account, fields)), {
    // A new secret is shown first, in the same dialog.
    first: ({ secret }) => secret === undefined && onDone(),
    says: ({ user, secret }) =>
      secret === undefined ? `${visible(user)} is saved. nac knows it in a moment.` : undefined,
    renews: [['nac', 'accounts']],
  })
  if (save.data?.secret !== undefined) return <ShownSecret made={save.data} onDone={onDone} />
  const { kind, right } = form.values
  return (
    <DialogForm
      of={save}
      onSubmit={form.onSubmit((fields) => save.mutate(fields))}
      doIt={account === undefined ? 'Make the account' : 'Save'}
    >
      {account === undefined ? (
        <>
          <Select
            label="Account"
            allowDeselect={false}
            data={[
              { value: 'basic', label: 'With a secret of its own' },
              { value: 'directory', label: 'Of the directory' },
            ]}
            {...form.getInputProps('kind')}
          />
          <TextInput
            label="User"
            description={
              kind === 'directory'
                ? 'As DOMAIN\\user. The directory checks the password, through a connector; the last answer is remembered.'
                : 'As it is entered in the NAC.'
            }
            required
            maxLength={256}
            data-autofocus
            autoComplete="off"
            {...form.getInputProps('user')}
          />
          <GroupSelect
            label="For"
            description="It sees devices of this group and below."
            value={form.values.group}
            onChange={(group) => form.setFieldValue('group', group)}
          />
        </>
      ) : (
        <Switch label="Disabled" {...form.getInputProps('disabled', { type: 'checkbox' })} />
      )}
      <Select
        label="Right"
        allowDeselect={false}
        data={[
          { value: 'read', label: 'REST API MDM: read' },
          { value: 'edit', label: 'REST API MDM: read and edit' },
        ]}
        {...form.getInputProps('right')}
      />
      {right === 'edit' && (
        <Checkbox.Group label="Actions it may ask for" {...form.getInputProps('actions')}>
          <Stack gap={6} mt={4}>
            <Checkbox value="pin_lock" label="PIN lock" />
            <Checkbox value="corporate_wipe" label="Enterprise wipe" />
            <Checkbox value="full_wipe" label="Full wipe, where the settings of nac allow it" />
          </Stack>
        </Checkbox.Group>
      )}
      {right === 'edit' && <Checkbox label="Messages" {...form.getInputProps('messages', { type: 'checkbox' })} />}
      <TagsInput
        label="Only from"
        description="Addresses or networks, such as 192.0.2.0/24. Empty: from anywhere."
        maxTags={64}
        {...form.getInputProps('sources')}
      />
      <TagsInput
        label="Only with one of these client certificates"
        description="SHA-256 thumbprints in lower-case hex. Empty: none is asked for."
        maxTags={16}
        {...form.getInputProps('certificates')}
      />
      <EndDate
        label="Ends"
        description="Empty: never. Warnings come before."
        value={form.values.day}
        onChange={(day) => form.setFieldValue('day', day)}
      />
    </DialogForm>
  )
}
