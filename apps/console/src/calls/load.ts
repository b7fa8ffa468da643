/**
 * Load: how busy an instance is, as far as this console knows, and which one is next.
 *
 * @module
 */

/** A request in ten seconds and one in ten milliseconds both leave their mark, the newest the deepest. */
const weightOfNewest = 0.2
/** What an instance is taken for that has answered nothing yet. */
const unknownLatencyMs = 50

export class Load {
  inFlight = 0
  #latencyMs: number | undefined

  get latencyMs(): number {
    return this.#latencyMs ?? unknownLatencyMs
  }

  /** What one more request would wait for. */
  get cost(): number {
    return (this.inFlight + 1) * Math.max(1, this.latencyMs)
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
): T | undefined {
  if (candidates.length <= 1) return candidates[0]
  const first = Math.floor(random() * candidates.length)
  const second = (first + 1 + Math.floor(random() * (candidates.length - 1))) % candidates.length
  const [a, b] = [candidates[first] as T, candidates[second] as T]
  return costOf(a) <= costOf(b) ? a : b
}
