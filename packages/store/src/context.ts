/**
 * What every repository stands on: a database or a transaction in it, the vault, the clock.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import type { Clock } from '@sallygate/base/clock'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { isDuplicate } from './sqlite-dialect.ts'
import { storeFailure } from './failures.ts'
import type { Schema } from './schema.ts'
import { refuseInside } from './transaction-guard.ts'
import type { Vault } from './vault.ts'

export interface Context {
  readonly db: Kysely<Schema>
  readonly vault: Vault
  readonly clock: Clock
}

/** Identities are random: 16 bytes, in the program 32 lower-case hex characters. */
export function newId(): string {
  return toHex(randomBytes(16))
}

export function toDate(ms: number | null): Date | undefined {
  return ms === null ? undefined : new Date(ms)
}

/** Turns a broken unique rule into a failure that has words. */
export async function refuseDuplicate<T>(kind: 'NAME_TAKEN' | 'DUPLICATE', what: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (isDuplicate(cause)) throw storeFailure(kind, { cause, details: { what } })
    throw cause
  }
}

/** Runs in the transaction that is open, or in one of its own. */
export function inTransaction<T>(context: Context, work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  if (context.db.isTransaction) return work(context.db)
  refuseInside()
  return context.db.transaction().execute(work)
}

/** A number that something was signed with must stay used up; a transaction that is rolled back would give it out again. */
export function refuseTransaction(context: Context): void {
  if (context.db.isTransaction) throw new Error('numbers are given out outside transactions')
}
