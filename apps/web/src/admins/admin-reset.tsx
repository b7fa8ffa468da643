/**
 * Somebody else gives an admin a new password, or takes the second factor away.
 *
 * @module
 */
import { Button, Checkbox, Group as Row, PasswordInput, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Admin } from '../api/access-shapes.ts'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'
import { leastPassword } from './new-admin.tsx'
import { useChange } from './change.ts'

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
  const reset = useChange(
    () =>
      ask('POST', path`/api/admins/${admin.id}/reset`, {
        body: { clearTotp, clearPin, ...(password === '' ? {} : { password }) },
      }),
    'Done. The account is signed out everywhere.',
    onDone,
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        reset.mutate(undefined)
      }}
    >
      <Stack gap="md">
        {admin.kind === 'local' && (
          <PasswordInput
            label="New password"
            description={`At least ${leastPassword} characters. Empty: it stays.`}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            value={password}
            error={
              password !== '' && password.length < leastPassword ? `Use at least ${leastPassword} characters.` : null
            }
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        <Checkbox
          label="Take the second factor away"
          description={admin.hasTotp ? 'From then on the password is enough.' : 'This account has none.'}
          disabled={!admin.hasTotp}
          checked={clearTotp}
          onChange={(event) => setClearTotp(event.currentTarget.checked)}
        />
        <Checkbox
          label="Take the security PIN away"
          description={admin.hasPin ? 'A new one can be set under Your account.' : 'This account has none.'}
          disabled={!admin.hasPin}
          checked={clearPin}
          onChange={(event) => setClearPin(event.currentTarget.checked)}
        />
        {reset.isError && <FailureNotice error={reset.error} />}
        <Row justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={reset.isPending} disabled={password !== '' && password.length < leastPassword}>
            {password === '' && !clearTotp && !clearPin ? 'Only sign out everywhere' : 'Reset'}
          </Button>
        </Row>
      </Stack>
    </form>
  )
}
