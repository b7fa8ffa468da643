/**
 * Kept answers: what a request with an idempotency key was answered, so that it is not done twice.
 *
 * Answers hold what is shown once (codes, private keys), so they lie sealed, and so
 * does the digest of what was asked: it may hold a password that can be guessed.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, equalBytes, fromHex, randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import type { Context } from './context.ts'
import { isDuplicate } from './sqlite-dialect.ts'

export interface KeptAnswer {
  readonly status: number
  readonly body: unknown
}

export type Claim =
  /** Nobody asked this before: do it, then `keep` or `release`. */
  | { readonly kind: 'first' }
  | { readonly kind: 'done'; readonly answer: KeptAnswer }
  | { readonly kind: 'inProgress' }
  /** The console stopped in the middle; what became of it is not known. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'otherRequest' }

interface Sealed {
  readonly requestDigest: string
  readonly answer?: KeptAnswer
}

/** Which process works on it: what another one has begun, it will not end. */
const thisProcess = toHex(randomBytes(8))

export class KeptAnswers {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** `key` is scoped by whoever asks; `request` is all that makes two requests the same. */
  async claim(key: string, request: string, keepMs: number): Promise<Claim> {
    const { db, clock } = this.#context
    const now = clock.now().getTime()
    await db.deleteFrom('keptAnswers').where('expiresAt', '<=', now).execute()
    const digest = toHex(sha256(encodeUtf8(request)))
    try {
      await db
        .insertInto('keptAnswers')
        .values({
          key,
          process: thisProcess,
          sealed: await this.#seal(key, { requestDigest: digest }),
          expiresAt: now + keepMs,
        })
        .execute()
      return { kind: 'first' }
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
    return this.#known(key, digest)
  }

  async keep(key: string, request: string, answer: KeptAnswer): Promise<void> {
    const requestDigest = toHex(sha256(encodeUtf8(request)))
    const sealed = await this.#seal(key, { requestDigest, answer })
    await this.#context.db.updateTable('keptAnswers').set({ sealed, process: '' }).where('key', '=', key).execute()
  }

  /** It was not done: the key may be used again. */
  async release(key: string): Promise<void> {
    await this.#context.db.deleteFrom('keptAnswers').where('key', '=', key).execute()
  }

  async #known(key: string, digest: string): Promise<Claim> {
    const { db, vault } = this.#context
    const row = await db.selectFrom('keptAnswers').selectAll().where('key', '=', key).executeTakeFirst()
    // Released between the two: whoever held it is done with it, and the next attempt will be the first.
    if (row === undefined) return { kind: 'inProgress' }
    const opened = await vault.open(db, placeOf(key), row.sealed)
    const { requestDigest, answer } = JSON.parse(decodeUtf8(opened.reveal())) as Sealed
    if (!equalBytes(fromHex(requestDigest), fromHex(digest))) return { kind: 'otherRequest' }
    if (answer !== undefined) return { kind: 'done', answer }
    return { kind: row.process === thisProcess ? 'inProgress' : 'interrupted' }
  }

  #seal(key: string, sealed: Sealed): Promise<Buffer> {
    const { db, vault } = this.#context
    return vault.seal(db, placeOf(key), encodeUtf8(JSON.stringify(sealed)))
  }
}

const placeOf = (key: string) => ({ table: 'keptAnswers', column: 'sealed', row: key, group: undefined })
