/**
 * Consent: what cannot be undone is done with a reason, and with the security PIN of whoever has one.
 *
 * @module
 */
import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useSession } from '../shell/session.ts'
import { ConsentFields, isGiven, noConsent, type Consent, type Demand } from './consent-fields.tsx'
import { Dialog } from './dialog.tsx'
import { FailureNotice } from './notice.tsx'

export type { Consent } from './consent-fields.tsx'

export interface ConsentDialogProps {
  readonly title: string
  /** What will happen, and whether it can be taken back. */
  readonly children: ReactNode
  readonly doIt: string
  readonly keepIt?: string
  readonly demand?: Demand
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

function Asked({
  children,
  doIt,
  keepIt = 'Keep it',
  demand = 'note',
  onClose,
  run,
}: Omit<ConsentDialogProps, 'title' | 'isOpen'>) {
  const { hasPin } = useSession()
  const [given, setGiven] = useState(noConsent)
  const consent = useMutation({ mutationFn: () => run(given) })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        consent.mutate()
      }}
    >
      <Stack gap="md">
        {children}
        <ConsentFields consent={given} onChange={setGiven} demand={demand} />
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
            disabled={!isGiven(given, demand, hasPin)}
          >
            {doIt}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
