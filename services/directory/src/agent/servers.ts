/**
 * Which server next: the last good one for as long as it answers, and back to a better one soon after that is up.
 *
 * A server that could not be reached rests for five seconds; then one request may try it
 * while the others pass it by. While another server answers, nobody waits for one that
 * is down: a probe in the background finds out, every half minute and only when
 * there is traffic.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { serviceFailure, type OperationContext } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import { serverLabel, type ServerAddress, type ServerEntry } from './server-entry.ts'
import type { ServerSource } from './server-source.ts'

export const restMs = 5000
/** How long a worse server is used before a better one is looked at again. */
export const returnMs = 30_000

export type Standing = 'untried' | 'good' | 'resting' | 'trying'

interface Row {
  entry: ServerEntry
  readonly label: string
  standing: Standing
  sinceMs: number
  /** Of the last attempt that failed; absent in a good one. */
  failure: Failure | undefined
  failures: number
  lastTriedMs: number
}

export interface ServerStanding {
  readonly label: string
  readonly entry: ServerEntry
  readonly standing: Standing
  readonly forMs: number
  readonly failures: number
  readonly failure: Failure | undefined
}

export interface ServerListParts {
  readonly source: ServerSource
  readonly clock: Clock
  readonly log: Log
  /** Whether a server does its work, on a connection of its own. Rejects when it does not. */
  readonly probe: (server: ServerAddress) => Promise<void>
}

export class ServerList {
  readonly #parts: ServerListParts
  #rows: Row[] = []
  #current: Row | undefined
  #currentSinceMs = 0
  #switches = 0
  #listFailure: Failure | undefined

  constructor(parts: ServerListParts) {
    this.#parts = parts
    this.#take(parts.source.known)
  }

  /** The failure of a list in which no server answers; `undefined` while one may. */
  get failure(): Failure | undefined {
    if (this.#rows.length === 0) return this.#listFailure
    if (this.#rows.some(({ standing, failure }) => standing === 'untried' || failure === undefined)) return undefined
    return mostTelling(this.#rows.flatMap(({ failure }) => failure ?? []))
  }

  get current(): { readonly label: string; readonly forMs: number; readonly isPreferred: boolean } | undefined {
    const row = this.#current
    if (row === undefined) return undefined
    return { label: row.label, forMs: this.#now() - this.#currentSinceMs, isPreferred: row === this.#rows[0] }
  }

  get switches(): number {
    return this.#switches
  }

  standings(): readonly ServerStanding[] {
    return this.#rows.map(({ label, entry, standing, sinceMs, failures, failure }) => ({
      label,
      entry,
      standing,
      forMs: this.#now() - sinceMs,
      failures,
      failure,
    }))
  }

  /**
   * Runs `reach` on one server after the other until one can be reached.
   *
   * @throws the most telling failure when none can: a certificate that is wrong says more than a port that is closed.
   */
  async reach<T>(context: OperationContext, reach: (server: ServerAddress) => Promise<T>): Promise<T> {
    await this.#refresh(context)
    this.lookForBetter()
    const failures: Failure[] = []
    for (const row of this.#order()) {
      const before = { standing: row.standing, sinceMs: row.sinceMs }
      if (!this.#mayTry(row)) {
        if (row.failure !== undefined) failures.push(row.failure)
        continue
      }
      row.lastTriedMs = this.#now()
      try {
        const reached = await reach(row.entry.server)
        this.#isGood(row)
        return reached
      } catch (error) {
        if (!(error instanceof Failure) || !saysServerIsDown(error)) {
          // It answered, or nobody waits any more: either way it tells nothing against the server.
          if (serviceFailure.is(error)) {
            Object.assign(row, before)
            this.doubt(row.label)
          } else this.#isGood(row)
          throw error
        }
        this.#isDown(row, error)
        failures.push(error)
      }
    }
    throw mostTelling(failures) ?? directoryFailure('UNREACHABLE')
  }

  /**
   * A connection that had been made to this server broke, or stayed silent.
   *
   * With another server to go to it rests, so that the next request does not run into
   * the same silence. Alone it is tried again: one lost answer is no outage.
   */
  suspect(label: string, failure: Failure): void {
    const row = this.#rows.find((one) => one.label === label)
    if (row === undefined || row.standing === 'resting') return
    const hasOther = this.#rows.some((one) => one !== row && (one.standing === 'good' || one.standing === 'untried'))
    if (hasOther) this.#isDown(row, failure)
  }

  /** Slow, which may be the question's fault: looked at in the background before anything is held against it. */
  doubt(label: string): void {
    const row = this.#rows.find((one) => one.label === label)
    const hasOther = this.#rows.length > 1
    if (row !== undefined && hasOther && (row.standing === 'good' || row.standing === 'untried')) this.#probe(row)
  }

  async #refresh(context: OperationContext): Promise<void> {
    try {
      this.#take(await this.#parts.source.list(context))
      this.#listFailure = undefined
    } catch (error) {
      if (error instanceof Failure) this.#listFailure = error
      throw error
    }
  }

