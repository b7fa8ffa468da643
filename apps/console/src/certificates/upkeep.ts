/**
 * Upkeep: what is renewed before it ends, looked at every few minutes.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import type { GroupAuthorities } from './group-authorities.ts'
import type { Installation } from './installation.ts'
import { isDueForRenewal } from './renewal.ts'
import type { Rotations } from './rotations.ts'
import type { TrustSetIssuer } from './trust-sets.ts'

export interface UpkeepParts {
  readonly clock: Clock
  readonly log: Log
  readonly installation: Installation
  readonly authorities: GroupAuthorities
  readonly trustSets: TrustSetIssuer
  readonly groups: OrganizationGroups
  readonly rotations: Pick<Rotations, 'regenerate' | 'running'>
}

const everyMs = 5 * 60_000

export function startUpkeep(parts: UpkeepParts): Timer {
  return every(parts.clock, everyMs, () => {
    upkeep(parts).catch((error: unknown) => parts.log.error('upkeep failed', { error }))
  })
}

/** What a connector may be away for while an authority is replaced that is near its end. */
const renewalGraceMs = 30 * 24 * 3_600_000

export async function upkeep(parts: UpkeepParts): Promise<void> {
  const { installation, authorities, trustSets, groups, log, clock, rotations } = parts
  if (await installation.renewIdentity()) log.info('console identity renewed')
  for (const { id } of await groups.list()) {
    if (await authorities.renewSigning(id)) {
      log.info('signing certificate renewed', { group: id })
      await trustSets.renew(id)
    }
    await trustSets.current(id)
    const { authority } = await authorities.of(id)
    if (isDueForRenewal(authority, clock.now()) && rotations.running(id) === undefined) {
      const order = { group: id, scope: 'all', startedBy: 'the console', graceMs: renewalGraceMs } as const
      await rotations.regenerate({ ...order, cause: 'renewal' })
    }
  }
}
