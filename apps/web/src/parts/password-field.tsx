/**
 * A field for a secret, and the button that shows what was typed.
 *
 * @module
 */
import { PasswordInput, type PasswordInputProps } from '@mantine/core'

export interface PasswordFieldProps extends PasswordInputProps {
  /** What the button shows, for who hears it: `the new password`. */
  readonly shows?: string
}

export function PasswordField({ shows = 'the password', ...field }: PasswordFieldProps) {
  return <PasswordInput visibilityToggleButtonProps={{ 'aria-label': `Show ${shows}` }} {...field} />
}
