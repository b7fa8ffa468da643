/**
 * The directory agent: what the connector runs.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Filter } from '@sallygate/protocol-ldap'
import {
  defineService,
  serviceFailure,
  type Health,
  type OperationContext,
  type ParamsOf,
  type ResultOf,
} from '@sallygate/service-kit'
import { directoryContract, type DirectoryContract } from '../contract.ts'
import { authenticate } from './authenticate.ts'
import { checkDirectory } from './check.ts'
import { conditionFilter } from './condition-filter.ts'
import { Connections, type Connection } from './connections.ts'
import { Cursors } from './cursors.ts'
import type { Dialer } from './dial.ts'
import { projectEntries } from './entry.ts'
import { planDirectory } from './plan.ts'
import { allowedBases, isAllowed } from './scope.ts'
import { searchStart, wholeFilter, type Found, type SearchOrder, type SearchPosition } from './search-order.ts'
import { SearchRun } from './search.ts'
import { ServerList } from './servers.ts'
import { Sync } from './sync.ts'

type SearchParams = ParamsOf<DirectoryContract, 'search'>
type SearchResult = ResultOf<DirectoryContract, 'search'>

export const directoryService = defineService(directoryContract, async (settings, host) => {
  const plan = planDirectory(settings)
  const dialer: Dialer = { plan, host }
  const servers = new ServerList(settings.servers, host.clock, host.log)
  const connections = new Connections(dialer, servers)
  const cursors = new Cursors(host.clock, (connection) => connections.release(connection))
  const sync = new Sync(dialer, servers)
  let lastFailure: Failure | undefined

  /** Runs on a pooled connection; once more on a new one if an old one turned out to have gone. */
  const onConnection = async <T>(
    context: OperationContext,
    step: (connection: Connection) => Promise<T>,
  ): Promise<T> => {
    for (;;) {
      const connection = await connections.take(context)
      const wasUsed = connection.isReused
      try {
        return await step(connection)
      } catch (error) {
        connections.release(connection)
        if (wasUsed && error instanceof Failure && error.code === 'DIRECTORY_CONNECTION_LOST') continue
        throw error
      }
    }
  }

  const search = async (params: SearchParams, context: OperationContext): Promise<SearchResult> => {
    const { cursor, limit, ...rest } = params
    const request = { ...rest, actingGroup: context.actingGroup, limits: context.limits }
    const order = orderOf(params, context)
    const run = (connection: Connection, from: SearchPosition) =>
      new SearchRun(dialer, connection, order, context, Math.min(limit, settings.maxEntries), from).run()
    const answer = (connection: Connection, found: Found): SearchResult => {
      const next = found.next === undefined ? undefined : cursors.keep({ connection, position: found.next, request })
      if (next === undefined) connections.release(connection)
      return {
        entries: [...found.entries],
        more: next !== undefined || found.partial !== undefined,
        partial: found.partial !== undefined,
        ...(found.partial === undefined ? {} : { partialBecause: found.partial }),
        ...(next === undefined ? {} : { cursor: next }),
        referralsNotFollowed: found.references,
        server: connection.label,
      }
    }
    if (cursor === undefined) {
      return onConnection(context, async (connection) => answer(connection, await run(connection, searchStart)))
    }
    const kept = cursors.take(cursor, request)
    try {
      return answer(kept.connection, await run(kept.connection, kept.position))
    } catch (error) {
      connections.release(kept.connection)
      throw error
    }
  }

  const orderOf = (params: SearchParams, context: OperationContext): SearchOrder => {
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

  const findUser = (filter: Filter, context: OperationContext) =>
    onConnection(context, async (connection) => {
      const order = {
        ...orderOf({ kind: 'users', limit: 2 }, context),
        filter: wholeFilter(plan.users.filters, filter),
        projection: projectEntries(plan, 'users', []),
      }
      const found = await new SearchRun(dialer, connection, order, context, 2, searchStart).run()
      connections.release(connection)
      return { dns: found.entries.map(({ dn }) => dn), server: connection.label }
    })

  /** Remembers what the last operation found out about the directory. */
  const watched = async <T>(step: () => Promise<T>): Promise<T> => {
    try {
      const value = await step()
      lastFailure = undefined
      return value
    } catch (error) {
      if (error instanceof Failure && saysDirectoryIsIll(error)) lastFailure = error
      throw error
    }
  }

  return {
    operations: {
      check: (_params, context) => watched(async () => ({ rows: [...(await checkDirectory(dialer, context))] })),
      authenticate: (params, context) => watched(() => authenticate({ dialer, servers, findUser }, params, context)),
      search: (params, context) => watched(() => search(params, context)),
      syncStart: (params, context) => watched(() => sync.start(params, context)),
      syncPage: (params, context) => watched(() => sync.page(params, context)),
    },
    health: () => healthOf(servers.failure ?? lastFailure),
    async stop() {
      sync.stop()
      cursors.stop()
      connections.stop()
    },
  }
})

function healthOf(failure: Failure | undefined): Health {
  if (failure === undefined) return { kind: 'healthy' }
  return { kind: 'degraded', code: failure.code, reason: failure.says, fix: failure.fix }
}

/** Of the caller's own making, or nothing that lasts. */
const harmless = new Set([
  'DIRECTORY_EMPTY_PASSWORD',
  'DIRECTORY_BASE_NOT_ALLOWED',
  'DIRECTORY_CURSOR_GONE',
  'DIRECTORY_SYNC_SERVER_CHANGED',
  'DIRECTORY_AMBIGUOUS_USER',
])

function saysDirectoryIsIll(failure: Failure): boolean {
  return !harmless.has(failure.code) && !serviceFailure.is(failure)
}
