/**
 * Consent: what cannot be undone is done with a reason, and with the security PIN of whoever has one.
 *
 * @module
 */
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useSession } from '../shell/session.ts'
import { Dialog } from './dialog.tsx'
import { FailureNotice } from './notice.tsx'

export interface Consent {
  readonly note: string
  readonly pin?: string
}

export interface ConsentDialogProps {
  readonly title: string
  /** What will happen, and whether it can be taken back. */
  readonly children: ReactNode
  readonly doIt: string
  readonly keepIt?: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly run: (consent: Consent) => Promise<unknown>
}

export function ConsentDialog({ title, isOpen, onClose, ...rest }: ConsentDialogProps) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <Asked {...rest} onClose={onClose} />
    </Dialog>
  )
}

function Asked({ children, doIt, keepIt = 'Keep it', onClose, run }: Omit<ConsentDialogProps, 'title' | 'isOpen'>) {
  const { hasPin } = useSession()
  const [note, setNote] = useState('')
  const [pin, setPin] = useState('')
  const consent = useMutation({ mutationFn: () => run({ note: note.trim(), ...(pin === '' ? {} : { pin }) }) })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        consent.mutate()
      }}
    >
      <Stack gap="md">
        {children}
        <TextInput
          label="Why"
          description="Needed; it is kept in the audit."
          required
          withAsterisk={false}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {hasPin === true && (
          <PasswordInput
            label="Security PIN"
            description="The one you have set for what cannot be undone."
            autoComplete="off"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the PIN' }}
            value={pin}
            onChange={(event) => setPin(event.currentTarget.value)}
          />
        )}
        {consent.isError && <FailureNotice error={consent.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keepIt}
          </Button>
          <Button
            type="submit"
            color="red"
            className="is-grave-filled"
            loading={consent.isPending}
            disabled={note.trim() === ''}
          >
            {doIt}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
