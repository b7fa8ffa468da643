/**
 * The name of what a dialog makes or renames: where its typing begins.
 *
 * @module
 */
import { TextInput } from '@mantine/core'

export interface NameFieldProps {
  readonly label?: string
  readonly description?: string
  /** `false`: what is named has another name without this one. */
  readonly required?: boolean
  readonly maxLength?: number
  readonly value: string
  readonly onChange: (name: string) => void
}

export function NameField({ label = 'Name', required = true, onChange, ...field }: NameFieldProps) {
  return (
    <TextInput
      {...field}
      label={label}
      required={required}
      data-autofocus
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
