/**
 * An organization group with another name.
 *
 * @module
 */
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Group } from '../api/shapes.ts'
import { useChange } from '../parts/change.ts'
import { NameField } from '../parts/name-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'

export function Rename({ group, onDone }: { readonly group: Group; readonly onDone: () => void }) {
  const [name, setName] = useState(group.name)
  const rename = useChange(() => ask('PUT', path`/api/groups/${group.id}`, { body: { name } }), {
    first: onDone,
    renews: [['groups']],
  })
  return (
    <DialogForm
      of={rename}
      onSubmit={() => rename.mutate()}
      doIt="Rename"
      isReady={name.trim() !== '' && name !== group.name}
      onCancel={onDone}
    >
      <NameField
        label="New name"
        description="Its id stays, so connectors and programs notice nothing. Programs that use the name have to change."
        value={name}
        onChange={setName}
      />
    </DialogForm>
  )
}
