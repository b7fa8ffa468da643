/**
 * Work in flight: how much at once, in all and per service. The newest is refused.
 *
 * Places are kept back by lane: however much bulk there is, a sign-in finds one.
 *
 * @module
 */
import { lanes, placesFor, type Lane } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'

export interface InFlightLimits {
  readonly maxInFlight: number
  readonly maxPerService: number
}

export class InFlight {
  readonly #limits: InFlightLimits
  readonly #all: Taken = noneTaken()
  readonly #perService = new Map<string, Taken>()
  #idle: (() => void)[] = []

  constructor(limits: InFlightLimits) {
    this.#limits = limits
  }

  get total(): number {
    return upTo('bulk', this.#all)
  }

  /** @returns what gives the place back; calling it twice is calling it once. @throws CONNECTOR_BUSY. */
  take(service: string, lane: Lane = 'usual'): () => void {
    const ofService = this.#perService.get(service) ?? noneTaken()
    const { maxInFlight, maxPerService } = this.#limits
    if (!hasPlace(this.#all, lane, maxInFlight)) {
      throw connectorFailure('BUSY', { details: { inFlight: this.total, lane } })
    }
    if (!hasPlace(ofService, lane, maxPerService)) {
      throw connectorFailure('BUSY', { details: { service, inFlight: upTo('bulk', ofService), lane } })
    }
    this.#all[lane]++
    ofService[lane]++
    this.#perService.set(service, ofService)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.#all[lane]--
      ofService[lane]--
      if (this.total === 0) for (const resolve of this.#idle.splice(0)) resolve()
    }
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.total === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}

type Taken = Record<Lane, number>

const noneTaken = (): Taken => ({ urgent: 0, usual: 0, bulk: 0 })

/** Places taken by the lanes in front of this one, and by itself. */
const upTo = (lane: Lane, taken: Taken) =>
  lanes.slice(0, lanes.indexOf(lane) + 1).reduce((sum, one) => sum + taken[one], 0)

/** There has to be a place in all, and one among those this lane and the less urgent ones may have. */
function hasPlace(taken: Taken, lane: Lane, places: number): boolean {
  const lessUrgent = lanes.slice(lanes.indexOf(lane)).reduce((sum, one) => sum + taken[one], 0)
  return upTo('bulk', taken) < places && lessUrgent < placesFor(lane, places)
}
