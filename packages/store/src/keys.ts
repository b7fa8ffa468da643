/**
 * Private keys the console holds, sealed. They leave the store only as `Secret`.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Secret } from '@sallygate/base/secret'
import { newId, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import type { Schema } from './schema.ts'
import type { Place } from './sealing.ts'

export type KeyPurpose =
  | 'productRoot'
  | 'groupAuthority'
  | 'consoleSigning'
  | 'consoleIdentity'
  | 'secureChannel'
  | 'tlsServer'
  /** Not a private key: what digests in the audit log are keyed with. */
  | 'auditDigests'

export interface NewKey {
  readonly purpose: KeyPurpose
  readonly group?: string | undefined
  readonly certificate?: string | undefined
  /** PKCS#8 DER. */
  readonly pkcs8: Secret<Bytes>
}

export interface StoredKey {
  readonly id: string
  readonly purpose: KeyPurpose
  readonly group: string | undefined
  readonly certificate: string | undefined
  readonly createdAt: Date
}

export class Keys {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async add(key: NewKey): Promise<StoredKey> {
    const { db, vault, clock } = this.#context
    const id = newId()
    const row = {
      id,
      groupId: key.group ?? null,
      certificateId: key.certificate ?? null,
      purpose: key.purpose,
      sealed: await vault.seal(db, placeOf(id, key.group), key.pkcs8.reveal()),
      createdAt: clock.now().getTime(),
    }
    await db.insertInto('keys').values(row).execute()
    return present(row)
  }

  /** Newest first. */
  async list(purpose: KeyPurpose, group?: string): Promise<readonly StoredKey[]> {
    const rows = await this.#context.db
      .selectFrom('keys')
      .selectAll()
      .where('purpose', '=', purpose)
      .where('groupId', group === undefined ? 'is' : '=', group ?? null)
      .orderBy('createdAt', 'desc')
      .orderBy('id')
      .execute()
    return rows.map(present)
  }

  /** The key that belongs to a certificate. */
  async ofCertificate(certificate: string): Promise<StoredKey | undefined> {
    const { db } = this.#context
    const row = await db.selectFrom('keys').selectAll().where('certificateId', '=', certificate).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** @throws STORE_NOT_FOUND, STORE_CANNOT_UNSEAL. */
  async open(id: string): Promise<Secret<Buffer>> {
    const { db, vault } = this.#context
    const row = await db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'key' } })
    return vault.open(db, placeOf(id, row.groupId ?? undefined), row.sealed)
  }

  /** A retired key is erased; its certificate stays. */
  async erase(id: string): Promise<void> {
    await this.#context.db.deleteFrom('keys').where('id', '=', id).execute()
  }
}

function placeOf(row: string, group: string | undefined): Place {
  return { table: 'keys', column: 'sealed', row, group }
}

function present(row: Schema['keys']): StoredKey {
  return {
    id: row.id,
    purpose: row.purpose as KeyPurpose,
    group: row.groupId ?? undefined,
    certificate: row.certificateId ?? undefined,
    createdAt: new Date(row.createdAt),
  }
}
