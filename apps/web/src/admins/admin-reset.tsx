/**
 * Somebody else gives an admin a new password, or takes the second factor away.
 *
 * @module
 */
import { Button, Checkbox } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Admin } from '../api/access-shapes.ts'
import { Dialog } from '../parts/dialog.tsx'
import { newPasswordSays, passwordFault } from '../parts/new-password.ts'
import { PasswordField } from '../parts/password-field.tsx'
import { Section } from '../parts/section.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { visible } from '../text/directory-text.ts'
import { useAdminChange } from './change.ts'

export function Reset({ admin }: { readonly admin: Admin }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const name = visible(admin.name)
  return (
    <Section
      title="Locked out?"
      says="Set a new password, or take a lost second factor or a forgotten PIN away. Every session of the account ends."
    >
      <Button variant="default" onClick={open}>
        Reset
      </Button>
      <Dialog title={`Reset ${name}`} isOpen={isOpen} onClose={close}>
        <ResetForm admin={admin} onDone={close} />
      </Dialog>
    </Section>
  )
}

function ResetForm({ admin, onDone }: { readonly admin: Admin; readonly onDone: () => void }) {
  const [password, setPassword] = useState('')
  const [clearTotp, setClearTotp] = useState(false)
  const [clearPin, setClearPin] = useState(false)
  const fault = password === '' ? null : passwordFault(password)
  const reset = useAdminChange(
    () =>
      ask('POST', path`/api/admins/${admin.id}/reset`, {
        body: { clearTotp, clearPin, ...(password === '' ? {} : { password }) },
      }),
    'Done. The account is signed out everywhere.',
    onDone,
  )
  return (
    <DialogForm
      of={reset}
      onSubmit={() => reset.mutate()}
      doIt={password === '' && !clearTotp && !clearPin ? 'Only sign out everywhere' : 'Reset'}
      isReady={fault === null}
      onCancel={onDone}
    >
      {admin.kind === 'local' && (
        <PasswordField
          label="New password"
          description={`${newPasswordSays} Empty: it stays.`}
          autoComplete="new-password"
          value={password}
          error={fault}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      )}
      <TakeAway
        what="second factor"
        says="From then on the password is enough."
        isThere={admin.hasTotp}
        isTaken={clearTotp}
        onChange={setClearTotp}
      />
      <TakeAway
        what="security PIN"
        says="A new one can be set under Your account."
        isThere={admin.hasPin}
        isTaken={clearPin}
        onChange={setClearPin}
      />
    </DialogForm>
  )
}

interface TakeAwayProps {
  readonly what: string
  /** What it means for the account. */
  readonly says: string
  readonly isThere: boolean
  readonly isTaken: boolean
  readonly onChange: (isTaken: boolean) => void
}

function TakeAway({ what, says, isThere, isTaken, onChange }: TakeAwayProps) {
  return (
    <Checkbox
      label={`Take the ${what} away`}
      description={isThere ? says : 'This account has none.'}
      disabled={!isThere}
      checked={isTaken}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}
