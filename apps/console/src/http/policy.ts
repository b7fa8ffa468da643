/**
 * Policies: what a route demands of whoever calls it.
 *
 * A right is a resource and what is done to it. A grant is a set of rights in one
 * group and everything below it. What a caller may is the sum of his grants; what
 * he sees of a route is only the groups in which he has the right of that route.
 *
 * @module
 */

/** Every noun of the API that a right can be about. A new one is everybody's who may do everything. */
export const resources = [
  'status',
  'relay',
  'certificates',
  'organization-groups',
  'connectors',
  'enrollment',
  'services',
  'settings',
  'calls',
  'requests',
  'traces',
  'audit',
  'events',
  'system',
  'admins',
  'roles',
  'api-keys',
  'sources',
  'mdm',
  'nac',
  'nac-feed',
  'devices',
  'policies',
  'directory',
] as const

export type Resource = (typeof resources)[number]

export type Right = `${Resource}:${'read' | 'edit'}`

export const rights: readonly Right[] = resources.flatMap(
  (resource) => [`${resource}:read`, `${resource}:edit`] as const,
)

/**
 * `public` answers anybody, `proven` everybody who has an account, about himself; everything else names the right
 * it needs. There is no default.
 */
export type Policy = 'public' | 'proven' | Right

/**
 * What a route is about. `installation`: the caller needs the right over everything. `group`: the route asks
 * `visibleGroup` for the group it names. `own`: it answers only for the groups of the caller, and sees to it itself.
 */
export type Scope = 'installation' | 'group' | 'own'

export interface Grant {
  /** Root of the subtree; `undefined` is the whole installation. */
  readonly group: string | undefined
  readonly rights: ReadonlySet<Right>
}

/** Who is calling, once proven. */
export interface Actor {
  readonly kind: 'admin' | 'apiKey' | 'installation'
  readonly id: string
  readonly name: string
  /** In a handler: only those with the right of the route. */
  readonly grants: readonly Grant[]
  /** In a handler: all he has, whatever the route is. */
  readonly held?: readonly Grant[]
}

export const everything: Grant = { group: undefined, rights: new Set(rights) }

/** The actor with only the grants that count for a route; `undefined` where none does. */
export function narrow(actor: Actor, policy: Policy, scope: Scope): Actor | undefined {
  if (policy === 'public' || policy === 'proven') return actor
  const grants = actor.grants.filter(
    (grant) => grant.rights.has(policy) && (scope !== 'installation' || grant.group === undefined),
  )
  return grants.length === 0 ? undefined : { ...actor, grants, held: actor.grants }
}

export function isInstallationWide({ grants }: Actor): boolean {
  return grants.some(({ group }) => group === undefined)
}
