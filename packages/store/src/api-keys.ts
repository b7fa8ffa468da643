/**
 * API keys: 256 random bits, of which the store keeps a digest.
 *
 * A digest without salt is right for a key that nobody chose: there is nothing
 * to guess. The key itself is shown once.
 *
 * @module
 */
import { encodeUtf8, randomBytes, sha256, toBase64Url } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { newId, refuseDuplicate, toDate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { readName } from './names.ts'
import type { Schema } from './schema.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly createdAt: Date
  readonly expiresAt: Date | undefined
  readonly revokedAt: Date | undefined
}

export type ApiKeyVerdict =
  | { readonly kind: 'known'; readonly apiKey: ApiKey }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'expired' | 'revoked' }

/** So that a key found in a log or a repository is recognized as what it is. */
const shape = /^sgk_[A-Za-z0-9_-]{43}$/

export class ApiKeys {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /**
   * @param options.key One that was made elsewhere: the first key of an installation comes in a file.
   * @throws STORE_KEY_SHAPE, STORE_DUPLICATE, STORE_NAME_INVALID.
   */
  async add(options: {
    readonly name: string
    readonly expiresAt?: Date
    readonly key?: Secret
  }): Promise<{ readonly apiKey: ApiKey; readonly key: Secret }> {
    const key = options.key?.reveal() ?? `sgk_${toBase64Url(randomBytes(32))}`
    if (!shape.test(key)) throw storeFailure('KEY_SHAPE')
    const row: Schema['apiKeys'] = {
      id: newId(),
      digest: digestOf(key),
      name: readName(options.name).shown,
      createdAt: this.#context.clock.now().getTime(),
      expiresAt: options.expiresAt?.getTime() ?? null,
      revokedAt: null,
    }
    const { db } = this.#context
    await refuseDuplicate('DUPLICATE', 'API key', db.insertInto('apiKeys').values(row).execute())
    return { apiKey: present(row), key: new Secret(key) }
  }

  async check(key: string): Promise<ApiKeyVerdict> {
    if (!shape.test(key)) return { kind: 'refused', reason: 'unknown' }
    const { db, clock } = this.#context
    const row = await db.selectFrom('apiKeys').selectAll().where('digest', '=', digestOf(key)).executeTakeFirst()
    if (row === undefined) return { kind: 'refused', reason: 'unknown' }
    if (row.revokedAt !== null) return { kind: 'refused', reason: 'revoked' }
    if (row.expiresAt !== null && row.expiresAt <= clock.now().getTime()) return { kind: 'refused', reason: 'expired' }
    return { kind: 'known', apiKey: present(row) }
  }

  /** Newest first. */
  async list(): Promise<readonly ApiKey[]> {
    const query = this.#context.db.selectFrom('apiKeys').selectAll().orderBy('createdAt', 'desc').orderBy('id')
    return (await query.execute()).map(present)
  }

  /** @throws STORE_NOT_FOUND. */
  async revoke(id: string): Promise<void> {
    const { db, clock } = this.#context
    const revokedAt = clock.now().getTime()
    const { numUpdatedRows } = await db
      .updateTable('apiKeys')
      .set((it) => ({ revokedAt: it.fn.coalesce('revokedAt', it.val(revokedAt)) }))
      .where('id', '=', id)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'API key' } })
  }
}

function digestOf(key: string): Buffer {
  return sha256(encodeUtf8(key))
}

function present(row: Schema['apiKeys']): ApiKey {
  return {
    id: row.id,
    name: row.name,
    createdAt: new Date(row.createdAt),
    expiresAt: toDate(row.expiresAt),
    revokedAt: toDate(row.revokedAt),
  }
}
