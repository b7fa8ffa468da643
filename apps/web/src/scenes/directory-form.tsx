/**
 * The settings of the directory service.
 *
 * @module
 */
import {
  Accordion,
  ActionIcon,
  Button,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Service } from '../api/service-shapes.ts'
import {
  erasesPassword,
  fieldsOf,
  hasPassword,
  pageOfService,
  settingsOf,
  storedOf,
  usualPorts,
  withoutMarks,
  type DirectoryFields,
  type StoredSettings,
} from '../directory/directory-settings.ts'
import { Answer } from '../parts/answer.tsx'
import { Notice } from '../parts/notice.tsx'
import { SettingsFrame, type SettingsParts } from '../settings/settings-frame.tsx'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { may, useSession } from '../shell/session.ts'

type Form = UseFormReturnType<DirectoryFields>

const mostServers = 8

export interface DirectoryFormProps {
  readonly group: string
  readonly service: Service
}

export function DirectoryForm({ group, service }: DirectoryFormProps) {
  const session = useSession()
  const queryClient = useQueryClient()
  const maySeePage = may(session, 'settings:read')
  const page = useQuery({ ...settingsPageQuery(group, 'directory'), enabled: maySeePage })
  if (maySeePage && page.data === undefined) return <Answer of={page}>{() => null}</Answer>
  // Who runs the service need not have a say in what groups inherit.
  const store = async (settings: StoredSettings) => {
    await ask('PUT', path`/api/groups/${group}/services/directory`, { body: { settings } })
    await queryClient.invalidateQueries({ queryKey: ['group'] })
  }
  const isByService = may(session, 'services:edit') && !may(session, 'settings:edit')
  return (
    <SettingsFrame<DirectoryFields>
      group={group}
      page={page.data ?? pageOfService(service, group)}
      fieldsOf={(stored) => fieldsOf(storedOf(stored))}
      valuesOf={(fields, stored) => withoutMarks(settingsOf(fields, storedOf(stored)))}
      erasesSecrets={(fields, stored) => erasesPassword(fields, storedOf(stored))}
      store={isByService ? store : undefined}
    >
      {(parts) => <Fields {...parts} />}
    </SettingsFrame>
  )
}

function Fields({ form, page, label, mustRepeatSecrets }: SettingsParts<DirectoryFields>) {
  const isStored = hasPassword(storedOf(page))
  return (
    <Stack gap="md" maw={640}>
      <Select
        label={label('Kind of directory', 'type')}
        data={[
          { value: 'activeDirectory', label: 'Active Directory' },
          { value: 'generic', label: 'Other LDAP directory' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('type')}
      />
      <Servers form={form} label={label('Servers', 'servers')} />
      <div>
        <Text size="sm" fw={600} mb={4} id="encryption">
          {label('Encryption', 'encryption')}
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
        label={label('Base DN', 'baseDn')}
        description="Everything is looked for below it."
        placeholder="dc=example,dc=com"
        required
        withAsterisk={false}
        spellCheck={false}
        {...form.getInputProps('baseDn')}
      />
      <TextInput
        label={label('Bind account', 'bindDn')}
        description="A DN, user@domain or DOMAIN\user that may read. Empty: anonymous."
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('bindDn')}
      />
      <PasswordInput
        label={label('Bind password', 'bindPassword')}
        description={
          mustRepeatSecrets
            ? 'Enter it again: the stored one does not go along.'
            : isStored
              ? 'One is stored and used. It cannot be shown; type to replace it.'
              : 'It is stored sealed, and never shown again.'
        }
        placeholder={isStored && !mustRepeatSecrets ? 'stored' : ''}
        autoComplete="new-password"
        required={mustRepeatSecrets && form.values.bindDn !== ''}
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the bind password' }}
        {...form.getInputProps('bindPassword')}
      />
      <More form={form} label={label} />
    </Stack>
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

function Servers({ form, label }: { readonly form: Form; readonly label: React.ReactNode }) {
  const { servers } = form.values
  return (
    <fieldset className="plain">
      <Text component="legend" size="sm" fw={600}>
        {label}
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

function More({ form, label }: Pick<SettingsParts<DirectoryFields>, 'form' | 'label'>) {
  return (
    <Accordion variant="contained" radius="md">
      <Accordion.Item value="more">
        <Accordion.Control>Trust, narrower bases, filters</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="md">
            <Textarea
              label={label('Authorities to believe (PEM)', 'trust')}
              description="Who signs the certificate of the directory. Empty: those the connector’s host believes."
              autosize
              minRows={2}
              maxRows={8}
              spellCheck={false}
              classNames={{ input: 'mono' }}
              {...form.getInputProps('trust')}
            />
            <TextInput
              label={label('Base DN of people', 'userBaseDn')}
              description="Empty: the base DN."
              spellCheck={false}
              {...form.getInputProps('userBaseDn')}
            />
            <TextInput
              label={label('Base DN of groups', 'groupBaseDn')}
              description="Empty: the base DN."
              spellCheck={false}
              {...form.getInputProps('groupBaseDn')}
            />
            <TextInput
              label={label('Filter for people', 'userFilter')}
              description="RFC 4515. Empty: the usual one of this kind."
              spellCheck={false}
              {...form.getInputProps('userFilter')}
            />
            <TextInput
              label={label('Filter for groups', 'groupFilter')}
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
