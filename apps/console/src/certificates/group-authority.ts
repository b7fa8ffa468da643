/**
 * The keys of one group that count now, as the store has them.
 *
 * @module
 */
import type { Certificate as Row, Store } from '@sallygate/store'
import { parseCertificate, type Certificate } from '@sallygate/trust'
import { openHolder, type StoredHolder } from './stored.ts'

export interface GroupSigner extends StoredHolder {
  /** `announced`: named in the trust sets, and signs nothing yet. `retired`: signs for who knows no newer one. */
  readonly status: 'announced' | 'active' | 'retired'
  /** The first trust set that names it; 0 for one that was there before anybody, infinite before that set is issued. */
  readonly knownFrom: number
}

export interface GroupAuthority {
  /** Issues certificates and signs the trust sets. */
  readonly authority: Certificate
  /** All whose certificates count; the one above first. */
  readonly authorities: readonly Certificate[]
  /** All whose signatures count, oldest first. */
  readonly signers: readonly GroupSigner[]
}

type Trusted = GroupSigner['status']

/** What a trust set has room for. */
const [mostAuthorities, mostSigners] = [4, 8]

export async function openGroupAuthority(store: Store, group: string): Promise<GroupAuthority> {
  const current = await store.certificates.current('groupAuthority', group)
  if (current === undefined) throw new Error('a group has an authority from its first moment')
  const others = (await store.certificates.list({ kind: 'groupAuthority', group })).filter(
    (row) => row.id !== current.id && isTrusted(row),
  )
  const announced = new Map(
    (await store.rotations.list(group)).map(({ signing, trustSetNumber }) => [
      signing,
      trustSetNumber ?? Number.POSITIVE_INFINITY,
    ]),
  )
  const rows = (await store.certificates.list({ kind: 'consoleSigning', group })).filter(isTrusted)
  const signers = await Promise.all(
    rows
      .slice(0, mostSigners)
      .toReversed()
      .map(async (row) => ({
        ...(await openHolder(store, row)),
        status: row.status as Trusted,
        knownFrom: announced.get(row.id) ?? 0,
      })),
  )
  return {
    authority: parseCertificate(current.der),
    authorities: [current, ...others].slice(0, mostAuthorities).map(({ der }) => parseCertificate(der)),
    signers,
  }
}

function isTrusted({ status }: Row): boolean {
  return status !== 'revoked'
}
