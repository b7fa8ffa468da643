/**
 * The keys in a rotation: which certificates come, take over, and end. Each step is one transaction.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { CertificateStatus, Repositories, Rotation, RotationCause, RotationScope, Store } from '@sallygate/store'
import { isUnder, parseCertificate } from '@sallygate/trust'
import type { GroupAuthorities } from './group-authorities.ts'
import { addHolder } from './stored.ts'

export interface RotationOrder {
  readonly group: string
  readonly cause: RotationCause
  readonly scope: RotationScope
  /** The administrator or program, by name. */
  readonly startedBy: string
  /** How long what is replaced still counts. */
  readonly graceMs: number
}

export interface RotationKeyParts {
  readonly store: Store
  readonly clock: Clock
  readonly authorities: GroupAuthorities
}

const kinds = ['groupAuthority', 'consoleSigning'] as const

/** New keys, announced; where the old ones are distrusted at once, in force. @throws STORE_DUPLICATE. */
export async function startKeys(
  { store, clock, authorities }: RotationKeyParts,
  { group, cause, scope, startedBy, graceMs }: RotationOrder,
): Promise<Rotation> {
  const isAtOnce = cause === 'revokeNow'
  const authority = scope === 'all' ? await authorities.makeAuthority(group) : undefined
  const signing = await authorities.makeSigning(group, authority ?? (await authorities.openAuthority(group)))
  const now = clock.now()
  return store.transaction(async (inside) => {
    if (isAtOnce) {
      for (const { id } of await inside.rotations.running(group))
        await inside.rotations.advance(id, { state: 'replaced', endedAt: now })
      for (const kind of kinds) await end(inside, group, kind, ['announced', 'active', 'retired'])
    }
    const status = isAtOnce ? 'active' : 'announced'
    const held =
      authority === undefined ? undefined : await addHolder(inside, 'groupAuthority', authority, group, status)
    const { id } = await addHolder(inside, 'consoleSigning', signing, group, status)
    if (isAtOnce) await endInstallers(inside, group)
    const graceEndsAt = new Date(now.getTime() + graceMs)
    const rotation = { group, cause, scope, startedBy, graceEndsAt, authority: held?.id, signing: id }
    return inside.rotations.add(rotation, isAtOnce ? now : undefined)
  })
}

/** The new ones sign and issue; the old ones still count. */
export function switchKeys(store: Store, { id, group, authority }: Rotation, at: Date): Promise<Rotation> {
  return store.transaction(async (inside) => {
    for (const kind of kinds) {
      if (kind === 'groupAuthority' && authority === undefined) continue
      await move(inside, group, kind, 'active', 'retired')
      await move(inside, group, kind, 'announced', 'active')
    }
    return inside.rotations.advance(id, { state: 'switched', switchedAt: at })
  })
}

/** The old ones count no more; their private keys are erased, and installers under an old authority with them. */
export function endOldKeys(store: Store, group: string): Promise<void> {
  return store.transaction(async (inside) => {
    for (const kind of kinds) await end(inside, group, kind, ['retired'])
    await endInstallers(inside, group)
  })
}

/** A certificate that ended keeps its row: it is what tells later what was. */
async function end(
  inside: Repositories,
  group: string,
  kind: (typeof kinds)[number],
  statuses: readonly CertificateStatus[],
): Promise<void> {
  for (const status of statuses) {
    for (const { id } of await inside.certificates.list({ kind, group, status })) {
      await inside.certificates.setStatus(id, 'revoked')
      const key = await inside.keys.ofCertificate(id)
      if (key !== undefined) await inside.keys.erase(key.id)
    }
  }
}

async function move(
  inside: Repositories,
  group: string,
  kind: (typeof kinds)[number],
  from: CertificateStatus,
  to: CertificateStatus,
): Promise<void> {
  for (const { id } of await inside.certificates.list({ kind, group, status: from }))
    await inside.certificates.setStatus(id, to)
}

/** Those that an authority made which ended: whoever still has one gets an answer with a name. */
async function endInstallers(inside: Repositories, group: string): Promise<void> {
  const current = await inside.certificates.current('groupAuthority', group)
  if (current === undefined) return
  const authority = parseCertificate(current.der)
  for (const row of await inside.certificates.list({ kind: 'bootstrap', group, status: 'active' })) {
    if (isUnder(parseCertificate(row.der), authority)) continue
    await inside.certificates.setStatus(row.id, 'revoked')
    await inside.installers.revoke(row.keyId)
  }
}
