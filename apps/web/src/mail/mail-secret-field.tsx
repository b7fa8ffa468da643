/**
 * A secret of the mail settings: typed or replaced, never shown.
 *
 * @module
 */
import { PasswordInput, Textarea } from '@mantine/core'
import { hasSecret, type StoredSettings } from '../services/service-settings.ts'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import type { MailFields, MailSecret } from './mail-settings.ts'

export interface MailSecretFieldProps extends SettingsParts<MailFields> {
  readonly stored: StoredSettings | null
  readonly name: MailSecret
  readonly title: string
  readonly isNeeded: boolean
  /** More than a line: a key in PEM. */
  readonly isLong?: boolean
}

export function MailSecretField(props: MailSecretFieldProps) {
  const { form, label, mustRepeatSecrets, stored, name, title, isNeeded, isLong = false } = props
  const isStored = hasSecret(stored, name)
  const field = {
    label: label(title, name),
    description:
      isStored && mustRepeatSecrets
        ? 'Enter it again: the stored one does not go along.'
        : isStored
          ? 'One is stored and used. It cannot be shown; type to replace it.'
          : 'It is stored sealed, and never shown again.',
    placeholder: isStored && !mustRepeatSecrets ? 'stored' : '',
    required: isNeeded && (!isStored || mustRepeatSecrets),
    withAsterisk: false,
    ...form.getInputProps(name),
  }
  if (isLong)
    return <Textarea {...field} autosize minRows={2} maxRows={6} spellCheck={false} classNames={{ input: 'mono' }} />
  return (
    <PasswordInput
      {...field}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': `Show: ${title}` }}
    />
  )
}
