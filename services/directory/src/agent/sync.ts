/**
 * The sync at the connector: what a server can tell, and reading it page by page.
 *
 * It has connections of its own, so that no sign-in and no look-up waits behind it.
 *
 * @module
 */
import {
  allOf,
  anyOf,
  equal,
  nameKey,
  parseName,
  pagedResults,
  resultCodes,
  type Filter,
  type SearchEntry,
} from '@sallygate/protocol-ldap'
import type { OperationContext, ParamsOf, ResultOf } from '@sallygate/service-kit'
import {
  contentInForce,
  directoryFailure,
  type DirectoryContract,
  type SyncEntry,
  type SyncPosition,
} from '../contract.ts'
import { Connections, type Connection } from './connections.ts'
import { failureOf, translate } from './answers.ts'
import { within } from './deadline.ts'
import type { Dialer } from './dial.ts'
import { changedByDirSync, haveContainersMoved, takeDirSyncStand } from './dir-sync-changes.ts'
import { identifierText } from './identifier.ts'
import { allowedBases, type Base } from './scope.ts'
import type { ServerList } from './servers.ts'
import { SyncCursors, type Reading } from './sync-cursors.ts'
import { projectSync } from './sync-entry.ts'
import { isKeyWithin, SyncNames } from './sync-names.ts'
import { changedSince, showDeleted, takeBearings, whyNotOn, type Bearings } from './sync-position.ts'
import { SyncReader, type Chunk, type SyncSearch } from './sync-reader.ts'

type PageParams = ParamsOf<DirectoryContract, 'syncPage'>
type PageResult = ResultOf<DirectoryContract, 'syncPage'>
type StartParams = ParamsOf<DirectoryContract, 'syncStart'>
type StartResult = ResultOf<DirectoryContract, 'syncStart'>

/** One that a filter can be made of. */
type TellingPosition = Exclude<SyncPosition, { kind: 'dirSync' }>

/** In one filter. An index answers each, so they cost what they are. */
const guidsAtOnce = 64

