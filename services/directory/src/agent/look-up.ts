/**
 * Looking up: the search of callers, page by page, and the user behind a login.
 *
 * @module
 */
import type { Filter } from '@sallygate/protocol-ldap'
import type { OperationContext, ParamsOf, ResultOf } from '@sallygate/service-kit'
import type { DirectoryContract } from '../contract.ts'
import { conditionFilter } from './condition-filter.ts'
import type { Connection } from './connections.ts'
import { Cursors } from './cursors.ts'
import type { Directory } from './directory.ts'
import { projectEntries } from './entry.ts'
import { followReferrals } from './follow-referrals.ts'
import type { DirectoryPlan } from './plan.ts'
import { allowedBases, isAllowed } from './scope.ts'
import { searchStart, wholeFilter, type Found, type SearchOrder, type SearchPosition } from './search-order.ts'
import { SearchRun } from './search.ts'

type SearchParams = ParamsOf<DirectoryContract, 'search'>
type SearchResult = ResultOf<DirectoryContract, 'search'>

export class LookUp {
  readonly #directory: Directory
  readonly #cursors: Cursors

  constructor(directory: Directory) {
    this.#directory = directory
    this.#cursors = new Cursors(directory.dialer.host.clock, (connection) => directory.connections.release(connection))
  }

  async search(params: SearchParams, context: OperationContext): Promise<SearchResult> {
    const { dialer, connections } = this.#directory
    const { cursor, limit, ...rest } = params
    const request = { ...rest, actingGroup: context.actingGroup, limits: context.limits }
    const order = { ...orderOf(dialer.plan, params, context), mayFollow: true }
    const most = Math.min(limit, dialer.plan.settings.maxEntries)
    const run = (connection: Connection, from: SearchPosition) =>
      new SearchRun(dialer, connection, order, context, most, from).run()
    if (cursor === undefined) {
      return this.#directory.onConnection(context, async (connection) => {
        const found = await run(connection, searchStart)
        const whole = await followReferrals(dialer, found, order, context, most)
        return this.#answer(connection, whole, request)
      })
    }
    const kept = this.#cursors.take(cursor, request)
    try {
      const found = await run(kept.connection, kept.position)
      return this.#answer(kept.connection, await followReferrals(dialer, found, order, context, most), request)
    } catch (error) {
      connections.release(kept.connection)
      throw error
    }
  }

  /** At most two: to find out whether it is one. */
  findUser(filter: Filter, context: OperationContext): Promise<{ dns: readonly string[]; server: string }> {
    const { dialer, connections } = this.#directory
    const { plan } = dialer
    return this.#directory.onConnection(context, async (connection) => {
      const order = {
        ...orderOf(plan, { kind: 'users', limit: 2 }, context),
        filter: wholeFilter(plan.users.filters, filter),
        projection: projectEntries(plan, 'users', []),
      }
      const found = await new SearchRun(dialer, connection, order, context, 2, searchStart).run()
      connections.release(connection)
      return { dns: found.entries.map(({ dn }) => dn), server: connection.label }
    })
  }

  stop(): void {
    this.#cursors.stop()
  }

  #answer(connection: Connection, found: Found, request: unknown): SearchResult {
    const next =
      found.next === undefined ? undefined : this.#cursors.keep({ connection, position: found.next, request })
    if (next === undefined) this.#directory.connections.release(connection)
    return {
      entries: [...found.entries],
      more: next !== undefined || found.partial !== undefined,
      partial: found.partial !== undefined,
      ...(found.partial === undefined ? {} : { partialBecause: found.partial }),
      ...(next === undefined ? {} : { cursor: next }),
      referralsNotFollowed: Math.max(0, found.references - found.referrals.length),
      server: connection.label,
    }
  }
}

function orderOf(plan: DirectoryPlan, params: SearchParams, context: OperationContext): SearchOrder {
  const kind = plan[params.kind]
  const own = { text: kind.base, name: kind.baseName }
  const condition = params.match === undefined ? undefined : conditionFilter(plan, params.kind, params.match)
  return {
    kind: params.kind,
    bases: allowedBases(own, params.base, context),
    filter: wholeFilter(kind.filters, condition),
    projection: projectEntries(plan, params.kind, params.fields),
    isAllowed: (dn) => isAllowed(dn, own, context),
  }
}
