/**
 * What a log names by its address, as a person calls it: names in place of ids, as far as one sees them.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import { adminsQuery, apiKeysQuery, rolesQuery } from '../admins/queries.ts'
import { groupsQuery } from '../api/queries.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

export function useObjectName(): (object: string) => string {
  const session = useSession()
  const groups = useQuery({ ...groupsQuery, enabled: may(session, 'organization-groups:read') })
  const admins = useQuery({ ...adminsQuery, enabled: may(session, 'admins:read') })
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const keys = useQuery({ ...apiKeysQuery, enabled: may(session, 'api-keys:read') })
  const known: readonly { readonly id: string; readonly name: string }[] = [
    ...(groups.data ?? []),
    ...(admins.data ?? []),
    ...(roles.data?.roles ?? []),
    ...(keys.data ?? []),
  ]
  const names = new Map(known.map(({ id, name }) => [id, name]))
  return (object) => visible(named(object, names))
}

/** What is gone has no name any more; its id is enough to find it in the log. */
export function named(object: string, names: ReadonlyMap<string, string>): string {
  // Ids have 24 or 32 digits.
  return object.replace(/\b[0-9a-f]{24}(?:[0-9a-f]{8})?\b/g, (id) => names.get(id) ?? `${id.slice(0, 8)}…`)
}