function guidFilters(guids: ReadonlySet<string>): readonly Filter[] {
  const all = [...guids].map((guid) => equal('objectGUID', Buffer.from(guid, 'latin1')))
  return Array.from({ length: Math.ceil(all.length / guidsAtOnce) }, (_, at) =>
    anyOf(...all.slice(at * guidsAtOnce, (at + 1) * guidsAtOnce)),
  )
}

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
      const containersChanged =
        isRemoved &&
        params.since !== undefined &&
        (await this.#haveContainersChanged(connection, bearings, params.since, context))
      const { searches, lines } = await this.#toRead(connection, params, bearings, context)
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

  /** @returns searches to be done, and lines that are known before. */
  async #toRead(
    connection: Connection,
    { pass, since }: PageParams,
    bearings: Bearings,
    context: OperationContext,
  ): Promise<{ readonly searches: readonly SyncSearch[]; readonly lines?: readonly SyncEntry[] }> {
    if (pass === 'identifiers')
      return { searches: [...this.#identifiers('users', context), ...this.#identifiers('groups', context)] }
    if (since?.kind === 'dirSync') {
      const kinds = pass === 'removed' ? (['users', 'groups'] as const) : [pass]
      const changed = await changedByDirSync(this.#dialer, connection, since, kinds, context)
      if (pass === 'removed') return { searches: [], lines: this.#gone(changed) }
      return { searches: this.#entries(pass, guidFilters(changed), context) }
    }
    if (pass === 'removed') return { searches: since === undefined ? [] : this.#removed(since, bearings, context) }
    return { searches: this.#entries(pass, [since === undefined ? undefined : changedSince(since)], context) }
  }

  /** @param wanted A search each: what has to be true of an entry besides being of its kind. */
  #entries(
    kind: 'users' | 'groups',
    wanted: readonly (Filter | undefined)[],
    context: OperationContext,
  ): readonly SyncSearch[] {
    const { plan } = this.#dialer
    const names = new SyncNames()
    const projection = projectSync(plan, kind, names)
    const isSeen = this.#isSeen(kind, context)
    const bases = this.#bases(kind, context)
    return wanted.flatMap((more) =>
      bases.map(({ text }) => ({
        base: text,
        filter: allOf(...plan[kind].filters, ...(more === undefined ? [] : [more])),
        attributes: projection.attributes,
        controls: [],
        read(raw: SearchEntry) {
          const lines = projection.read(raw)
          return isSeen(lines[0]?.key ?? '') ? lines : []
        },
        ...(kind === 'groups' && plan.isActiveDirectory ? { ranges: projection } : {}),
        hasMembers: kind === 'groups',
        readTooLarge: {
          attributes: [plan.identifier.attribute],
          read: (raw: SearchEntry): readonly SyncEntry[] => {
            const named = this.#named(kind, names, raw)
            return isSeen(named.key) ? [{ ...named, isTooLarge: true }] : []
          },
        },
      })),
    )
  }

  /** Who an entry is, and nothing else. */
  #named(kind: 'users' | 'groups', names: SyncNames, raw: SearchEntry): SyncEntry {
    const id = this.#idOf(raw)
    const dn = raw.dn.replaceAll('\0', String.raw`\00`)
    const key = names.keyOf(raw.dn)
    return { kind: kind === 'users' ? 'user' : 'group', ...(id === undefined ? {} : { id }), dn, key }
  }

  /** Who has changed may have gone: the passes that follow find those who have not. */
  #gone(changed: ReadonlySet<string>): readonly SyncEntry[] {
    const { dataType } = this.#dialer.plan.identifier
    return [...changed].flatMap((guid) => {
      const id = identifierText(Buffer.from(guid, 'latin1'), dataType)
      return id === undefined ? [] : [{ kind: 'gone', id, dn: '', key: '' }]
    })
  }

  #identifiers(kind: 'users' | 'groups', context: OperationContext): readonly SyncSearch[] {
    const { plan } = this.#dialer
    if (kind === 'groups' && !plan.settings.sync.groups) return []
    const names = new SyncNames()
    const isSeen = this.#isSeen(kind, context)
    return this.#bases(kind, context).map(({ text }) => ({
      base: text,
      filter: allOf(...plan[kind].filters),
      attributes: [plan.identifier.attribute],
      controls: [],
      read: (raw) => {
        const named = this.#named(kind, names, raw)
        return isSeen(named.key) ? [named] : []
      },
    }))
  }

  /**
   * Everything of our classes that was changed or deleted since, wherever it is now: who is in it and is not
   * among the users and groups that are read afterwards has left.
   */
  #removed(since: TellingPosition, bearings: Bearings, context: OperationContext): readonly SyncSearch[] {
    const { plan } = this.#dialer
    const content = contentInForce(plan.settings)
    const classes = anyOf(equal('objectClass', content.userObjectClass), equal('objectClass', content.groupObjectClass))
    const filter = allOf(changedSince(since), classes)
    return this.#widest(bearings, context).map((base) => ({
      base,
      filter,
      attributes: [plan.identifier.attribute],
      controls: [showDeleted],
      read: (raw): readonly SyncEntry[] => {
        const id = this.#idOf(raw)
        return id === undefined ? [] : [{ kind: 'gone', id, dn: '', key: '' }]
      },
    }))
  }

  /** A renamed container renames what is below it, and nothing below it counts as changed. */
  async #haveContainersChanged(
    connection: Connection,
    bearings: Bearings,
    since: SyncPosition,
    context: OperationContext,
  ): Promise<boolean> {
    const { plan, host } = this.#dialer
    const { operationTimeoutMs, maxBytes } = plan.settings
    const containers: Filter = anyOf(
      equal('objectCategory', 'organizationalUnit'),
      equal('objectCategory', 'container'),
    )
    if (since.kind === 'dirSync') return haveContainersMoved(this.#dialer, connection, since, containers, context)
    for (const base of this.#widest(bearings, context)) {
      let found = 0
      const request = {
        base,
        scope: 'subtree' as const,
        sizeLimit: 0,
        timeLimitSeconds: Math.ceil(operationTimeoutMs / 1000),
        typesOnly: false,
        filter: allOf(changedSince(since), containers),
        attributes: ['1.1'],
      }
      const one = [pagedResults({ size: 1, cookie: Buffer.alloc(0) })]
      const { result } = await within(host.clock, context, operationTimeoutMs, (signal) =>
        connection.session.search(request, one, { maxEntries: 100_000, maxBytes }, signal, () => {
          found++
        }),
      ).catch((error: unknown) => {
        throw translate(error, connection.label)
      })
      if (found > 0) return true
      // None was told of because there is none, or because the server had no time to look.
      if (result.code !== resultCodes.success) throw failureOf(result, connection.label)
    }
    return false
  }

  /** All of the naming context where policy draws no line; then no more than it allows. */
  #widest(bearings: Bearings, context: OperationContext): readonly string[] {
    if (bearings.root !== undefined && context.limits['baseDns'] === undefined) return [bearings.root]
    const bases = [...this.#bases('users', context), ...this.#bases('groups', context)]
    return [...new Set(bases.map(({ text }) => text))]
  }

  #bases(kind: 'users' | 'groups', context: OperationContext): readonly Base[] {
    const { base, baseName } = this.#dialer.plan[kind]
    return allowedBases({ text: base, name: baseName }, undefined, context)
  }

  /** Inside the base of the settings and what policy gives the acting group. */
  #isSeen(kind: 'users' | 'groups', context: OperationContext): (key: string) => boolean {
    const own = nameKey(this.#dialer.plan[kind].baseName)
    const limits = context.limits['baseDns']?.map((text) => nameKey(parseName(text)))
    return (key) => isKeyWithin(key, own) && (limits === undefined || limits.some((limit) => isKeyWithin(key, limit)))
  }

  #idOf(raw: SearchEntry): string | undefined {
    const { attribute, dataType } = this.#dialer.plan.identifier
    const lower = attribute.toLowerCase()
    const value = raw.attributes.find(({ type }) => type.toLowerCase() === lower)?.values[0]
    const text = value === undefined ? undefined : identifierText(value, dataType)?.replaceAll('\0', '')
    return text === '' ? undefined : text
  }
}
