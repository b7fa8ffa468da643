/**
 * Latency as a histogram whose steps grow by a fifth: small, and good to ten percent.
 *
 * @module
 */
const steps = 96
const growth = Math.log(1.2)

export class Latency {
  readonly #counts = new Uint32Array(steps)
  #count = 0
  #slow = 0

  /** @param slowMs counted as slow from here on. */
  add(ms: number, slowMs: number): void {
    const at = ms <= 0.01 ? 0 : Math.floor(Math.log(ms / 0.01) / growth)
    const step = Math.max(0, Math.min(steps - 1, at))
    this.#counts[step] = (this.#counts[step] ?? 0) + 1
    this.#count++
    if (ms >= slowMs) this.#slow++
  }

  get slow(): number {
    return this.#slow
  }

  /** Upper end of the step, in milliseconds. `undefined` when nothing was measured. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined
    let left = Math.ceil(this.#count * share)
    for (let at = 0; at < steps; at++) {
      left -= this.#counts[at] ?? 0
      if (left <= 0) return Math.round(0.01 * Math.exp(growth * (at + 1)) * 1000) / 1000
    }
    return undefined
  }
}
