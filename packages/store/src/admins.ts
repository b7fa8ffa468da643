/**
 * Administrators: name, password hash, and how often somebody guessed wrong.
 *
 * Guessing slows down and never locks for good: a lock would let anybody who
 * knows a name keep its owner out.
 *
 * @module
 */
import { inTransaction, newId, refuseDuplicate, toDate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { foldName, readName } from './names.ts'
import type { Schema } from './schema.ts'

export interface Admin {
  readonly id: string
  readonly name: string
  /** As `Passwords` wrote it. */
  readonly passwordHash: string
  readonly createdAt: Date
  readonly failedCount: number
  readonly throttledUntil: Date | undefined
}

export interface NewAdmin {
  readonly name: string
  readonly passwordHash: string
}

/** The first five guesses are free; then 1 s, 2 s, 4 s … up to five minutes. */
const freeGuesses = 5
const longestThrottleMs = 5 * 60_000

export class Admins {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_NAME_INVALID, STORE_NAME_TAKEN. */
  async add(admin: NewAdmin): Promise<Admin> {
    const { shown, key } = readName(admin.name)
    const row: Schema['admins'] = {
      id: newId(),
      name: shown,
      nameKey: key,
      passwordHash: admin.passwordHash,
      createdAt: this.#context.clock.now().getTime(),
      failedCount: 0,
      throttledUntil: null,
    }
    const { db } = this.#context
    await refuseDuplicate('NAME_TAKEN', 'administrator', db.insertInto('admins').values(row).execute())
    return present(row)
  }

  /**
   * The first administrator, once in the life of an installation.
   *
   * A row with a fixed key stands for it and is never removed: also when every
   * administrator is gone, nobody becomes the first one again.
   *
   * @throws STORE_FIRST_ADMIN_EXISTS, STORE_NAME_INVALID.
   */
  addFirst(admin: NewAdmin): Promise<Admin> {
    return inTransaction(this.#context, async (db) => {
      const now = this.#context.clock.now()
      const claimed = await db
        .insertInto('meta')
        .values({ name: 'firstAdmin', value: now.toISOString() })
        .onConflict((it) => it.doNothing())
        .executeTakeFirst()
      if ((claimed.numInsertedOrUpdatedRows ?? 0n) === 0n) throw storeFailure('FIRST_ADMIN_EXISTS')
      return new Admins({ ...this.#context, db }).add(admin)
    })
  }

  async findByName(name: string): Promise<Admin | undefined> {
    const { db } = this.#context
    const query = db.selectFrom('admins').selectAll().where('nameKey', '=', foldName(name))
    const row = await query.executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async find(id: string): Promise<Admin | undefined> {
    const { db } = this.#context
    const row = await db.selectFrom('admins').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async list(): Promise<readonly Admin[]> {
    return (await this.#context.db.selectFrom('admins').selectAll().orderBy('nameKey').execute()).map(present)
  }

  /** Counts a wrong password. @returns until when further guesses are refused unread. */
  async countFailure(id: string): Promise<Date | undefined> {
    const { db, clock } = this.#context
    const row = await db
      .updateTable('admins')
      .set((it) => ({ failedCount: it('failedCount', '+', 1) }))
      .where('id', '=', id)
      .returning('failedCount')
      .executeTakeFirst()
    if (row === undefined || row.failedCount <= freeGuesses) return undefined
    const waitMs = Math.min(longestThrottleMs, 1000 * 2 ** Math.min(30, row.failedCount - freeGuesses - 1))
    const until = clock.now().getTime() + waitMs
    // Of two wrong guesses at once, the longer wait holds.
    await db
      .updateTable('admins')
      .set({ throttledUntil: until })
      .where('id', '=', id)
      .where((it) => it.or([it('throttledUntil', 'is', null), it('throttledUntil', '<', until)]))
      .execute()
    return new Date(until)
  }

  async countSuccess(id: string): Promise<void> {
    const set = { failedCount: 0, throttledUntil: null }
    // Most logins follow a good one; those need no write.
    await this.#context.db.updateTable('admins').set(set).where('id', '=', id).where('failedCount', '>', 0).execute()
  }

  /** @throws STORE_NOT_FOUND. */
  async setPasswordHash(id: string, passwordHash: string): Promise<void> {
    const { db } = this.#context
    const { numUpdatedRows } = await db
      .updateTable('admins')
      .set({ passwordHash, failedCount: 0, throttledUntil: null })
      .where('id', '=', id)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'administrator' } })
  }
}

function present(row: Schema['admins']): Admin {
  return {
    id: row.id,
    name: row.name,
    passwordHash: row.passwordHash,
    createdAt: new Date(row.createdAt),
    failedCount: row.failedCount,
    throttledUntil: toDate(row.throttledUntil),
  }
}
