/**
 * The sync at the connector: what a server can tell, and reading it page by page.
 *
 * It has connections of its own, so that no sign-in and no look-up waits behind it.
 *
 * @module
 */
import type { OperationContext, ParamsOf, ResultOf } from '@sallygate/service-kit'
import { directoryFailure, type DirectoryContract, type SyncPosition } from '../contract.ts'
import { Connections, type Connection } from './connections.ts'
import type { Dialer } from './dial.ts'
import { takeDirSyncStand } from './dir-sync-changes.ts'
import type { ServerList } from './servers.ts'
import { SyncCursors, type Reading } from './sync-cursors.ts'
import { takeBearings, whyNotOn, type Bearings } from './sync-position.ts'
import { SyncQuestions } from './sync-questions.ts'
import { SyncReader, type Chunk } from './sync-reader.ts'

type PageParams = ParamsOf<DirectoryContract, 'syncPage'>
type PageResult = ResultOf<DirectoryContract, 'syncPage'>
type StartParams = ParamsOf<DirectoryContract, 'syncStart'>
type StartResult = ResultOf<DirectoryContract, 'syncStart'>

export class Sync {
  readonly #dialer: Dialer
  readonly #connections: Connections
  readonly #cursors: SyncCursors<PageResult>
  /** What a connection was found to lead to: asked once each. */
  readonly #bearings = new WeakMap<Connection, Bearings>()

  constructor(dialer: Dialer, servers: ServerList) {
    this.#dialer = dialer
    this.#connections = new Connections(dialer, servers)
    this.#cursors = new SyncCursors(dialer.host.clock, (connection) => this.#connections.release(connection))
  }

  async start({ since }: StartParams, context: OperationContext): Promise<StartResult> {
    const { plan } = this.#dialer
    const connection = await this.#connections.take(context)
    try {
      const bearings = await takeBearings(this.#dialer, connection, context)
      this.#bearings.set(connection, bearings)
      const { position, because } = await this.#stand(connection, bearings, since, context)
      const { identity, vendor, method, deletions } = bearings
      return {
        server: connection.label,
        identity,
        vendor,
        method,
        ...(position === undefined ? {} : { position }),
        goesOn: because === undefined,
        ...(because === undefined ? {} : { because }),
        deletions,
        groups: plan.settings.sync.groups,
        members: plan.membership.holds,
        membersFollow: plan.isActiveDirectory,
      }
    } finally {
      this.#connections.release(connection)
    }
  }

  /** Where the server stands, and why `since` does not lead on from there. */
  async #stand(
    connection: Connection,
    bearings: Bearings,
    since: SyncPosition | undefined,
    context: OperationContext,
  ): Promise<Pick<StartResult, 'position' | 'because'>> {
    const because = whyNotOn(since, bearings)
    const { position } = bearings
    if (position?.kind !== 'dirSync') return { position, because }
    const from = because === undefined && since?.kind === 'dirSync' ? since : undefined
    const stand = await takeDirSyncStand(this.#dialer, connection, bearings, from, context)
    return { position: stand.position, because: because ?? stand.because }
  }

  async page(params: PageParams, context: OperationContext): Promise<PageResult> {
    const { cursor, ...asked } = params
    const request = { ...asked, actingGroup: context.actingGroup, limits: context.limits }
    if (cursor === undefined) return this.#first(params, request, context)
    const taken = await this.#cursors.take(cursor, request, context)
    if ('again' in taken) return taken.again
    return this.#answer(taken.reading, taken.chunk, cursor, context, {})
  }

  stop(): void {
    this.#cursors.stop()
    this.#connections.stop()
  }

  async #first(params: PageParams, request: unknown, context: OperationContext): Promise<PageResult> {
    const connection = await this.#connections.take(context)
    try {
      const bearings = this.#bearings.get(connection) ?? (await takeBearings(this.#dialer, connection, context))
      this.#bearings.set(connection, bearings)
      if (bearings.identity !== params.identity)
        throw directoryFailure('SYNC_SERVER_CHANGED', { details: { server: connection.label } })
      const isRemoved = params.pass === 'removed'
      const asked = new SyncQuestions(this.#dialer, connection, bearings, context)
      const containersChanged =
        isRemoved && params.since !== undefined && (await asked.haveContainersChanged(params.since))
      const { searches, lines } = await asked.of(params)
      const reader = new SyncReader(this.#dialer, connection, searches, lines)
      const reading: Reading<PageResult> = { reader, connection, request, last: undefined }
      const chunk = await reader.chunk(context)
      return this.#answer(reading, chunk, undefined, context, isRemoved ? { containersChanged } : {})
    } catch (error) {
      this.#connections.release(connection)
      throw error
    }
  }

  #answer(
    reading: Reading<PageResult>,
    { entries, count, isEnd, references, referredTo }: Chunk,
    cursor: string | undefined,
    context: OperationContext,
    more: Pick<PageResult, 'containersChanged'>,
  ): PageResult {
    const { connection } = reading
    const result: PageResult = {
      entries,
      count,
      referralsNotFollowed: references,
      ...(referredTo.length === 0 ? {} : { referredTo: [...referredTo] }),
      server: connection.label,
      ...more,
    }
    if (isEnd) {
      this.#connections.release(connection)
      return result
    }
    const answer = { ...result, cursor: this.#cursors.keep(reading, context) }
    reading.last = cursor === undefined ? undefined : { cursor, answer }
    return answer
  }
}
