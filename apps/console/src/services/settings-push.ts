/**
 * The settings push: every connector of a group gets what its services need, and says that it has it.
 *
 * A connector that was away gets it with its next hello. What it acknowledged last is
 * kept, so that an administrator sees who runs on what.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'
import { Failure, type FailureReport } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { Report } from '@sallygate/envelope'
import { instanceContract } from '@sallygate/service-instance/contract'
import { parseResult } from '@sallygate/service-kit'
import type { Caller } from '../calls/caller.ts'
import type { BookEntry, InstanceBook } from '../connectors/instance-book.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { ServiceBook } from './service-book.ts'

export interface Acknowledgement {
  readonly instance: string
  readonly name: string
  readonly generation: number
  /** The state of the service there; `unreachable` when the push did not arrive. */
  readonly state: 'off' | 'starting' | 'healthy' | 'degraded' | 'failed' | 'unreachable'
  readonly failure: FailureReport | undefined
  /** Settings it was given and would not take; it runs on those of `generation`. */
  readonly refused?: Refusal
}

export interface Refusal {
  readonly generation: number
  readonly failure: FailureReport
}

export interface SettingsPushParts {
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly services: ServiceBook
  readonly caller: Caller
  readonly clock: Clock
  readonly log: Log
  /** What a connector is told about itself. */
  readonly ofInstance: (
    entry: BookEntry,
  ) => Promise<{ readonly settings: Readonly<Record<string, unknown>>; readonly generation: number }>
  /** A connector holds settings of a number that is not given out yet: this database was restored. */
  readonly behind: (group: string, service: string, floor: number) => Promise<void>
  /** A connector would not take settings: told once for each generation. */
  readonly refused: (entry: BookEntry, service: string, refusal: Refusal) => void
}

const longestWaitMs = 5000
/** What was refused may be taken later (a server that was away, a policy file that was mended), and each refusal is reported. */
const notAgainForMs = 60_000

interface Refused extends Refusal {
  /** The process that said so, and when (monotonic). */
  readonly boot: string | undefined
  readonly atMs: number
}

interface Known extends Acknowledgement {
  /** The process that said so. Another one of the same connector may have less. */
  readonly boot: string | undefined
}

export class SettingsPush {
  readonly #parts: SettingsPushParts
  readonly #acknowledged = new Map<string, Known>()
  /** Kept apart: its next report speaks of the settings it runs on, and must not hide that there are others. */
  readonly #refused = new Map<string, Refused>()
  /** One push to an instance after the other: two of one service could overtake each other. */
  readonly #turns = new Map<string, Promise<void>>()
  /** Pushes that have not begun: what they will take along is decided when they do. */
  readonly #waiting = new Map<string, Promise<void>>()

  constructor(parts: SettingsPushParts) {
    this.#parts = parts
  }

  /** Whether connectors run on the settings of this page at all. */
  carries(page: string): boolean {
    return this.#parts.services.names.includes(page)
  }

