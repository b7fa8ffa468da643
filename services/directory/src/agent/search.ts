/**
 * Searching: always in pages, always within the caps, never beyond this server.
 *
 * What ends a search early marks what was found as partial; it is an error only when
 * nothing was found.
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
import { directoryFailure, type DirectoryEntry } from '../contract.ts'
import { failureOf, translate } from './answers.ts'
import type { Connection } from './connections.ts'
import { within } from './deadline.ts'
import type { Dialer } from './dial.ts'
import { maxFollowed, readReferral, type Referral } from './referral.ts'
import { rangedAttributes, rangeFrom, valueText } from './entry.ts'
import type { Base } from './scope.ts'
import { partialReason, type Found, type PartialReason, type SearchOrder, type SearchPosition } from './search-order.ts'

/** Half of what Active Directory gives at most: a page is in memory twice for a moment. */
export const pageSize = 500
/** Pages without an entry happen (a filter over an index); in a row and without end they do not. */
const maxEmptyPages = 5
/** A group of a million members in steps of 1,500. */
const maxRangeSteps = 700

/** One run over a connection, for one answer. */
export class SearchRun {
  readonly #dialer: Dialer
  readonly #connection: Connection
  readonly #order: SearchOrder
  readonly #context: OperationContext
  readonly #limit: number
  readonly #entries: DirectoryEntry[] = []
  #references = 0
  readonly #referrals: Referral[] = []
  #bytesLeft: number
  #emptyPages = 0
  #position: SearchPosition

  constructor(
    dialer: Dialer,
    connection: Connection,
    order: SearchOrder,
    context: OperationContext,
    limit: number,
    from: SearchPosition,
  ) {
    this.#dialer = dialer
    this.#connection = connection
    this.#order = order
    this.#context = context
    this.#limit = limit
    this.#position = from
    this.#bytesLeft = dialer.plan.settings.maxBytes
  }

