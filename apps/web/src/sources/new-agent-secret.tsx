/**
 * A secret for an inventory agent, shown once.
 *
 * @module
 */
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MadeAgentSecret } from '../api/source-shapes.ts'
import { useChange } from '../parts/change.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { NameField } from '../parts/name-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'

export function NewSecret({ group, onDone }: { readonly group: string; readonly onDone: () => void }) {
  const [name, setName] = useState('')
  const [days, setDays] = useState<number | string>('')
  const make = useChange(
    () =>
      ask<MadeAgentSecret>('POST', path`/api/groups/${group}/agent-secrets`, {
        body: { name, ...(days === '' ? {} : { days: Number(days) }) },
      }),
    { renews: [['group', group, 'agent-secrets']] },
  )
  if (make.data !== undefined) {
    return (
      <ShownOnce what="secret" fix="Agents send it as the password of Basic, with any user." onDone={onDone}>
        <CopyLine title="Secret" value={make.data.secret} />
        <CopyLine title="Server of the agent" value={`${window.location.origin}${make.data.path}`} />
      </ShownOnce>
    )
  }
  return (
    <DialogForm of={make} onSubmit={() => make.mutate()} doIt="Make the secret">
      <NameField description="For which agents it is." maxLength={100} value={name} onChange={setName} />
      <WholeNumber
        label="Good for, in days"
        description="Empty: until it is revoked."
        min={1}
        max={3660}
        value={days}
        onChange={setDays}
      />
    </DialogForm>
  )
}
