/**
 * The settings of the directory service.
 *
 * @module
 */
import {
  Accordion,
  ActionIcon,
  Button,
  Group,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useForm, type UseFormReturnType } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { Service } from '../api/shapes.ts'
import {
  erasesPassword,
  fieldsOf,
  hasPassword,
  settingsOf,
  usualPorts,
  type DirectoryFields,
} from '../directory/directory-settings.ts'
import { FailureNotice, Notice } from '../parts/notice.tsx'

type Form = UseFormReturnType<DirectoryFields>

const mostServers = 8

export interface DirectoryFormProps {
  readonly group: string
  readonly service: Service
}

export function DirectoryForm({ group, service }: DirectoryFormProps) {
  const queryClient = useQueryClient()
  const form: Form = useForm<DirectoryFields>({ initialValues: fieldsOf(service.settings) })
  const { settings } = service
  const save = useMutation({
    mutationFn: (values: DirectoryFields) =>
      ask<Service & { readonly erased: readonly string[] }>('PUT', path`/api/groups/${group}/services/directory`, {
        body: { settings: settingsOf(values, settings) },
      }),
    onSuccess: async (answer) => {
      form.setValues(fieldsOf(answer.settings))
      form.resetDirty()
      notifications.show({ message: 'Saved. The connectors get the settings now.' })
      await queryClient.invalidateQueries({ queryKey: ['group', group] })
    },
    onError: (error) => {
      // `settings.servers.0.host` names the field of the form.
      const field = problemOf(error).details['field']
      if (typeof field === 'string') form.setFieldError(field.replace(/^settings\./, ''), problemOf(error).says)
    },
  })
  const mustRepeat = erasesPassword(form.values, settings)
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md" maw={640}>
        <Select
          label="Kind of directory"
          data={[
            { value: 'activeDirectory', label: 'Active Directory' },
            { value: 'generic', label: 'Other LDAP directory' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('type')}
        />
        <Servers form={form} />
        <div>
          <Text size="sm" fw={500} mb={4} id="encryption">
            Encryption
          </Text>
          <SegmentedControl
            aria-labelledby="encryption"
            data={[
              { value: 'ldaps', label: 'LDAPS' },
              { value: 'startTls', label: 'StartTLS' },
              { value: 'none', label: 'None' },
            ]}
            value={form.values.encryption}
            onChange={(value) => changeEncryption(form, value as DirectoryFields['encryption'])}
          />
        </div>
        {form.values.encryption === 'none' && (
          <Notice
            about="failed"
            says="Passwords travel readable inside your network."
            fix="Everybody on the way between connector and directory can read the bind password, and those of people who sign in. Choose LDAPS or StartTLS."
          />
        )}
        <TextInput
          label="Base DN"
          description="Everything is looked for below it."
          placeholder="dc=example,dc=com"
          required
          withAsterisk={false}
          spellCheck={false}
          {...form.getInputProps('baseDn')}
        />
        <TextInput
          label="Bind account"
          description="A DN, user@domain or DOMAIN\user that may read. Empty: anonymous."
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('bindDn')}
        />
        <PasswordInput
          label="Bind password"
          description={
            mustRepeat
              ? 'Enter it again: it is stored for another server, encryption or trust.'
              : hasPassword(settings)
                ? 'One is stored. It cannot be shown; type to replace it.'
                : 'It is stored sealed, and never shown again.'
          }
          placeholder={hasPassword(settings) && !mustRepeat ? 'stored' : ''}
          autoComplete="new-password"
          required={mustRepeat && form.values.bindDn !== ''}
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the bind password' }}
          {...form.getInputProps('bindPassword')}
        />
        <More form={form} />
        {save.isError && <FailureNotice error={save.error} />}
        <Group>
          <Button type="submit" loading={save.isPending}>
            {settings === null ? 'Turn on and save' : 'Save'}
          </Button>
          {form.isDirty() && (
            <Text size="sm" c="dimmed">
              Not saved yet.
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  )
}

/** The usual port follows the encryption, unless somebody chose another. */
function changeEncryption(form: Form, encryption: DirectoryFields['encryption']): void {
  const usual = usualPorts[form.values.encryption]
  form.setFieldValue('encryption', encryption)
  for (const [index, { port }] of form.values.servers.entries()) {
    if (port === usual) form.setFieldValue(`servers.${index}.port`, usualPorts[encryption])
  }
}

function Servers({ form }: { readonly form: Form }) {
  const { servers } = form.values
  return (
    <fieldset className="plain">
      <Text component="legend" size="sm" fw={500}>
        Servers
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        Tried in this order, as the connector reaches them.
      </Text>
      <Stack gap="xs">
        {servers.map((_, index) => (
          <div className="server" key={index}>
            <TextInput
              aria-label={`Host of server ${index + 1}`}
              placeholder="dc1.example.com"
              required
              spellCheck={false}
              {...form.getInputProps(`servers.${index}.host`)}
            />
            <NumberInput
              aria-label={`Port of server ${index + 1}`}
              min={1}
              max={65_535}
              allowDecimal={false}
              hideControls
              required
              {...form.getInputProps(`servers.${index}.port`)}
            />
            <TextInput
              aria-label={`Name in the certificate of server ${index + 1}`}
              placeholder="certificate name, if another"
              spellCheck={false}
              {...form.getInputProps(`servers.${index}.certificateName`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              className="copy-button"
              aria-label={`Remove server ${index + 1}`}
              disabled={servers.length === 1}
              onClick={() => form.removeListItem('servers', index)}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </div>
        ))}
      </Stack>
      {servers.length < mostServers && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={6}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() =>
            form.insertListItem('servers', { host: '', port: usualPorts[form.values.encryption], certificateName: '' })
          }
        >
          Another server
        </Button>
      )}
    </fieldset>
  )
}

function More({ form }: { readonly form: Form }) {
  return (
    <Accordion variant="contained" radius="md">
      <Accordion.Item value="more">
        <Accordion.Control>Trust, narrower bases, filters</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="md">
            <Textarea
              label="Authorities to believe (PEM)"
              description="Who signs the certificate of the directory. Empty: those the connector’s host believes."
              autosize
              minRows={2}
              maxRows={8}
              spellCheck={false}
              classNames={{ input: 'mono' }}
              {...form.getInputProps('trust')}
            />
            <TextInput
              label="Base DN of people"
              description="Empty: the base DN."
              spellCheck={false}
              {...form.getInputProps('userBaseDn')}
            />
            <TextInput
              label="Base DN of groups"
              description="Empty: the base DN."
              spellCheck={false}
              {...form.getInputProps('groupBaseDn')}
            />
            <TextInput
              label="Filter for people"
              description="RFC 4515. Empty: the usual one of this kind."
              spellCheck={false}
              {...form.getInputProps('userFilter')}
            />
            <TextInput
              label="Filter for groups"
              description="RFC 4515. Empty: the usual one of this kind."
              spellCheck={false}
              {...form.getInputProps('groupFilter')}
            />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}
