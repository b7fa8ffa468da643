/**
 * The vault: secrets as they lie in the database.
 *
 * Envelope encryption: a data key per group, itself sealed under the master key.
 * A sealed value names its place (table, column, row, group, key version) as
 * authenticated data, so a ciphertext copied anywhere else does not open.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import { concat, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { storeFailure } from './failures.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'
import { dataKeyAad, decrypt, encrypt, readHead, valueAad, wrappingKey, writeHead, type Place } from './sealing.ts'

export class Vault {
  #wrapping: Secret<Buffer>
  #previous: Secret<Buffer> | undefined
  constructor(masterKey: Secret<Buffer>) {
    this.#wrapping = wrappingKey(masterKey)
  }

  /** @throws STORE_CANNOT_UNSEAL when the data key of the group does not open. */
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
    // Not while a rotation seals what there is: this one would stay under the old master key.
    await hold(db, 'dataKeys')
    const wrapped = encrypt(this.#wrapping.reveal(), randomBytes(32), dataKeyAad(scope, version))
    await db
      .insertInto('dataKeys')
      .values({ scope, version, sealed: wrapped, createdAt: now.getTime() })
      .onConflict((it) => it.doNothing())
      .execute()
  }

  /**
   * Seals all data keys anew; the values below them stay as they are.
   *
   * The connection is held until the new key is in use: a group made in between
   * would have its data key under a master key that is about to be forgotten.
   */
  rewrap(db: Kysely<Schema>, masterKey: Secret<Buffer>, also: (held: Kysely<Schema>) => Promise<void>): Promise<void> {
    const wrapping = wrappingKey(masterKey)
    return db.connection().execute(async (held) => {
      await sql`begin`.execute(held)
      const before = this.#wrapping
      try {
        await hold(held, 'dataKeys')
        for (const row of await held.selectFrom('dataKeys').selectAll().execute()) {
          await this.#rewrapRow(held, row, wrapping)
        }
        await also(held)
        // Before the commit, since whoever waits for it may go on before its answer is here.
        this.#use(wrapping, before)
        await sql`commit`.execute(held)
      } catch (error) {
        this.#use(before, wrapping)
        await sql`rollback`.execute(held)
        throw error
      }
    })
  }

  #use(wrapping: Secret<Buffer>, previous: Secret<Buffer>): void {
    this.#wrapping = wrapping
    this.#previous = previous
  }

  async #rewrapRow(db: Kysely<Schema>, row: Schema['dataKeys'], wrapping: Secret<Buffer>): Promise<void> {
    const { scope, version } = row
    const sealed = encrypt(wrapping.reveal(), this.#unwrap(scope, version, row.sealed), dataKeyAad(scope, version))
    const update = db.updateTable('dataKeys').set({ sealed }).where('scope', '=', scope)
    await update.where('version', '=', version).execute()
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

  /**
   * Unwrapped anew each time: five microseconds, and no copy that outlives a transaction that was rolled back.
   *
   * @throws STORE_CANNOT_UNSEAL.
   */
  #unwrap(scope: string, version: number, sealed: Bytes): Buffer {
    const aad = dataKeyAad(scope, version)
    try {
      return decrypt(this.#wrapping.reveal(), sealed, aad)
    } catch (cause) {
      // A row that was read just before a rotation ended, or whose rotation ended without an answer.
      const key = this.#previous === undefined ? undefined : opened(this.#previous, sealed, aad)
      if (key !== undefined) return key
      throw storeFailure('CANNOT_UNSEAL', { cause, details: { table: 'dataKeys', scope } })
    }
  }
}

function opened(key: Secret<Buffer>, sealed: Bytes, aad: Bytes): Buffer | undefined {
  try {
    return decrypt(key.reveal(), sealed, aad)
  } catch {
    return undefined
  }
}
