/**
 * The retry budget of one group: retries repair single failures, never an outage.
 *
 * gRPC's numbers: ten tokens, a failure costs one, a success gives back a tenth, and
 * at half or below nothing is tried again.
 *
 * @module
 */
const most = 10
const costOfFailure = 1
const gainOfSuccess = 0.1

export class RetryBudget {
  #tokens = most

  get allowsRetry(): boolean {
    return this.#tokens > most / 2
  }

  failed(): void {
    this.#tokens = Math.max(0, this.#tokens - costOfFailure)
  }

  succeeded(): void {
    this.#tokens = Math.min(most, this.#tokens + gainOfSuccess)
  }
}
