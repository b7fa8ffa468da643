/**
 * Consent: what takes something away is asked about once more, and what cannot be undone is done
 * with a reason, and with the security PIN of whoever has one.
 *
 * @module
 */
import { Button, Group, Stack } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useSession } from '../shell/session.ts'
import { useChange, type AfterChange } from './change.ts'
import { ConsentFields, isGiven, noConsent, type Consent, type Demand } from './consent-fields.tsx'
import { Dialog } from './dialog.tsx'
import { FailureNotice } from './notice.tsx'

export type { Consent } from './consent-fields.tsx'

/** Once it is done the dialog closes, and then what `AfterChange` says happens. */
export interface ConsentDialogProps<Answer> extends AfterChange<Answer> {
  readonly title: string
  /** What will happen, and whether it can be taken back. */
  readonly children: ReactNode
  readonly doIt: string
  readonly keepIt?: string
  /** `none`: a second look is enough. */
  readonly demand?: Demand
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly run: (consent: Consent) => Promise<Answer>
}

export function ConsentDialog<Answer>({ title, isOpen, onClose, ...rest }: ConsentDialogProps<Answer>) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <Asked {...rest} onClose={onClose} />
    </Dialog>
  )
}

function Asked<Answer>({
  children,
  doIt,
  keepIt = 'Keep it',
  demand = 'note',
  onClose,
  run,
  first,
  ...after
}: Omit<ConsentDialogProps<Answer>, 'title' | 'isOpen'>) {
  const { hasPin } = useSession()
  const [given, setGiven] = useState(noConsent)
  const consent = useChange(() => run(given), {
    ...after,
    first: (answer) => {
      onClose()
      return first?.(answer)
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // To React a dialog stands inside the form that opened it; that one is not sent.
        event.stopPropagation()
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
