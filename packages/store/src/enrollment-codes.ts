/**
 * One-time enrollment codes. A code is used by one statement, so that of any
 * number of connectors that try at once exactly one wins.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Secret } from '@sallygate/base/secret'
import { refuseDuplicate, toDate, type Context } from './context.ts'
import type { Schema } from './schema.ts'
import type { Place } from './sealing.ts'

export interface NewEnrollmentCode {
  /** Derived from the secret, hex; it may travel, the secret never does. */
  readonly codeId: string
  readonly group: string
  readonly secret: Secret<Bytes>
  /** What the connector will be called. */
  readonly name: string
  readonly expiresAt: Date
}

export interface EnrollmentCode {
  readonly codeId: string
  readonly group: string
  readonly name: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | undefined
  readonly usedBy: string | undefined
}

export type CodeUse =
  | { readonly kind: 'used'; readonly group: string; readonly name: string }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'expired' | 'usedBefore' }

export class EnrollmentCodes {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async add(code: NewEnrollmentCode): Promise<EnrollmentCode> {
    const { db, vault, clock } = this.#context
    const row: Schema['enrollmentCodes'] = {
      codeId: code.codeId,
      groupId: code.group,
      sealedSecret: await vault.seal(db, placeOf(code.codeId, code.group), code.secret.reveal()),
      name: code.name,
      createdAt: clock.now().getTime(),
      expiresAt: code.expiresAt.getTime(),
      usedAt: null,
      usedBy: null,
    }
    await refuseDuplicate('DUPLICATE', 'enrollment code', db.insertInto('enrollmentCodes').values(row).execute())
    return present(row)
  }

  async find(codeId: string): Promise<EnrollmentCode | undefined> {
    const row = await this.#row(codeId)
    return row === undefined ? undefined : present(row)
  }

  /** For checking a request's MAC before the code is used. @returns `undefined` for a code nobody made. */
  async openSecret(codeId: string): Promise<Secret<Buffer> | undefined> {
    const { db, vault } = this.#context
    const row = await this.#row(codeId)
    return row === undefined ? undefined : vault.open(db, placeOf(codeId, row.groupId), row.sealedSecret)
  }

  /** Uses the code up for `usedBy`, an instance. */
  async use(codeId: string, usedBy: string): Promise<CodeUse> {
    const { db, clock } = this.#context
    const now = clock.now().getTime()
    const used = await db
      .updateTable('enrollmentCodes')
      .set({ usedAt: now, usedBy })
      .where('codeId', '=', codeId)
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', now)
      .returning(['groupId', 'name'])
      .executeTakeFirst()
    if (used !== undefined) return { kind: 'used', group: used.groupId, name: used.name }
    const code = await this.find(codeId)
    if (code === undefined) return { kind: 'refused', reason: 'unknown' }
    return { kind: 'refused', reason: code.usedAt === undefined ? 'expired' : 'usedBefore' }
  }

  /** Newest first. */
  async list(group: string): Promise<readonly EnrollmentCode[]> {
    const { db } = this.#context
    const query = db.selectFrom('enrollmentCodes').selectAll().where('groupId', '=', group)
    return (await query.orderBy('createdAt', 'desc').orderBy('codeId').execute()).map(present)
  }

  async erase(codeId: string): Promise<void> {
    await this.#context.db.deleteFrom('enrollmentCodes').where('codeId', '=', codeId).execute()
  }

  #row(codeId: string): Promise<Schema['enrollmentCodes'] | undefined> {
    const { db } = this.#context
    return db.selectFrom('enrollmentCodes').selectAll().where('codeId', '=', codeId).executeTakeFirst()
  }
}

function placeOf(row: string, group: string): Place {
  return { table: 'enrollmentCodes', column: 'sealedSecret', row, group }
}

function present(row: Schema['enrollmentCodes']): EnrollmentCode {
  return {
    codeId: row.codeId,
    group: row.groupId,
    name: row.name,
    createdAt: new Date(row.createdAt),
    expiresAt: new Date(row.expiresAt),
    usedAt: toDate(row.usedAt),
    usedBy: row.usedBy ?? undefined,
  }
}
