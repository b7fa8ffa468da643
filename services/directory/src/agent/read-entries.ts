/**
 * Reading entries as they are: a few, whole, within bounds. For what is shown to somebody who sets up a directory.
 *
 * @module
 */
import { pagedResults, resultCodes, type Filter, type SearchEntry, type SearchScope } from '@sallygate/protocol-ldap'
import type { OperationContext } from '@sallygate/service-kit'
import { failureOf, translate } from './answers.ts'
import type { Connection } from './connections.ts'
import { within } from './deadline.ts'
import type { Dialer } from './dial.ts'

export interface Question {
  readonly base: string
  readonly scope: SearchScope
  readonly filter: Filter
  readonly attributes: readonly string[]
  /** Entries wanted. */
  readonly limit: number
}

export interface Entries {
  readonly entries: readonly SearchEntry[]
  /** There are more than were wanted. */
  readonly more: boolean
}

/** One entry may be a group with every member in it. */
const maxBytes = 8 * 1024 * 1024

/** Reads on one connection, for one caller, one question after the other. */
export class EntryReader {
  readonly #dialer: Dialer
  readonly #connection: Connection
  readonly #context: OperationContext

  constructor(dialer: Dialer, connection: Connection, context: OperationContext) {
    this.#dialer = dialer
    this.#connection = connection
    this.#context = context
  }

  get server(): string {
    return this.#connection.label
  }

  /** A base that is not there has no entries. @throws what else the server answers. */
  async ask({ base, scope, filter, attributes, limit }: Question): Promise<Entries> {
    const { plan, host } = this.#dialer
    const { operationTimeoutMs } = plan.settings
    const request = {
      base,
      scope,
      // One more than wanted says whether there are more. A server's own limit says it as well.
      sizeLimit: scope === 'base' ? 0 : limit + 1,
      timeLimitSeconds: Math.ceil(operationTimeoutMs / 1000),
      typesOnly: false,
      filter,
      attributes,
    }
    const entries: SearchEntry[] = []
    const controls = scope === 'base' ? [] : [pagedResults({ size: limit + 1, cookie: Buffer.alloc(0) })]
    const answer = await this.#context.trace.span('search', async (note) => {
      const found = await within(host.clock, this.#context, operationTimeoutMs, (signal) =>
        this.#connection.session.search(request, controls, { maxEntries: limit + 50, maxBytes }, signal, (entry) => {
          if (entries.length <= limit) entries.push(entry)
        }),
      ).catch((error: unknown) => {
        throw translate(error, this.server)
      })
      note({ entries: entries.length, result: found.result.code })
      return found
    })
    const { code } = answer.result
    const more =
      entries.length > limit || (answer.page?.cookie.length ?? 0) > 0 || code === resultCodes.sizeLimitExceeded
    if (code === resultCodes.noSuchObject) return { entries: [], more: false }
    if (code !== resultCodes.success && code !== resultCodes.sizeLimitExceeded)
      throw failureOf(answer.result, this.server)
    return { entries: entries.slice(0, limit), more }
  }

  async one(base: string, filter: Filter, attributes: readonly string[]): Promise<SearchEntry | undefined> {
    return (await this.ask({ base, scope: 'base', filter, attributes, limit: 1 })).entries[0]
  }
}

/** Of an attribute however the server spells it, options aside. */
export function valuesOf(entry: SearchEntry, attribute: string): readonly Buffer[] {
  const wanted = attribute.toLowerCase()
  return entry.attributes
    .filter(({ type }) => type.toLowerCase() === wanted || type.toLowerCase().startsWith(`${wanted};`))
    .flatMap(({ values }) => values)
}

export const textsOf = (entry: SearchEntry, attribute: string) =>
  valuesOf(entry, attribute).map((value) => value.toString('utf8'))
