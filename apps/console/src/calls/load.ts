/**
 * Load: how busy an instance is, as far as this console knows, and which one is next.
 *
 * @module
 */

/** A request in ten seconds and one in ten milliseconds both leave their mark, the newest the deepest. */
const weightOfNewest = 0.2
/** Of an instance of which nobody has said otherwise. */
const fullWeight = 100
/** What an instance is taken for that has answered nothing yet. */
const unknownLatencyMs = 50

export class Load {
  inFlight = 0
  #latencyMs: number | undefined

  get latencyMs(): number {
    return this.#latencyMs ?? unknownLatencyMs
  }

  /** What one more request would wait for. With half the weight, what is in flight counts twice. */
  cost(weight = fullWeight): number {
    return ((this.inFlight * fullWeight) / weight + 1) * Math.max(1, this.latencyMs)
  }

  answered(afterMs: number): void {
    this.#latencyMs =
      this.#latencyMs === undefined ? afterMs : this.#latencyMs + weightOfNewest * (afterMs - this.#latencyMs)
  }
}

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
  return costOf(a) <= costOf(b) ? a : b
}

/** A little faster is no reason to take more than its share; a queue is one to take less. */
const noticeable = 0.8

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
