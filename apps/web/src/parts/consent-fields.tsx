/**
 * A reason, and the security PIN: what is asked for before something that cannot be undone.
 *
 * @module
 */
import { TextInput } from '@mantine/core'
import { useSession } from '../shell/session.ts'
import { TextLink } from './link-button.tsx'
import { Notice } from './notice.tsx'
import { PasswordField } from './password-field.tsx'

/** What a group asks for. `noteAndPin`: who has no PIN has to set one first. */
export type Demand = 'none' | 'note' | 'noteAndPin'

export interface Consent {
  readonly note?: string
  readonly pin?: string
}

export const noConsent: Consent = {}

/** Whether enough is given to be worth asking the console. */
export function isGiven({ note, pin }: Consent, demand: Demand, hasPin: boolean | undefined): boolean {
  if (demand === 'none') return true
  return (note ?? '').trim() !== '' && (hasPin !== true || (pin ?? '') !== '')
}

export interface ConsentFieldsProps {
  readonly consent: Consent
  readonly onChange: (consent: Consent) => void
  readonly demand: Demand
}

export function ConsentFields({ consent, onChange, demand }: ConsentFieldsProps) {
  const { hasPin } = useSession()
  if (demand === 'none') return null
  return (
    <>
      <TextInput
        label="Why"
        description="Needed; it is kept in the audit."
        required
        maxLength={500}
        value={consent.note ?? ''}
        onChange={(event) => onChange({ ...consent, note: event.currentTarget.value })}
      />
      {hasPin === true && (
        <PasswordField
          label="Security PIN"
          description="The one you have set for what cannot be undone."
          autoComplete="off"
          required
          shows="the PIN"
          value={consent.pin ?? ''}
          onChange={(event) => onChange({ ...consent, pin: event.currentTarget.value })}
        />
      )}
      {hasPin === false && demand === 'noteAndPin' && (
        <Notice about="warning" says="This group asks for a security PIN, and you have none." fix="Set one first.">
          <TextLink to="/account">Your account</TextLink>
        </Notice>
      )}
    </>
  )
}
