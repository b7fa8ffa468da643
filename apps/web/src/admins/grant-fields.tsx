/**
 * What somebody new may do: a role, where it counts, and when it ends.
 *
 * @module
 */
import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Role } from '../api/access-shapes.ts'
import { useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { EndDate, endOfDay } from '../parts/end-date.tsx'
import { everywhere, GroupSelect } from '../parts/group-select.tsx'

export interface Grant {
  /** Empty: not chosen yet. */
  readonly role: string
  readonly group: string
  /** `2027-01-31`, or empty for never. */
  readonly day: string
}

/** Where it begins: in the first group one has something to give in. */
export function useFreshGrant(): Grant {
  const { grants } = useSession()
  return { role: '', group: grants[0]?.group ?? everywhere, day: '' }
}

/** As the API takes it. */
export const grantBody = ({ role, group, day }: Grant) => ({
  role,
  ...(group === everywhere ? {} : { group }),
  ...(day === '' ? {} : { expiresAt: endOfDay(day) }),
})

export interface GrantFieldsProps {
  readonly roles: readonly Role[]
  readonly grant: Grant
  /** What is wrong with the role. */
  readonly fault: ReactNode
  readonly groupSays: string
  readonly endSays: string
  readonly onChange: (part: Partial<Grant>) => void
}

export function GrantFields({ roles, grant, fault, groupSays, endSays, onChange }: GrantFieldsProps) {
  return (
    <>
      <Select
        label="Role"
        placeholder="Choose a role"
        data={roles.map(({ id, name }) => ({ value: id, label: visible(name) }))}
        value={grant.role === '' ? null : grant.role}
        error={fault}
        onChange={(role) => onChange({ role: role ?? '' })}
      />
      <GroupSelect label="In" description={groupSays} value={grant.group} onChange={(group) => onChange({ group })} />
      <EndDate label="Ends" description={endSays} value={grant.day} onChange={(day) => onChange({ day })} />
    </>
  )
}
