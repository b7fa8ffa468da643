/**
 * A new role, or a copy of one.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { groupsQuery } from '../api/queries.ts'
import type { Group } from '../api/shapes.ts'
import type { Role } from '../api/access-shapes.ts'
import { useChange } from '../parts/change.ts'
import { NameField } from '../parts/name-field.tsx'
import { DialogForm } from '../parts/submit-form.tsx'
import { useSession } from '../shell/session.ts'
import { everywhere, GroupSelect } from '../parts/group-select.tsx'
import { RightsTable } from './rights-table.tsx'
import { rightsIn } from './rights.ts'

export interface RoleFormProps {
  /** Every right there is. */
  readonly rights: readonly string[]
  readonly from?: Role
}

export function RoleForm({ rights, from }: RoleFormProps) {
  const session = useSession()
  const groups = useQuery(groupsQuery)
  const navigate = useNavigate()
  const [name, setName] = useState(from === undefined ? '' : `${from.name} (copy)`)
  const [group, setGroup] = useState(session.grants[0]?.group ?? everywhere)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(from?.resources))
  const own = rightsIn(session, ancestorsOf(groups.data ?? [], group))
  const make = useChange(
    () =>
      ask<Role>('POST', path`/api/roles`, {
        body: { name, resources: [...chosen], ...(group === everywhere ? {} : { group }) },
      }),
    { renews: [['roles']], last: ({ id }) => navigate({ to: '/roles/$role', params: { role: id } }) },
  )
  return (
    <DialogForm of={make} onSubmit={() => make.mutate()} doIt="Make the role" isReady={chosen.size > 0}>
      <NameField value={name} onChange={setName} />
      <GroupSelect
        label="Usable in"
        description="Who sees this group may use the role in it and below."
        value={group}
        onChange={setGroup}
      />
      <RightsTable all={rights} chosen={chosen} own={own} onChange={setChosen} />
      <Text size="sm" c="dimmed">
        What you do not have yourself cannot be chosen.
      </Text>
    </DialogForm>
  )
}

/** A group and those above it. */
export function ancestorsOf(groups: readonly Group[], group: string): readonly string[] {
  const parent = groups.find(({ id }) => id === group)?.parent
  return parent === undefined ? [group] : [group, ...ancestorsOf(groups, parent)]
}
