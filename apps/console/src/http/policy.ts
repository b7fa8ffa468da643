/**
 * Policies: what a route demands of whoever calls it.
 *
 * A right is a resource and what is done to it. Every account has all rights today;
 * roles are lists of these words, so that giving an account fewer changes no route.
 *
 * @module
 */

export type Resource =
  | 'status'
  | 'relay'
  | 'certificates'
  | 'organization-groups'
  | 'connectors'
  | 'enrollment'
  | 'services'
  | 'calls'
  | 'requests'

export type Right = `${Resource}:${'read' | 'edit'}`

/** `public` answers anybody; everything else names the right it needs. There is no default. */
export type Policy = 'public' | Right

/** Who is calling, once proven. */
export interface Actor {
  readonly kind: 'admin' | 'apiKey'
  readonly id: string
  readonly name: string
  readonly rights: 'all' | readonly Right[]
}

export function allows(actor: Actor, policy: Policy): boolean {
  if (policy === 'public') return true
  return actor.rights === 'all' || actor.rights.includes(policy)
}
