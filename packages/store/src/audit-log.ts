/**
 * The audit log: who changed what, chained row by row, never edited and never shortened.
 *
 * @module
 */
import type { SelectQueryBuilder } from 'kysely'
import { auditChain, presentAudit, type AuditRecord, type AuditRow } from './audit-chain.ts'
import type { Context } from './context.ts'
import { HashChain, openChain, type LogHead } from './hash-chain.ts'
import type { Schema } from './schema.ts'

export interface AuditFilter {
  /** Only rows before this position. */
  readonly before?: number | undefined
  readonly limit: number
  /** The name or the id of the actor. */
  readonly actor?: string | undefined
  /** An action, or the words it begins with. */
  readonly action?: string | undefined
  readonly object?: string | undefined
  /** Only rows of these groups; rows of no group are then left out. */
  readonly groups?: readonly string[] | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

/** A change as one: how it began, and how it ended if that is known. */
export interface AuditEntry extends AuditRow {
  readonly ended: AuditRow | undefined
}

type Query = SelectQueryBuilder<Schema, 'auditLog', Schema['auditLog']>

export class AuditLog extends HashChain<AuditRecord, Schema['auditLog']> {
  readonly #context: Context

  private constructor(context: Context, genesis: LogHead, head: LogHead) {
    super(context, auditChain, genesis, head)
    this.#context = context
  }

  static async open(context: Context, installationId: string): Promise<AuditLog> {
    const { genesis, head } = await openChain(context, auditChain, installationId)
    return new AuditLog(context, genesis, head)
  }

  /** Row by row, in order: a change has one where it began and one that says how it ended. */
  async after(position: number, limit: number): Promise<readonly AuditRow[]> {
    const query = this.#context.db.selectFrom('auditLog').selectAll().where('position', '>', position)
    return (await query.orderBy('position').limit(limit).execute()).map(presentAudit)
  }

  /** Newest first. A change is one entry, at the place where it began. */
  async list(filter: AuditFilter): Promise<readonly AuditEntry[]> {
    const { db } = this.#context
    const rows = await narrowed(db.selectFrom('auditLog').selectAll().where('begun', 'is', null), filter)
      .orderBy('position', 'desc')
      .limit(filter.limit)
      .execute()
    if (rows.length === 0) return []
    const positions = rows.map(({ position }) => position)
    const ends = await db.selectFrom('auditLog').selectAll().where('begun', 'in', positions).execute()
    const endOf = new Map(ends.map((row) => [row.begun, presentAudit(row)]))
    return rows.map((row) => ({ ...presentAudit(row), ended: endOf.get(row.position) }))
  }
}

function narrowed(query: Query, filter: AuditFilter): Query {
  const { before, actor, action, object, groups, since, until } = filter
  let narrow = query
  if (before !== undefined) narrow = narrow.where('position', '<', before)
  if (actor !== undefined)
    narrow = narrow.where((it) => it.or([it('actorName', '=', actor), it('actorId', '=', actor)]))
  // A range and no pattern: what was asked for may hold signs that mean something in one.
  if (action !== undefined) narrow = narrow.where('action', '>=', action).where('action', '<', `${action}\u{10ffff}`)
  if (object !== undefined) narrow = narrow.where('object', '>=', object).where('object', '<', `${object}\u{10ffff}`)
  if (groups !== undefined) narrow = narrow.where('groupId', 'in', [...groups])
  if (since !== undefined) narrow = narrow.where('at', '>=', since.getTime())
  if (until !== undefined) narrow = narrow.where('at', '<', until.getTime())
  return narrow
}
