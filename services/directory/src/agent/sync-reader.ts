/**
 * Reading for a sync: one search after the other in pages of the server, cut into chunks that travel.
 *
 * Whatever ends a search before its end is a failure: who is missing could not be told
 * from who is gone. A chunk in memory is all there ever is, besides the page being read.
 *
 * @module
 */
import {
  pagedResults,
  present,
  resultCodes,
  type Control,
  type Filter,
  type SearchAnswer,
  type SearchEntry,
  type SearchRequest,
} from '@sallygate/protocol-ldap'
import type { OperationContext } from '@sallygate/service-kit'
import { directoryFailure, writeSyncEntry, type SyncEntry } from '../contract.ts'
import { failureOf, translate } from './answers.ts'
import type { Connection } from './connections.ts'
import { within } from './deadline.ts'
import type { Dialer } from './dial.ts'
import { rangeFrom } from './entry.ts'
import { ReferredTo } from './referred-to.ts'
import { inParts, type SyncProjection } from './sync-entry.ts'

/** Some five hundred entries: each is in memory several times on its way. In bytes: other alphabets take two or three a letter. */
const chunkBytes = 400_000
/** Half of what Active Directory gives at most: a page is in memory twice for a moment. */
const pageEntries = 500
/** Of groups first: nobody knows how long their lists are. */
const firstGroups = 25
/** So much a page is to have: large entries come a few at a time, and stay far below the cap on bytes. */
const pageBytes = 4_000_000
/** Of one line. An answer holds 4 MiB. */
const maxLineBytes = 2_000_000
/** Pages without an entry happen; in a row and without end they do not. */
const maxEmptyPages = 5

export interface SyncSearch {
  readonly base: string
  readonly filter: Filter
  readonly attributes: readonly string[]
  readonly controls: readonly Control[]
  /** Lines of an entry; none for one that is not to be told of. */
  readonly read: (entry: SearchEntry) => readonly SyncEntry[]
  /** Where lists of members come in ranges. */
  readonly ranges?: SyncProjection
  /** Entries have lists of members. */
  readonly hasMembers?: boolean
  /** Of an entry of which only the name and the identifier are here: there is too much of the rest. */
  readonly readTooLarge?: { readonly attributes: readonly string[]; readonly read: SyncSearch['read'] }
}

export interface Chunk {
  readonly entries: string
  readonly count: number
  readonly isEnd: boolean
  readonly references: number
  /** Where they point, those that were not told of before. */
  readonly referredTo: readonly string[]
}

interface Range {
  readonly entry: SyncEntry
  from: number
  part: number
}

export class SyncReader {
  readonly #dialer: Dialer
  readonly #connection: Connection
  readonly #searches: readonly SyncSearch[]
  readonly #memberAttribute: string
  #search = 0
  #cookie: Uint8Array = Buffer.alloc(0)
  #emptyPages = 0
  #pageSize: number | undefined
  #references = 0
  readonly #referredTo = new ReferredTo()
  #lines: string[]
  #ranges: Range[] = []

  /** @param lines What is known before anything is read. */
  constructor(
    dialer: Dialer,
    connection: Connection,
    searches: readonly SyncSearch[],
    lines: readonly SyncEntry[] = [],
  ) {
    this.#lines = lines.map(writeSyncEntry)
    this.#dialer = dialer
    this.#connection = connection
    this.#searches = searches
    this.#memberAttribute = dialer.plan.membership.attribute
  }

  /** @throws DIRECTORY_SYNC_CUT_SHORT, and what a search throws. The reader is then of no more use. */
  async chunk(context: OperationContext): Promise<Chunk> {
    try {
      return await this.#nextChunk(context)
    } catch (error) {
      // Who holds the failure may hold us: what was read is of no more use.
      this.#lines = []
      this.#ranges = []
      throw error
    }
  }