  acknowledged(group: string, service: string): readonly Acknowledgement[] {
    return this.#parts.book.list(group).flatMap((entry) => {
      const known = this.#acknowledged.get(keyOf(entry.id, service))
      if (known === undefined) return []
      const { boot: _boot, ...said } = known
      const refused = this.#refused.get(keyOf(entry.id, service))
      if (refused === undefined) return [said]
      return [{ ...said, refused: { generation: refused.generation, failure: refused.failure } }]
    })
  }

  /** To everybody of the group who can be reached. Resolves when each has answered or failed, or after a while. */
  async toGroup(group: string, service: string): Promise<void> {
    const live = this.#parts.sessions.live(group)
    const waited = new AbortController()
    const all = Promise.all(live.map(({ instance }) => this.#inTurn(instance, service)))
    // An administrator who has saved settings is not kept by one connector that is slow to answer.
    await Promise.race([all, sleep(this.#parts.clock, longestWaitMs, waited.signal).catch(() => undefined)])
    waited.abort()
  }

  /** After a hello or a report: whatever it does not have yet. */
  async heard(instance: string, report: Report | undefined): Promise<void> {
    const entry = this.#parts.book.find(instance)
    if (entry === undefined) return
    for (const service of [...this.#parts.services.names, ownService]) {
      const said = report?.services.find((one) => one.service === service)
      // A report that was under way while settings were acknowledged does not know of them.
      const isOld = said !== undefined && (this.#known(instance, service)?.generation ?? 0) > said.generation
      if (said !== undefined && !isOld) this.#note(entry, service, said.generation, said.state, reportOf(said))
      const { generation } = await this.#wanted(entry, service)
      if (said !== undefined && said.generation > generation && generation > 0) {
        await this.#parts.behind(entry.group, service, said.generation)
      }
      const has = isOld ? this.#known(instance, service)?.generation : said?.generation
      const isDue = generation > 0 && has !== generation && !this.#hasJustRefused(instance, service, generation)
      if (isDue) await this.#inTurn(instance, service)
    }
  }

  #inTurn(instance: string, service: string): Promise<void> {
    const key = keyOf(instance, service)
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) return waiting
    const before = this.#turns.get(instance) ?? Promise.resolve()
    const turn = before.then(() => {
      this.#waiting.delete(key)
      return this.#push(instance, service)
    })
    this.#waiting.set(key, turn)
    this.#turns.set(instance, turn)
    return turn.finally(() => {
      if (this.#turns.get(instance) === turn) this.#turns.delete(instance)
    })
  }

  /** What this very process of the connector has acknowledged. */
  #known(instance: string, service: string): Known | undefined {
    const known = this.#acknowledged.get(keyOf(instance, service))
    return known?.boot === this.#bootOf(instance) ? known : undefined
  }

  #hasJustRefused(instance: string, service: string, generation: number): boolean {
    const refused = this.#refused.get(keyOf(instance, service))
    if (refused?.generation !== generation || refused.boot !== this.#bootOf(instance)) return false
    return this.#parts.clock.monotonicMs() - refused.atMs < notAgainForMs
  }

  #bootOf(instance: string): string | undefined {
    return this.#parts.sessions.of(instance)?.bootNonce
  }

  async #push(instance: string, service: string): Promise<void> {
    const { book, caller, log } = this.#parts
    const entry = book.find(instance)
    if (entry === undefined) return
    let wanted = 0
    try {
      const { settings, generation } = await this.#wanted(entry, service)
      if (generation === 0) return
      wanted = generation
      const parameters = { service, settings, generation }
      const { result } = await caller.call(entry.group, 'instance.configure', parameters, { instance, generation })
      const { status } = parseResult(instanceContract.operations.configure, result)
      const { state } = status
      const failure = 'code' in state ? reportOf({ code: state.code, reason: state.reason, fix: state.fix }) : undefined
      this.#note(entry, service, status.generation, state.kind, failure)
      log.info('settings acknowledged', { instance, service, generation, state: state.kind })
    } catch (error) {
      if (!(error instanceof Failure)) {
        log.error('settings push failed', { instance, service, error })
        return
      }
      log.warn('settings not acknowledged', { instance, service, code: error.code })
      const known = this.#acknowledged.get(keyOf(instance, service))
      if (isRefusal(error)) this.#refuse(entry, service, { generation: wanted, failure: error.toJSON() })
      const state = isRefusal(error) ? (known?.state ?? 'failed') : 'unreachable'
      const failure = isRefusal(error) ? known?.failure : error.toJSON()
      this.#note(entry, service, known?.generation ?? 0, state, failure)
    }
  }

  #refuse(entry: BookEntry, service: string, refusal: Refusal): void {
    const key = keyOf(entry.id, service)
    const isNew = this.#refused.get(key)?.generation !== refusal.generation
    this.#refused.set(key, {
      ...refusal,
      boot: this.#bootOf(entry.id),
      atMs: this.#parts.clock.monotonicMs(),
    })
    if (isNew) this.#parts.refused(entry, service, refusal)
  }

  #wanted(entry: BookEntry, service: string) {
    const { services, ofInstance } = this.#parts
    return service === ownService ? ofInstance(entry) : services.forConnector(entry.group, service)
  }

  #note(
    entry: BookEntry,
    service: string,
    generation: number,
    state: Acknowledgement['state'],
    failure: FailureReport | undefined,
  ): void {
    const { id: instance, name } = entry
    const boot = this.#bootOf(instance)
    const key = keyOf(instance, service)
    if (generation >= (this.#refused.get(key)?.generation ?? Infinity)) this.#refused.delete(key)
    this.#acknowledged.set(key, { instance, name, generation, state, failure, boot })
  }
}

/** Settings of the connector itself go the same way. */
export const ownService = 'instance'

const keyOf = (instance: string, service: string) => `${instance} ${service}`

/** It has looked at the settings and said no; anything else only means that they have not come into force yet. */
function isRefusal({ code }: Failure): boolean {
  return refusals.has(code) || code.startsWith('FILE_')
}

const refusals: ReadonlySet<string> = new Set([
  'CONNECTOR_SETTINGS_REFUSED',
  'SERVICE_SETTINGS_INVALID',
  'SERVICE_UNKNOWN_OPERATION',
])

/** A report has empty texts where there is nothing to say. */
function reportOf(said: { code: string; reason: string; fix: string }): FailureReport | undefined {
  if (said.code === '') return undefined
  return { code: said.code, says: said.reason, fix: said.fix, retry: 'later', details: {} }
}
