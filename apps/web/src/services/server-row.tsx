/**
 * One server of a service: host, port, and the name in the certificate.
 *
 * @module
 */
import { ActionIcon, Autocomplete, Checkbox, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
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

interface ServerProps extends ServerListProps {
  readonly index: number
  readonly canGo: boolean
}

export function Server({ form, index, canGo, example, ports, another, isOptional = false }: ServerProps) {
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
