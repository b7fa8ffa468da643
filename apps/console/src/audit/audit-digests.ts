/**
 * Digests in the audit log: they show that two things were the same, and nothing else.
 *
 * Bodies hold passwords. A plain digest of one could be tried against a list of them
 * by whoever has a copy of the database, so these are keyed, and the key lies sealed.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import { randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import type { Store } from '@sallygate/store'

export type AuditDigest = (value: unknown) => Buffer

export async function openAuditDigests(store: Pick<Store, 'keys'>): Promise<AuditDigest> {
  const stored = (await store.keys.list('auditDigests')).at(-1)
  const id = stored?.id ?? (await store.keys.add({ purpose: 'auditDigests', pkcs8: new Secret(randomBytes(32)) })).id
  const key = await store.keys.open(id)
  return (value) =>
    createHmac('sha256', key.reveal())
      .update(`sallygate audit digest v1\0${JSON.stringify(value ?? null)}`)
      .digest()
}
