/**
 * The request log: for each request what was asked and what was answered, as
 * digests, each row chained to the one before.
 *
 * @module
 */
import type { Context } from './context.ts'
import { HashChain, openChain, type LogHead } from './hash-chain.ts'
import { present, requestChain, type LoggedRequest, type RequestRecord } from './request-chain.ts'
import type { Schema } from './schema.ts'

export class RequestLog extends HashChain<RequestRecord, Schema['requestLog']> {
  readonly #context: Context

  private constructor(context: Context, genesis: LogHead, head: LogHead) {
    super(context, requestChain, genesis, head)
    this.#context = context
  }

  static async open(context: Context, installationId: string): Promise<RequestLog> {
    const { genesis, head } = await openChain(context, requestChain, installationId)
    return new RequestLog(context, genesis, head)
  }

  /** Newest first. */
  async list(options: {
    readonly before?: number
    readonly limit: number
    readonly group?: string
  }): Promise<readonly LoggedRequest[]> {
    let query = this.#context.db.selectFrom('requestLog').selectAll()
    if (options.before !== undefined) query = query.where('position', '<', options.before)
    if (options.group !== undefined) query = query.where('groupId', '=', options.group)
    return (await query.orderBy('position', 'desc').limit(options.limit).execute()).map(present)
  }
}