  async #nextChunk(context: OperationContext): Promise<Chunk> {
    let bytes = 0
    let taken = 0
    for (;;) {
      while (taken < this.#lines.length && bytes < chunkBytes)
        bytes += Buffer.byteLength(this.#lines[taken++] as string) + 1
      if (bytes >= chunkBytes) break
      const range = this.#ranges[0]
      if (range !== undefined) await this.#readRange(range, context)
      else if (this.#search < this.#searches.length) await this.#readPage(context)
      else break
    }
    const lines = this.#lines.splice(0, taken)
    const isEnd = this.#lines.length === 0 && this.#ranges.length === 0 && this.#search >= this.#searches.length
    const references = this.#references
    this.#references = 0
    return { entries: lines.join('\n'), count: lines.length, isEnd, references, referredTo: this.#referredTo.take() }
  }

  async #readPage(context: OperationContext): Promise<void> {
    const search = this.#searches[this.#search] as SyncSearch
    const { base, filter, attributes, ranges, readTooLarge } = search
    let entries = 0
    const tooLarge: string[] = []
    const size = (this.#pageSize ??= search.hasMembers === true ? firstGroups : pageEntries)
    const controls = [pagedResults({ size, cookie: this.#cookie }), ...search.controls]
    const onTooLarge = readTooLarge === undefined ? undefined : (dn: string) => void tooLarge.push(dn)
    const onEntry = (raw: SearchEntry) => {
      entries++
      const lines = search.read(raw)
      if (!this.#keep(lines)) return
      const next = ranges?.nextMember(raw)
      const [first] = lines
      if (next !== undefined && first !== undefined) this.#ranges.push({ entry: first, from: next, part: lines.length })
    }
    const answer = await this.#ask(
      context,
      { base, scope: 'subtree', filter, attributes },
      controls,
      onEntry,
      onTooLarge,
    )
    const { code } = answer.result
    if (cutShort.has(code))
      throw directoryFailure('SYNC_CUT_SHORT', { details: { server: this.#connection.label, result: code } })
    if (code !== resultCodes.success) throw failureOf(answer.result, this.#connection.label)
    this.#references += answer.references
    for (const dn of tooLarge) await this.#nameTooLarge(search, dn, context)
    entries += tooLarge.length
    this.#cookie = Buffer.from(answer.page?.cookie ?? [])
    if (this.#cookie.length === 0) {
      this.#search++
      this.#emptyPages = 0
      return
    }
    if (entries > 0)
      this.#pageSize = Math.max(1, Math.min(pageEntries, Math.floor((entries * pageBytes) / Math.max(1, answer.bytes))))
    this.#emptyPages = entries === 0 ? this.#emptyPages + 1 : 0
    if (this.#emptyPages >= maxEmptyPages)
      throw directoryFailure('SYNC_CUT_SHORT', { details: { server: this.#connection.label, result: 'endless pages' } })
  }

  /** @returns whether it was kept whole: of an entry that fits into no answer only its name is. */
  #keep(lines: readonly SyncEntry[]): boolean {
    const texts = lines.map(writeSyncEntry)
    const [first] = lines
    if (first === undefined || texts.every((text) => Buffer.byteLength(text) <= maxLineBytes)) {
      this.#lines.push(...texts)
      return first !== undefined
    }
    const { kind, id, dn, key } = first
    this.#lines.push(writeSyncEntry({ kind, ...(id === undefined ? {} : { id }), dn, key, isTooLarge: true }))
    return false
  }

  /** Who it is, so that what is stored of it stays. */
  async #nameTooLarge({ readTooLarge }: SyncSearch, base: string, context: OperationContext): Promise<void> {
    if (readTooLarge === undefined) return
    const { attributes, read } = readTooLarge
    const request = { base, scope: 'base' as const, filter: present('objectClass'), attributes }
    const { result } = await this.#ask(context, request, [], (raw) => {
      for (const line of read(raw)) this.#lines.push(writeSyncEntry(line))
    })
    // It was deleted in between.
    if (result.code !== resultCodes.success && result.code !== resultCodes.noSuchObject)
      throw failureOf(result, this.#connection.label)
  }

  /** The next members of a large group: on this connection, between two pages. */
  async #readRange(range: Range, context: OperationContext): Promise<void> {
    const { ranges } = this.#searches[Math.min(this.#search, this.#searches.length - 1)] as SyncSearch
    const projection =
      ranges ?? (this.#searches.find((search) => search.ranges !== undefined)?.ranges as SyncProjection)
    const attribute = rangeFrom(this.#memberAttribute, range.from)
    let next: number | undefined
    let isPart = false
    const request = {
      base: range.entry.dn,
      scope: 'base' as const,
      filter: present('objectClass'),
      attributes: [attribute],
    }
    const answer = await this.#ask(context, request, [], (raw) => {
      const begins = raw.attributes.some(({ type }) => type.toLowerCase().includes(`;range=${range.from}-`))
      const members = projection.membersOf(raw)
      if (!begins || members.length === 0) return
      isPart = true
      const lines = inParts(range.entry, members, range.part)
      for (const line of lines) this.#lines.push(writeSyncEntry(line))
      range.part += lines.length
      next = projection.nextMember(raw)
    })
    const { code } = answer.result
    // It was renamed, deleted or made smaller since, or the server gives other parts than were asked for: what is known of it
    // is half a group, and no group is better.
    if (code !== resultCodes.success || !isPart || (next !== undefined && next <= range.from))
      throw directoryFailure('SYNC_CUT_SHORT', { details: { server: this.#connection.label, result: code } })
    if (next === undefined) this.#ranges.shift()
    else range.from = next
  }

  async #ask(
    context: OperationContext,
    asked: Pick<SearchRequest, 'base' | 'scope' | 'filter' | 'attributes'>,
    controls: readonly Control[],
    onEntry: (entry: SearchEntry) => void,
    onTooLarge?: (dn: string) => void,
  ): Promise<SearchAnswer> {
    const { plan, host } = this.#dialer
    const { operationTimeoutMs, maxBytes } = plan.settings
    const timeLimitSeconds = Math.ceil(operationTimeoutMs / 1000)
    const request: SearchRequest = { ...asked, sizeLimit: 0, timeLimitSeconds, typesOnly: false }
    // A server that knows no pages gives everything at once: bounded by bytes alone.
    const bounds = { maxEntries: 1_000_000, maxBytes }
    const onReference = (uris: readonly string[]) => this.#referredTo.add(uris)
    return context.trace.span('search', async (note) => {
      const answer = await within(host.clock, context, operationTimeoutMs, (signal) =>
        this.#connection.session.search(request, controls, bounds, signal, onEntry, onReference, onTooLarge),
      ).catch((error: unknown) => {
        throw translate(error, this.#connection.label)
      })
      note({ bytes: answer.bytes, result: answer.result.code })
      return answer
    })
  }
}

const cutShort = new Set<number>([
  resultCodes.sizeLimitExceeded,
  resultCodes.adminLimitExceeded,
  resultCodes.timeLimitExceeded,
])