  async run(): Promise<Found> {
    try {
      for (;;) {
        const base = this.#order.bases[this.#position.baseIndex]
        if (base === undefined) return this.#found(undefined, undefined)
        if (this.#entries.length >= this.#limit) return this.#found(undefined, this.#position)
        const early = await this.#page(base)
        if (early !== undefined) return this.#found(early, undefined)
      }
    } catch (error) {
      const because = partialReason(error)
      if (because === undefined || this.#entries.length === 0) throw error
      return this.#found(because, undefined)
    }
  }

  #found(partial: PartialReason | undefined, next: SearchPosition | undefined): Found {
    return { entries: this.#entries, references: this.#references, referrals: this.#referrals, partial, next }
  }

  /** @returns why the server ended before its end. */
  async #page(base: Base): Promise<PartialReason | undefined> {
    const size = Math.min(pageSize, this.#limit - this.#entries.length)
    const ranged: { entry: DirectoryEntry; raw: SearchEntry }[] = []
    const before = this.#entries.length
    const answer = await this.#ask(
      base.text,
      'subtree',
      this.#order.filter,
      this.#order.projection.attributes,
      [pagedResults({ size, cookie: this.#position.cookie })],
      (raw) => {
        // A server that knows no pages gives more than was asked for. What it gives beyond the limit is let go.
        if (this.#entries.length >= this.#limit || !this.#order.isAllowed(raw.dn)) return
        const entry = this.#order.projection.read(raw)
        this.#entries.push(entry)
        if (rangedAttributes(this.#dialer.plan, this.#order.kind, raw).length > 0) ranged.push({ entry, raw })
      },
    )
    this.#references += answer.references
    for (const { entry, raw } of ranged) await this.#completeRanges(entry, raw)
    const { code } = answer.result
    if (code === resultCodes.sizeLimitExceeded || code === resultCodes.adminLimitExceeded) return 'serverLimit'
    if (code === resultCodes.timeLimitExceeded) return 'timeOut'
    // The whole base lies elsewhere. With nowhere to go that is a failure, as the server says it.
    const isElsewhere =
      code === resultCodes.referral && this.#order.mayFollow === true && this.#refer(answer.result.referrals)
    if (code !== resultCodes.success && !isElsewhere) throw failureOf(answer.result, this.#connection.label)
    const cookie = answer.page?.cookie ?? Buffer.alloc(0)
    this.#emptyPages = this.#entries.length === before ? this.#emptyPages + 1 : 0
    const isEnd = cookie.length === 0
    if (!isEnd && this.#emptyPages >= maxEmptyPages) {
      // Its cookie leads nowhere, so this connection holds a search that will never end.
      this.#connection.session.close()
      return 'endlessPaging'
    }
    this.#position = isEnd
      ? { baseIndex: this.#position.baseIndex + 1, cookie: Buffer.alloc(0) }
      : { ...this.#position, cookie: Buffer.from(cookie) }
    return undefined
  }

  /** @returns whether one of these may be followed. */
  #refer(uris: readonly string[]): boolean {
    const read = uris.flatMap((uri) => readReferral(this.#dialer.plan, uri) ?? [])
    // Several URIs are ways to the same place.
    const [first] = read
    if (first !== undefined && this.#referrals.length < maxFollowed) this.#referrals.push(first)
    return first !== undefined
  }

  /** Fetches the values the server kept back. Half a group that looks whole is worse than an error. */
  async #completeRanges(entry: DirectoryEntry, raw: SearchEntry): Promise<void> {
    const { plan } = this.#dialer
    for (const { attribute, field, nextIndex } of rangedAttributes(plan, this.#order.kind, raw)) {
      const values = (entry.fields as Record<string, string[]>)[field]
      if (values === undefined) continue
      let next: number | undefined = nextIndex
      for (let step = 0; next !== undefined; step++) {
        if (step >= maxRangeSteps) throw directoryFailure('TOO_LARGE', { details: { of: attribute } })
        const from: number = next
        next = undefined
        const wanted = [rangeFrom(attribute, from)]
        const answer = await this.#ask(entry.dn, 'base', present('objectClass'), wanted, [], (part) => {
          for (const { type, values: list } of part.attributes) {
            const range = /;range=(\d{1,9})-(\d{1,9}|\*)$/i.exec(type)
            // Anything but the part that was asked for would repeat or skip members.
            if (range === null || Number(range[1]) !== from) continue
            for (const value of list) values.push(valueText(value))
            if (range[2] !== '*' && Number(range[2]) >= from) next = Number(range[2]) + 1
          }
        })
        if (answer.result.code !== resultCodes.success) throw failureOf(answer.result, this.#connection.label)
      }
    }
  }

  async #ask(
    base: string,
    scope: SearchRequest['scope'],
    filter: Filter,
    attributes: readonly string[],
    controls: readonly Control[],
    onEntry: (entry: SearchEntry) => void,
  ): Promise<SearchAnswer> {
    const { plan, host } = this.#dialer
    const { operationTimeoutMs, maxEntries } = plan.settings
    const request: SearchRequest = {
      base,
      scope,
      sizeLimit: 0,
      timeLimitSeconds: Math.ceil(operationTimeoutMs / 1000),
      typesOnly: false,
      filter,
      attributes,
    }
    return this.#context.trace.span('search', async (note) => {
      const before = this.#entries.length
      try {
        const answer = await within(host.clock, this.#context, operationTimeoutMs, (signal) =>
          this.#connection.session.search(
            request,
            controls,
            { maxEntries: maxEntries - before, maxBytes: this.#bytesLeft },
            signal,
            onEntry,
            (uris) => void this.#refer(uris),
          ),
        )
        this.#bytesLeft -= answer.bytes
        note({ entries: this.#entries.length - before, bytes: answer.bytes, result: answer.result.code })
        return answer
      } catch (error) {
        throw translate(error, this.#connection.label)
      }
    })
  }
}
