/**
 * Which servers: named by hand, found in DNS, or both.
 *
 * @module
 */
import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { FormPart } from '../parts/form-part.tsx'
import { portAfter, portsOf, usualPort, type DirectoryFields, type Encryption } from './directory-fields.ts'
import type { DirectoryParts } from './directory-form.tsx'
import { DiscoveryFields } from './discovery-fields.tsx'

const mostServers = 8

export function ServerFields(parts: DirectoryParts) {
  const { form, label } = parts
  const { encryption, isDiscovered } = form.values
  return (
    <FormPart
      title="Servers"
      says="The first that answers is used; a better one that is back is taken again within half a minute."
    >
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
          value={encryption}
          onChange={(value) => changeEncryption(form, value as Encryption)}
        />
      </div>
      <ByHand {...parts} />
      <Switch
        label="Find servers in DNS"
        description="By the SRV records of a domain; those named by hand come first."
        {...form.getInputProps('isDiscovered', { type: 'checkbox' })}
      />
      {isDiscovered && <DiscoveryFields {...parts} />}
    </FormPart>
  )
}

function changeEncryption(form: DirectoryParts['form'], encryption: Encryption): void {
  const before = form.values.encryption
  form.setFieldValue('encryption', encryption)
  for (const [index, { port }] of form.values.servers.entries()) {
    form.setFieldValue(`servers.${index}.port`, portAfter(port, before, encryption))
  }
}

function ByHand({ form, label }: DirectoryParts) {
  const { servers, encryption, isDiscovered } = form.values
  const another: DirectoryFields['servers'][number] = {
    host: '',
    port: usualPort(encryption),
    certificateName: '',
    isBackup: false,
  }
  return (
    <fieldset className="plain">
      <Text component="legend" size="sm" fw={600}>
        {label('Servers by hand', 'servers')}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        In order of preference, as the connector reaches them.
      </Text>
      <Stack gap="sm">
        {servers.map((_, index) => (
          <Server key={index} form={form} index={index} canGo={servers.length > 1 || isDiscovered} />
        ))}
      </Stack>
      {servers.length < mostServers && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={6}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => form.insertListItem('servers', another)}
        >
          Another server
        </Button>
      )}
    </fieldset>
  )
}

interface ServerProps extends Pick<DirectoryParts, 'form'> {
  readonly index: number
  readonly canGo: boolean
}

function Server({ form, index, canGo }: ServerProps) {
  const { encryption, isDiscovered } = form.values
  const ports = portsOf(encryption)
  const port = form.getInputProps(`servers.${index}.port`) as {
    value: number | string
    onChange: (port: string) => void
  }
  return (
    <div className="server">
      <TextInput
        aria-label={`Host of server ${index + 1}`}
        placeholder="dc1.example.com"
        required={!isDiscovered}
        spellCheck={false}
        {...form.getInputProps(`servers.${index}.host`)}
      />
      <Autocomplete
        aria-label={`Port of server ${index + 1}`}
        data={ports.map((one) => String(one.port))}
        // Whatever the port is, the usual ones are offered.
        filter={({ options }) => options}
        renderOption={({ option }) =>
          `${option.value}, ${ports.find((one) => String(one.port) === option.value)?.says}`
        }
        comboboxProps={{ width: 240, position: 'bottom-start' }}
        inputMode="numeric"
        maxLength={5}
        required={!isDiscovered}
        {...port}
        value={String(port.value)}
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
        disabled={!canGo}
        onClick={() => form.removeListItem('servers', index)}
      >
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
      <Checkbox
        className="server-backup"
        size="xs"
        label="Only while no other answers"
        aria-label={`Server ${index + 1} only while no other answers`}
        {...form.getInputProps(`servers.${index}.isBackup`, { type: 'checkbox' })}
      />
    </div>
  )
}
