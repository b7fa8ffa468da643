/**
 * The secret of an account: made, and shown once.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MadeNacAccount } from '../api/nac-shapes.ts'
import { useChange } from '../parts/change.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'
import type { OfAccount } from './accounts.tsx'

export function NewSecret({ account, onDone }: OfAccount) {
  const [hours, setHours] = useState<number | string>(168)
  const rotate = useChange(
    () =>
      ask<MadeNacAccount>('POST', path`/api/nac/accounts/${account.id}/secret`, {
        body: { overlapHours: Number(hours) },
      }),
    { renews: [['nac', 'accounts']] },
  )
  if (rotate.data?.secret !== undefined) return <ShownSecret made={rotate.data} onDone={onDone} />
  return (
    <DialogForm of={rotate} onSubmit={() => rotate.mutate()} doIt="Make a new secret">
      <Text size="sm">Both secrets work for a while, so that you can change policy nodes one after the other.</Text>
      <WholeNumber label="The former one works on for, in hours" min={0} max={2160} value={hours} onChange={setHours} />
    </DialogForm>
  )
}

export function ShownSecret({ made, onDone }: { readonly made: MadeNacAccount; readonly onDone: () => void }) {
  return (
    <ShownOnce what="secret" fix="Enter it in the NAC now, with the user below." onDone={onDone}>
      <CopyLine title="User" value={made.user} />
      <CopyLine title="Secret" value={made.secret ?? ''} />
    </ShownOnce>
  )
}
