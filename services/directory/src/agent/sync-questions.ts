/**
 * What a server is asked for a page of a sync: which searches, where, and whom of those it gives.
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
import type { OperationContext, ParamsOf } from '@sallygate/service-kit'
import {
  contentInForce,
  directoryFailure,
  type DirectoryContract,
  type SyncEntry,
  type SyncPosition,
} from '../contract.ts'
import type { Connection } from './connections.ts'
import { failureOf, translate } from './answers.ts'
import { within } from './deadline.ts'
import type { Dialer } from './dial.ts'
import { changedByDirSync, haveContainersMoved } from './dir-sync-changes.ts'
import { identifierText } from './identifier.ts'
import { allowedBases, type Base } from './scope.ts'
import { projectSync } from './sync-entry.ts'
import { isKeyWithin, SyncNames } from './sync-names.ts'
import { changedSince, showDeleted, type Bearings } from './sync-position.ts'
import type { SyncSearch } from './sync-reader.ts'

type PageParams = ParamsOf<DirectoryContract, 'syncPage'>

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

/** Of one request, on one connection. */
export class SyncQuestions {
  readonly #dialer: Dialer
  readonly #connection: Connection
  readonly #bearings: Bearings
  readonly #context: OperationContext

  constructor(dialer: Dialer, connection: Connection, bearings: Bearings, context: OperationContext) {
    this.#dialer = dialer
    this.#connection = connection
    this.#bearings = bearings
    this.#context = context
  }

  /** @returns searches to be done, and lines that are known before. */
  async of({ pass, since }: PageParams): Promise<{
    readonly searches: readonly SyncSearch[]
    readonly lines?: readonly SyncEntry[]
  }> {
    if (pass === 'identifiers') return { searches: [...this.#identifiers('users'), ...this.#identifiers('groups')] }
    if (since?.kind === 'dirSync') {
      const kinds = pass === 'removed' ? (['users', 'groups'] as const) : [pass]
      this.#mayBeAsked(since)
      const changed = await changedByDirSync(this.#dialer, this.#connection, since, kinds, this.#context)
      if (pass === 'removed') return { searches: [], lines: this.#gone(changed) }
      return { searches: this.#entries(pass, guidFilters(changed)) }
    }
    if (pass === 'removed') return { searches: since === undefined ? [] : this.#removed(since) }
    return { searches: this.#entries(pass, [since === undefined ? undefined : changedSince(since)]) }
  }

  /** @param wanted A search each: what has to be true of an entry besides being of its kind. */
  #entries(kind: 'users' | 'groups', wanted: readonly (Filter | undefined)[]): readonly SyncSearch[] {
    const { plan } = this.#dialer
    const names = new SyncNames()
    const projection = projectSync(plan, kind, names)
    const isSeen = this.#isSeen(kind)
    const bases = this.#bases(kind)
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

  #identifiers(kind: 'users' | 'groups'): readonly SyncSearch[] {
    const { plan } = this.#dialer
    if (kind === 'groups' && !plan.settings.sync.groups) return []
    const names = new SyncNames()
    const isSeen = this.#isSeen(kind)
    return this.#bases(kind).map(({ text }) => ({
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
  #removed(since: TellingPosition): readonly SyncSearch[] {
    const { plan } = this.#dialer
    const content = contentInForce(plan.settings)
    const classes = anyOf(equal('objectClass', content.userObjectClass), equal('objectClass', content.groupObjectClass))
    const filter = allOf(changedSince(since), classes)
    return this.#widest().map((base) => ({
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
  async haveContainersChanged(since: SyncPosition): Promise<boolean> {
    const { plan, host } = this.#dialer
    const connection = this.#connection
    const context = this.#context
    const { operationTimeoutMs, maxBytes } = plan.settings
    const containers: Filter = anyOf(
      equal('objectCategory', 'organizationalUnit'),
      equal('objectCategory', 'container'),
    )
    if (since.kind === 'dirSync') {
      this.#mayBeAsked(since)
      return haveContainersMoved(this.#dialer, connection, since, containers, context)
    }
    for (const base of this.#widest()) {
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

  /** A position comes from whoever asks: it must not lead beyond what they may see. @throws DIRECTORY_BASE_NOT_ALLOWED. */
  #mayBeAsked({ context }: Extract<SyncPosition, { kind: 'dirSync' }>): void {
    if (this.#context.limits['baseDns'] !== undefined || this.#bearings.whole !== context)
      throw directoryFailure('BASE_NOT_ALLOWED')
  }

  /** All of the naming context where policy draws no line; then no more than it allows. */
  #widest(): readonly string[] {
    const { root } = this.#bearings
    if (root !== undefined && this.#context.limits['baseDns'] === undefined) return [root]
    const bases = [...this.#bases('users'), ...this.#bases('groups')]
    return [...new Set(bases.map(({ text }) => text))]
  }

  #bases(kind: 'users' | 'groups'): readonly Base[] {
    const { base, baseName } = this.#dialer.plan[kind]
    return allowedBases({ text: base, name: baseName }, undefined, this.#context)
  }

  /** Inside the base of the settings and what policy gives the acting group. */
  #isSeen(kind: 'users' | 'groups'): (key: string) => boolean {
    const own = nameKey(this.#dialer.plan[kind].baseName)
    const limits = this.#context.limits['baseDns']?.map((text) => nameKey(parseName(text)))
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
