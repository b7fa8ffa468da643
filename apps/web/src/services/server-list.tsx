/**
 * Servers of a service, in the order they are tried: host, port, and the name in the certificate.
 *
 * @module
 */
import { ActionIcon, Autocomplete, Button, Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface ServerRow {
  readonly host: string
  readonly port: number | string
  readonly certificateName: string
  readonly isBackup?: boolean
}

/** What a form has to offer; `servers` is the name of its list. */
export interface FormOfServers {
  readonly values: { readonly servers: readonly ServerRow[] }
  readonly getInputProps: (path: string, options?: { type: 'checkbox' | 'input' }) => object
  readonly insertListItem: (path: string, item: unknown) => void
  readonly removeListItem: (path: string, index: number) => void
}

export interface ServerListProps {
  readonly form: FormOfServers
  readonly label: ReactNode
  readonly says: string
  readonly example: string
  /** Offered for the port, with what each is for. */
  readonly ports: readonly { readonly port: number; readonly says: string }[]
  readonly another: ServerRow
  /** An empty row is no mistake: servers come from elsewhere as well. */
  readonly isOptional?: boolean
}

const most = 8

export function ServerList(props: ServerListProps) {
  const { form, label, says, another, isOptional = false } = props
  const { servers } = form.values
  return (
    <fieldset className="plain">
      <Text component="legend" size="sm" fw={600}>
        {label}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {says}
      </Text>
      <Stack gap="sm">
        {servers.map((_, index) => (
          <Server key={index} {...props} index={index} canGo={servers.length > 1 || isOptional} />
        ))}
      </Stack>
      {servers.length < most && (
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

interface ServerProps extends ServerListProps {
  readonly index: number
  readonly canGo: boolean
}

function Server({ form, index, canGo, example, ports, another, isOptional = false }: ServerProps) {
  const which = `server ${index + 1}`
  return (
    <div className="server">
      <TextInput
        aria-label={`Host of ${which}`}
        placeholder={example}
        required={!isOptional}
        spellCheck={false}
        {...form.getInputProps(`servers.${index}.host`)}
      />
      <Autocomplete
        aria-label={`Port of ${which}`}
        data={ports.map(({ port }) => String(port))}
        // Whatever the port is, the usual ones are offered.
        filter={({ options }) => options}
        renderOption={({ option }) =>
          `${option.value}, ${ports.find(({ port }) => String(port) === option.value)?.says}`
        }
        comboboxProps={{ width: 240, position: 'bottom-start' }}
        inputMode="numeric"
        maxLength={5}
        required={!isOptional}
        {...form.getInputProps(`servers.${index}.port`)}
        value={String(form.values.servers[index]?.port ?? '')}
      />
      <TextInput
        aria-label={`Name in the certificate of ${which}`}
        placeholder="certificate name, if another"
        spellCheck={false}
        {...form.getInputProps(`servers.${index}.certificateName`)}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className="copy-button"
        aria-label={`Remove ${which}`}
        disabled={!canGo}
        onClick={() => form.removeListItem('servers', index)}
      >
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
      {another.isBackup !== undefined && (
        <Checkbox
          className="server-backup"
          size="xs"
          label="Only while no other answers"
          aria-label={`Server ${index + 1} only while no other answers`}
          {...form.getInputProps(`servers.${index}.isBackup`, { type: 'checkbox' })}
        />
      )}
    </div>
  )
}
