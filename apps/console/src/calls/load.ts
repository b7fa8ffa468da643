/**
 * Load: how busy an instance is, as far as this console knows, and which one is next.
 *
 * @module
 */

import { lanes, placesFor, type Lane } from '@sallygate/service-kit'

/** A request in ten seconds and one in ten milliseconds both leave their mark, the newest the deepest. */
const weightOfNewest = 0.2
/** Of an instance of which nobody has said otherwise. */
const fullWeight = 100
/** What an instance is taken for that has answered nothing yet. */
const unknownLatencyMs = 50
/** What was slow once may not be any more, and is found out only by asking it again. */
const halvedEveryMs = 5000
/** What a connector does of one service at a time, unless its host's settings say otherwise. */
const [fewestPlaces, firstPlaces, mostPlaces] = [2, 16, 64]
/** A place is won back after so many answers with all places taken. */
const answersForPlace = 256

export class Load {
  readonly #inFlight: Record<Lane, number> = { urgent: 0, usual: 0, bulk: 0 }
  #latencyMs: number | undefined
  #answeredMs = 0
  #places = firstPlaces
  #busyMs = Number.NEGATIVE_INFINITY
  #answersWhenFull = 0

  get inFlight(): number {
    return lanes.reduce((sum, lane) => sum + this.#inFlight[lane], 0)
  }

  get latencyMs(): number {
    return this.#latencyMs ?? unknownLatencyMs
  }

  /** How much it is given at once. It falls when the instance says that it is too much. */
  get places(): number {
    return this.#places
  }

  /**
   * What one more request would wait for. With half the weight, what is in flight counts twice. Who has answered nothing
   * yet counts as quick: how it is, is found out only by asking it.
   */
  cost(weight = fullWeight, nowMs = this.#answeredMs): number {
    if (this.#latencyMs === undefined) return (this.inFlight * fullWeight) / weight + 1
    const halvings = Math.max(0, nowMs - this.#answeredMs) / halvedEveryMs
    const latencyMs = this.#latencyMs * 0.5 ** halvings
    return ((this.inFlight * fullWeight) / weight + 1) * Math.max(1, latencyMs)
  }

  hasPlace(lane: Lane): boolean {
    const lessUrgent = lanes.slice(lanes.indexOf(lane)).reduce((sum, one) => sum + this.#inFlight[one], 0)
    return this.inFlight < this.#places && lessUrgent < placesFor(lane, this.#places)
  }

  began(lane: Lane): void {
    this.#inFlight[lane]++
  }

  ended(lane: Lane): void {
    this.#inFlight[lane]--
  }

  answered(afterMs: number, nowMs = this.#answeredMs): void {
    const known = this.#latencyMs
    this.#latencyMs = known === undefined ? afterMs : known + weightOfNewest * (afterMs - known)
    this.#answeredMs = nowMs
    if (this.inFlight < this.#places || this.#places >= mostPlaces) return
    this.#answersWhenFull++
    if (this.#answersWhenFull < answersForPlace) return
    this.#answersWhenFull = 0
    this.#places++
  }

  /** It said that it is working at its limit. Those of one moment say it once. */
  refusedAsBusy(nowMs: number): void {
    if (nowMs - this.#busyMs < 250) return
    this.#busyMs = nowMs
    this.#answersWhenFull = 0
    this.#places = Math.max(fewestPlaces, Math.floor(this.#places * 0.75))
  }
}

/** A little faster is no reason to take more than its share; a queue is one to take less. */
const noticeable = 0.8

/**
 * Picks the less loaded of two taken at random.
 *
 * Always taking the least loaded would send every console's next request to the same
 * one; two at random are nearly as good and never stampede.
 */
export function pickOfTwo<T>(
  candidates: readonly T[],
  costOf: (candidate: T) => number,
  random: () => number,
  weightOf: (candidate: T) => number = () => fullWeight,
): T | undefined {
  if (candidates.length <= 1) return candidates[0]
  const weights = candidates.map(weightOf)
  if (weights.some((weight) => weight !== weights[0])) return pickByWeight(candidates, weights, costOf, random)
  const first = Math.floor(random() * candidates.length)
  const second = (first + 1 + Math.floor(random() * (candidates.length - 1))) % candidates.length
  const [a, b] = [candidates[first] as T, candidates[second] as T]
  return costOf(b) < costOf(a) * noticeable ? b : a
}

/**
 * Both are drawn by weight, and may be the same one. An idle group is shared by weight
 * alone; the second draw counts where the first has a queue, or is slow.
 */
function pickByWeight<T>(
  candidates: readonly T[],
  weights: readonly number[],
  costOf: (candidate: T) => number,
  random: () => number,
): T | undefined {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const draw = () => {
    let left = random() * all
    const at = weights.findIndex((weight) => (left -= weight) < 0)
    return candidates.at(at) as T
  }
  const [a, b] = [draw(), draw()]
  return costOf(b) < costOf(a) * noticeable ? b : a
}
