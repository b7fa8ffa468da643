/**
 * Which server next: the order of the settings, those that could not be reached last.
 *
 * Only what happens before a message is handed over sends it to another server. A server
 * that could not be reached rests a while, so that it costs its time-out once and not every time.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { serviceFailure } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'
import { serverLabel, type ServerAddress } from './line.ts'

export const restMs = 30_000

interface Row {
  readonly server: ServerAddress
  restsUntilMs: number
  failure: Failure | undefined
}

export class ServerList {
  readonly #rows: Row[]
  readonly #clock: Clock
  readonly #log: Log

  constructor(servers: readonly ServerAddress[], clock: Clock, log: Log) {
    this.#rows = servers.map((server) => ({ server, restsUntilMs: 0, failure: undefined }))
    this.#clock = clock
    this.#log = log
  }

  /** The failure of a list in which no server could be reached the last time. */
  get failure(): Failure | undefined {
    const failures = this.#rows.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
    return failures.length < this.#rows.length ? undefined : mostTelling(failures)
  }

  /** @throws the most telling failure when none can be used: a certificate that is wrong says more than a port that is closed. */
  async reach<T>(dialOne: (server: ServerAddress) => Promise<T>): Promise<T> {
    const nowMs = this.#clock.monotonicMs()
    // One that rests is still better than none.
    const order = this.#rows.toSorted((a, b) => Number(a.restsUntilMs > nowMs) - Number(b.restsUntilMs > nowMs))
    const failures: Failure[] = []
    for (const row of order) {
      try {
        const reached = await dialOne(row.server)
        row.failure = undefined
        row.restsUntilMs = 0
        return reached
      } catch (error) {
        // Nobody waits any more; that says nothing against the server.
        if (!(error instanceof Failure) || serviceFailure.is(error)) throw error
        this.#log.warn('mail server could not be used', { server: serverLabel(row.server), code: error.code })
        row.failure = error
        row.restsUntilMs = this.#clock.monotonicMs() + restMs
        failures.push(error)
      }
    }
    throw mostTelling(failures) ?? mailFailure('UNREACHABLE')
  }
}

function mostTelling(failures: readonly Failure[]): Failure | undefined {
  return failures.find(({ code }) => code !== 'MAIL_UNREACHABLE') ?? failures[0]
}