  #take(entries: readonly ServerEntry[]): void {
    const inOrder = [...entries.filter((one) => !one.isBackup), ...entries.filter((one) => one.isBackup)]
    const isSame =
      inOrder.length === this.#rows.length && inOrder.every((entry, index) => entry === this.#rows[index]?.entry)
    if (isSame) return
    const before = new Map(this.#rows.map((row) => [row.label, row]))
    this.#rows = inOrder.map((entry) => {
      const label = serverLabel(entry.server)
      const known = before.get(label)
      if (known !== undefined) return Object.assign(known, { entry })
      const sinceMs = this.#now()
      return { entry, label, standing: 'untried', sinceMs, failure: undefined, failures: 0, lastTriedMs: -Infinity }
    })
    if (this.#current !== undefined && !this.#rows.includes(this.#current)) this.#current = undefined
  }

  #order(): readonly Row[] {
    const first = this.#current
    return first === undefined ? [...this.#rows] : [first, ...this.#rows.filter((row) => row !== first)]
  }

  /** Looks, now and then and in the background, whether one that is preferred to the one in use answers again. */
  lookForBetter(): void {
    const { standing } = this.#current ?? {}
    if (this.#current === undefined || standing !== 'good') return
    const better = this.#rows.slice(0, this.#rows.indexOf(this.#current))
    const due = better.find((row) => row.standing !== 'trying' && this.#now() - row.lastTriedMs >= returnMs)
    if (due !== undefined) this.#probe(due)
  }

  /** Never rejects: what comes of it is the standing of the row. */
  #probe(row: Row): void {
    row.lastTriedMs = this.#now()
    const before = { standing: row.standing, sinceMs: row.sinceMs }
    // One that is good stays so until the probe says otherwise.
    if (row.standing === 'resting') this.#stand(row, 'trying')
    void this.#parts.probe(row.entry.server).then(
      () => {
        this.#isGood(row)
      },
      (error: unknown) => {
        if (error instanceof Failure && saysServerIsDown(error)) this.#isDown(row, error)
        else Object.assign(row, before)
      },
    )
  }

  #mayTry(row: Row): boolean {
    if (row.standing === 'good' || row.standing === 'untried') return true
    if (row.standing === 'trying' || this.#now() - row.sinceMs < restMs) return false
    this.#stand(row, 'trying')
    return true
  }

  #isGood(row: Row): void {
    const { log } = this.#parts
    if (row.failure !== undefined) log.info('directory server answers again', { server: row.label })
    if (row.standing !== 'good') this.#stand(row, 'good')
    row.failure = undefined
    row.failures = 0
    const isBetter = this.#current === undefined || this.#rows.indexOf(row) < this.#rows.indexOf(this.#current)
    // Whoever began before the change may end after it, and must not turn it back.
    if (this.#current === row || (!isBetter && this.#current?.standing === 'good')) return
    if (this.#current === undefined) log.info('directory server in use', { server: row.label })
    else {
      this.#switches++
      const because = isBetter ? 'a preferred one is back' : (this.#current.failure?.code ?? 'another one answered')
      log.warn('directory server changed', { from: this.#current.label, to: row.label, because })
    }
    this.#current = row
    this.#currentSinceMs = this.#now()
  }

  #isDown(row: Row, failure: Failure): void {
    if (row.failures === 0) {
      this.#parts.log.warn('directory server rests', { server: row.label, code: failure.code, restMs })
    }
    row.failure = failure
    row.failures++
    this.#stand(row, 'resting')
  }

  #stand(row: Row, standing: Standing): void {
    row.standing = standing
    row.sinceMs = this.#now()
  }

  #now(): number {
    return this.#parts.clock.monotonicMs()
  }
}

const downCodes = new Set<string>([
  'DIRECTORY_UNREACHABLE',
  'DIRECTORY_CONNECTION_LOST',
  'DIRECTORY_TLS_UNTRUSTED',
  'DIRECTORY_TLS_WRONG_NAME',
  'DIRECTORY_TLS_EXPIRED',
  'DIRECTORY_TLS_NOT_PINNED',
  'DIRECTORY_TLS_FAILED',
  'DIRECTORY_STARTTLS_REFUSED',
  'DIRECTORY_PROTOCOL_VIOLATION',
  'DIRECTORY_TIME_OUT',
  'DIRECTORY_SERVER_BUSY',
])

/** Also a name that is not found and a target that policy forbids: both come from the host, with `elsewhere`. */
export function saysServerIsDown(failure: Failure): boolean {
  if (downCodes.has(failure.code)) return true
  return !directoryFailure.is(failure) && !serviceFailure.is(failure)
}

function mostTelling(failures: readonly Failure[]): Failure | undefined {
  return failures.find(({ code }) => code !== 'DIRECTORY_UNREACHABLE') ?? failures[0]
}
