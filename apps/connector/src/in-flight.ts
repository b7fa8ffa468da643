/**
 * Work in flight: how much at once, in all and per service. The newest is refused.
 *
 * @module
 */
import { connectorFailure } from './failures.ts'

export interface InFlightLimits {
  readonly maxInFlight: number
  readonly maxPerService: number
}

export class InFlight {
  readonly #limits: InFlightLimits
  readonly #perService = new Map<string, number>()
  #total = 0
  #idle: (() => void)[] = []

  constructor(limits: InFlightLimits) {
    this.#limits = limits
  }

  get total(): number {
    return this.#total
  }

  /** @returns what gives the place back; calling it twice is calling it once. @throws CONNECTOR_BUSY. */
  take(service: string): () => void {
    const ofService = this.#perService.get(service) ?? 0
    const { maxInFlight, maxPerService } = this.#limits
    if (this.#total >= maxInFlight) throw connectorFailure('BUSY', { details: { inFlight: this.#total } })
    if (ofService >= maxPerService) throw connectorFailure('BUSY', { details: { service, inFlight: ofService } })
    this.#total++
    this.#perService.set(service, ofService + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.#total--
      this.#perService.set(service, (this.#perService.get(service) ?? 1) - 1)
      if (this.#total === 0) for (const resolve of this.#idle.splice(0)) resolve()
    }
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#total === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}
