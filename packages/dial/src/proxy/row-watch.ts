/**
 * A watch that writes the rows of a check.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { failed, type CheckRow, type Finding } from '../finding.ts'
import type { HopWatch } from './hops.ts'

export class RowWatch implements HopWatch {
  readonly rows: CheckRow[] = []
  readonly #clock: Clock
  #hop: string | undefined
  #sinceMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  enter(hop: string): void {
    this.#hop = hop
    this.#sinceMs = this.#clock.monotonicMs()
  }

  found(says: string): void {
    this.#put({ result: 'ok', says, fix: '' })
  }

  passed(failure: Failure): void {
    this.#put({ ...failed(failure), result: 'warning' })
  }

  failed(finding: Finding): void {
    this.#put(finding)
  }

  #put(finding: Finding): void {
    const durationMs = Math.round(this.#clock.monotonicMs() - this.#sinceMs)
    this.rows.push({ target: this.#hop ?? 'way out', ...finding, durationMs })
    this.#hop = undefined
  }
}
