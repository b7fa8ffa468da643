/**
 * A new organization group.
 *
 * @module
 */
import { Select, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Group } from '../api/shapes.ts'
import { useChange } from '../parts/change.ts'
import { NameField } from '../parts/name-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { visible } from '../text/directory-text.ts'
import { treeOf } from './tree.ts'

export function NewGroup({ groups }: { readonly groups: readonly Group[] }) {
  const [name, setName] = useState('')
  const [parent, setParent] = useState<string | null>(null)
  const navigate = useNavigate()
  const make = useChange(
    () => ask<Group>('POST', path`/api/groups`, { body: { name, ...(parent === null ? {} : { parent }) } }),
    { renews: [['groups']], last: ({ id }) => navigate({ to: '/groups/$group/connect', params: { group: id } }) },
  )
  return (
    <DialogForm of={make} onSubmit={() => make.mutate()} doIt="Make the group">
      <NameField value={name} onChange={setName} />
      <Select
        label="Below"
        description="Empty: at the top."
        clearable
        data={treeOf(groups).map(({ group, path: whole }) => ({ value: group.id, label: visible(whole) }))}
        value={parent}
        onChange={setParent}
      />
      <Text size="sm" c="dimmed">
        Making it creates its certificate authority.
      </Text>
    </DialogForm>
  )
}
