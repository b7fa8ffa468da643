/**
 * The vault: secrets as they lie in the database.
 *
 * Envelope encryption: a data key per group, itself sealed under the master key.
 * A sealed value names its place (table, column, row, group, key version) as
 * authenticated data, so a ciphertext copied anywhere else does not open.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Kysely } from 'kysely'
import { concat, encodeUtf8, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { layout, text, u32, u8 } from '@sallygate/base/layout'
import { Secret } from '@sallygate/base/secret'
import { storeFailure } from './failures.ts'
import type { Schema } from './schema.ts'

/** Where a sealed value lives. `group` is absent for what belongs to the installation. */
export interface Place {
  readonly table: string
  readonly column: string
  readonly row: string
  readonly group: string | undefined
}

const sealedHead = layout({ format: u8, keyVersion: u32 })
const headBytes = 5
const nonceBytes = 12
const tagBytes = 16
const format = 1

const placeAad = layout({
  label: text(40),
  table: text(64),
  column: text(64),
  row: text(256),
  scope: text(64),
  keyVersion: u32,
})

export class Vault {
  #wrapping: Secret<Buffer>
  constructor(masterKey: Secret<Buffer>) {
    this.#wrapping = wrappingKey(masterKey)
  }

  async seal(db: Kysely<Schema>, place: Place, plaintext: Bytes): Promise<Buffer> {
    const { key, version } = await this.#newestDataKey(db, place.group ?? '')
    return concat(sealedHead.encode({ format, keyVersion: version }), encrypt(key, plaintext, valueAad(place, version)))
  }

  /** @throws STORE_CANNOT_UNSEAL, for every way of not opening. */
  async open(db: Kysely<Schema>, place: Place, sealed: Bytes): Promise<Secret<Buffer>> {
    try {
      const head = sealedHead.decode(sealed.subarray(0, headBytes))
      if (head.format !== format) throw new Error('unknown format')
      const key = await this.#dataKey(db, place.group ?? '', head.keyVersion)
      return new Secret(decrypt(key, sealed.subarray(headBytes), valueAad(place, head.keyVersion)))
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

/** A value that only the right master key opens; tells a wrong key file from a damaged database. */
export function sealKeyCheck(masterKey: Secret<Buffer>, installationId: string): Buffer {
  return encrypt(wrappingKey(masterKey).reveal(), encodeUtf8(installationId), checkAad(installationId))
}

export function opensKeyCheck(masterKey: Secret<Buffer>, installationId: string, check: Bytes): boolean {
  try {
    decrypt(wrappingKey(masterKey).reveal(), check, checkAad(installationId))
    return true
  } catch {
    return false
  }
}

function wrappingKey(masterKey: Secret<Buffer>): Secret<Buffer> {
  return new Secret(Buffer.from(hkdfSync('sha256', masterKey.reveal(), '', 'sallygate master wrapping v1', 32)))
}

function valueAad(place: Place, keyVersion: number): Buffer {
  const { table, column, row } = place
  return placeAad.encode({
    label: 'sallygate sealed value v1',
    table,
    column,
    row,
    scope: place.group ?? '',
    keyVersion,
  })
}

function dataKeyAad(scope: string, keyVersion: number): Buffer {
  const place = { table: 'dataKeys', column: 'sealed', row: scope, scope }
  return placeAad.encode({ label: 'sallygate data key v1', ...place, keyVersion })
}

function checkAad(installationId: string): Buffer {
  const place = { table: 'meta', column: 'value', row: installationId, scope: '' }
  return placeAad.encode({ label: 'sallygate key check v1', ...place, keyVersion: 0 })
}

function encrypt(key: Bytes, plaintext: Bytes, aad: Bytes): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(aad)
  return concat(nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

function decrypt(key: Bytes, sealed: Bytes, aad: Bytes): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('too short')
  const end = sealed.length - tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  return concat(decipher.update(sealed.subarray(nonceBytes, end)), decipher.final())
}
