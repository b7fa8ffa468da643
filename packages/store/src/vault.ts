/**
 * The vault: secrets as they lie in the database.
 *
 * Envelope encryption: a data key per group, itself sealed under the master key.
 * A sealed value names its place (table, column, row, group, key version) as
 * authenticated data, so a ciphertext copied anywhere else does not open.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { concat, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { storeFailure } from './failures.ts'
import type { Schema } from './schema.ts'
import { dataKeyAad, decrypt, encrypt, readHead, valueAad, wrappingKey, writeHead, type Place } from './sealing.ts'

export class Vault {
  #wrapping: Secret<Buffer>
  constructor(masterKey: Secret<Buffer>) {
    this.#wrapping = wrappingKey(masterKey)
  }

  async seal(db: Kysely<Schema>, place: Place, plaintext: Bytes): Promise<Buffer> {
    const { key, version } = await this.#newestDataKey(db, place.group ?? '')
    return concat(writeHead(version), encrypt(key, plaintext, valueAad(place, version)))
  }

  /** @throws STORE_CANNOT_UNSEAL, for every way of not opening. */
  async open(db: Kysely<Schema>, place: Place, sealed: Bytes): Promise<Secret<Buffer>> {
    try {
      const { keyVersion, body } = readHead(sealed)
      const key = await this.#dataKey(db, place.group ?? '', keyVersion)
      return new Secret(decrypt(key, body, valueAad(place, keyVersion)))
    } catch (cause) {
      if (storeFailure.is(cause)) throw cause
      const { table, column } = place
      throw storeFailure('CANNOT_UNSEAL', { cause, details: { table, column } })
    }
  }

  /** Makes the data key of a group. Called when the group is made, so that sealing never has to. */
  async addDataKey(db: Kysely<Schema>, scope: string, now: Date): Promise<void> {
    const version = 1
    const wrapped = encrypt(this.#wrapping.reveal(), randomBytes(32), dataKeyAad(scope, version))
    await db
      .insertInto('dataKeys')
      .values({ scope, version, sealed: wrapped, createdAt: now.getTime() })
      .onConflict((it) => it.doNothing())
      .execute()
  }

  /** Seals all data keys anew; the values below them stay as they are. Runs inside the caller's transaction. */
  async rewrap(db: Kysely<Schema>, masterKey: Secret<Buffer>): Promise<() => void> {
    const wrapping = wrappingKey(masterKey)
    for (const row of await db.selectFrom('dataKeys').selectAll().execute()) {
      const aad = dataKeyAad(row.scope, row.version)
      const sealed = encrypt(wrapping.reveal(), decrypt(this.#wrapping.reveal(), row.sealed, aad), aad)
      await db
        .updateTable('dataKeys')
        .set({ sealed })
        .where('scope', '=', row.scope)
        .where('version', '=', row.version)
        .execute()
    }
    return () => {
      this.#wrapping = wrapping
    }
  }

  async #newestDataKey(db: Kysely<Schema>, scope: string): Promise<{ key: Buffer; version: number }> {
    const row = await db
      .selectFrom('dataKeys')
      .select(['version', 'sealed'])
      .where('scope', '=', scope)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'data key', scope } })
    return { key: this.#unwrap(scope, row.version, row.sealed), version: row.version }
  }

  async #dataKey(db: Kysely<Schema>, scope: string, version: number): Promise<Buffer> {
    const row = await db
      .selectFrom('dataKeys')
      .select('sealed')
      .where('scope', '=', scope)
      .where('version', '=', version)
      .executeTakeFirst()
    if (row === undefined) throw new Error('no such data key')
    return this.#unwrap(scope, version, row.sealed)
  }

  // Unwrapped anew each time: five microseconds, and no copy that outlives a transaction that was rolled back.
  #unwrap(scope: string, version: number, sealed: Bytes): Buffer {
    return decrypt(this.#wrapping.reveal(), sealed, dataKeyAad(scope, version))
  }
}
