/**
 * Grants: what an account may, read from its roles for every request anew.
 *
 * @module
 */
import type { RoleAssignment, Store, SubjectKind } from '@sallygate/store'
import { rights, type Grant, type Right } from '../http/policy.ts'
import { builtInRoles } from './built-in-roles.ts'

const known: ReadonlySet<string> = new Set(rights)

export async function grantsOf(
  store: Pick<Store, 'roles'>,
  kind: SubjectKind,
  subject: string,
): Promise<readonly Grant[]> {
  return asGrants(store, await store.roles.assignmentsOf(kind, subject))
}

export async function asGrants(
  store: Pick<Store, 'roles'>,
  assignments: readonly RoleAssignment[],
): Promise<readonly Grant[]> {
  return Promise.all(
    assignments.map(async ({ role, group }) => ({ group, rights: new Set(await rightsOf(store, role)) })),
  )
}

/** A role that is not there gives nothing. */
export async function rightsOf(store: Pick<Store, 'roles'>, role: string): Promise<readonly Right[]> {
  const builtIn = builtInRoles.find(({ id }) => id === role)
  if (builtIn !== undefined) return builtIn.rights
  // A word of an older version may mean nothing any more.
  return ((await store.roles.find(role))?.resources ?? []).filter((word): word is Right => known.has(word))
}
