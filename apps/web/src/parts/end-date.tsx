/**
 * When an account or a key ends: a day, at its end in the reader's own zone, or never.
 *
 * @module
 */
import { TextInput } from '@mantine/core'

export interface EndDateProps {
  readonly label: string
  readonly description: string
  /** `2027-01-31`, or empty for never. */
  readonly value: string
  readonly onChange: (day: string) => void
}

export function EndDate({ label, description, value, onChange }: EndDateProps) {
  return (
    <TextInput
      type="date"
      label={label}
      description={description}
      min={dayOf(new Date())}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** The last second of a day, as the API takes it. */
export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString()
}

export function dayOf(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}
