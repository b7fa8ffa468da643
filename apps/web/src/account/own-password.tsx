/**
 * The own password, asked for again: an open browser is not enough.
 *
 * @module
 */
import { PasswordField } from '../parts/password-field.tsx'

export interface OwnPasswordProps {
  readonly value: string
  readonly onChange: (password: string) => void
}

export function OwnPassword({ value, onChange }: OwnPasswordProps) {
  return (
    <PasswordField
      label="Your password"
      autoComplete="current-password"
      required
      shows="your password"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
