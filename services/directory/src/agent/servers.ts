/**
 * Which server next: the last good one first, then the order of the settings.
 *
 * A server that could not be reached rests for five seconds; then one request may try
 * it while the others still pass it by. So a dead server costs one caller the
 * connect time-out every five seconds, and nobody else anything.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { serviceFailure } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import { serverLabel, type ServerAddress } from './dial.ts'

export const restMs = 5000

type Standing =
  | { readonly kind: 'good' }
  | { readonly kind: 'resting'; readonly untilMs: number; readonly failure: Failure }
  | { readonly kind: 'trying'; readonly failure: Failure }

interface Row {
  readonly server: ServerAddress
  standing: Standing
}

export class ServerList {
  readonly #rows: Row[]
  readonly #clock: Clock
  readonly #log: Log
  #lastGood: Row | undefined

  constructor(servers: readonly ServerAddress[], clock: Clock, log: Log) {
    this.#rows = servers.map((server) => ({ server, standing: { kind: 'good' } }))
    this.#clock = clock
    this.#log = log
  }

  /** The failure of a list in which no server answers; `undefined` while one may. */
  get failure(): Failure | undefined {
    const failures = this.#rows.flatMap(({ standing }) => (standing.kind === 'good' ? [] : [standing.failure]))
    return failures.length < this.#rows.length ? undefined : mostTelling(failures)
  }

  /**
   * Runs `reach` on one server after the other until one can be reached.
   *
   * @throws the most telling failure when none can: a certificate that is wrong says more than a port that is closed.
   */
  async reach<T>(reach: (server: ServerAddress) => Promise<T>): Promise<T> {
    const failures: Failure[] = []
    for (const row of this.#order()) {
      const before = row.standing
      if (!this.#mayTry(row)) {
        if (before.kind !== 'good') failures.push(before.failure)
        continue
      }
      try {
        const reached = await reach(row.server)
        this.#isGood(row)
        return reached
      } catch (error) {
        if (!(error instanceof Failure) || !saysServerIsDown(error)) {
          // It answered, or nobody waits any more: either way it tells nothing against the server.
          if (serviceFailure.is(error)) row.standing = before
          else this.#isGood(row)
          throw error
        }
        this.#isDown(row, error)
        failures.push(error)
      }
    }
    throw mostTelling(failures) ?? directoryFailure('UNREACHABLE')
  }

  #order(): readonly Row[] {
    const first = this.#lastGood
    return first === undefined ? this.#rows : [first, ...this.#rows.filter((row) => row !== first)]
  }

  #mayTry(row: Row): boolean {
    const { standing } = row
    if (standing.kind === 'good') return true
    if (standing.kind === 'trying' || standing.untilMs > this.#clock.monotonicMs()) return false
    row.standing = { kind: 'trying', failure: standing.failure }
    return true
  }

  #isGood(row: Row): void {
    row.standing = { kind: 'good' }
    if (this.#lastGood === row) return
    if (this.#lastGood !== undefined) {
      this.#log.warn('directory server changed', {
        from: serverLabel(this.#lastGood.server),
        to: serverLabel(row.server),
      })
    }
    this.#lastGood = row
  }

  #isDown(row: Row, failure: Failure): void {
    if (row.standing.kind === 'good') {
      this.#log.warn('directory server rests', { server: serverLabel(row.server), code: failure.code, restMs })
    }
    row.standing = { kind: 'resting', untilMs: this.#clock.monotonicMs() + restMs, failure }
  }
}

const downCodes = new Set<string>([
  'DIRECTORY_UNREACHABLE',
  'DIRECTORY_CONNECTION_LOST',
  'DIRECTORY_TLS_UNTRUSTED',
  'DIRECTORY_TLS_WRONG_NAME',
  'DIRECTORY_TLS_EXPIRED',
  'DIRECTORY_TLS_FAILED',
  'DIRECTORY_STARTTLS_REFUSED',
  'DIRECTORY_PROTOCOL_VIOLATION',
  'DIRECTORY_TIME_OUT',
  'DIRECTORY_SERVER_BUSY',
])

/** Also a name that is not found and a target that policy forbids: both come from the host, with `elsewhere`. */
function saysServerIsDown(failure: Failure): boolean {
  if (downCodes.has(failure.code)) return true
  return !directoryFailure.is(failure) && !serviceFailure.is(failure)
}

function mostTelling(failures: readonly Failure[]): Failure | undefined {
  return failures.find(({ code }) => code !== 'DIRECTORY_UNREACHABLE') ?? failures[0]
}
