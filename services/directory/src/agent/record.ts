/**
 * The record: what became of what was asked, since these settings are in force.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { serviceFailure, type Health } from '@sallygate/service-kit'
import type { StatusResult } from '../contract.ts'

/** Of the caller's own making, or nothing that lasts. */
const harmless = new Set([
  'DIRECTORY_EMPTY_PASSWORD',
  'DIRECTORY_BASE_NOT_ALLOWED',
  'DIRECTORY_CURSOR_GONE',
  'DIRECTORY_AMBIGUOUS_USER',
  'DIRECTORY_ENTRY_NOT_FOUND',
])

const saysDirectoryIsIll = (failure: Failure) => !harmless.has(failure.code) && !serviceFailure.is(failure)

export class ServiceRecord {
  readonly #clock: Clock
  readonly signIns = { accepted: 0, refused: 0, unknown: 0, failed: 0 }
  readonly lookUps = { done: 0, failed: 0 }
  /** Of the last operation; gone when one ends well. */
  #failure: Failure | undefined
  /** Of any operation; stays, for showing. */
  #last: { readonly failure: Failure; readonly atMs: number } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Remembers what an operation found out about the directory. */
  async watched<T>(step: () => Promise<T>): Promise<T> {
    try {
      const value = await step()
      this.#failure = undefined
      return value
    } catch (error) {
      if (error instanceof Failure && saysDirectoryIsIll(error)) {
        this.#failure = error
        this.#last = { failure: error, atMs: this.#clock.monotonicMs() }
      }
      throw error
    }
  }

  async signIn<T extends { readonly outcome: 'accepted' | 'refused' }>(step: () => Promise<T>): Promise<T> {
    try {
      const answer = await this.watched(step)
      this.signIns[answer.outcome]++
      return answer
    } catch (error) {
      const isUnknown = error instanceof Failure && error.code === 'DIRECTORY_COULD_NOT_VERIFY'
      this.signIns[isUnknown ? 'unknown' : 'failed']++
      throw error
    }
  }

  async lookUp<T>(step: () => Promise<T>): Promise<T> {
    try {
      const answer = await this.watched(step)
      this.lookUps.done++
      return answer
    } catch (error) {
      this.lookUps.failed++
      throw error
    }
  }

  health(ofServers: Failure | undefined): Health {
    const failure = ofServers ?? this.#failure
    if (failure === undefined) return { kind: 'healthy' }
    return { kind: 'degraded', code: failure.code, reason: failure.says, fix: failure.fix }
  }

  get lastFailure(): StatusResult['lastFailure'] {
    if (this.#last === undefined) return undefined
    const { failure, atMs } = this.#last
    return { code: failure.code, says: failure.says, forMs: Math.round(this.#clock.monotonicMs() - atMs) }
  }
}
