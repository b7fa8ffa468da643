/**
 * Latency against what Cisco asks: 200 ms for one device, and harm above 300 ms.
 *
 * @module
 */

/** Cisco's expectation for one compliance query, and where users begin to suffer. */
export const expectedMs = 200
export const harmfulMs = 300

const edges = [5, 10, 20, 50, 100, expectedMs, harmfulMs, 1000] as const

export interface LatencyBucket {
  /** Upper edge; `undefined` for what is slower than the last edge. */
  readonly upToMs: number | undefined
  readonly count: number
}

export interface Latency {
  readonly count: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly buckets: readonly LatencyBucket[]
  /** How many took longer than `expectedMs`. */
  readonly late: number
}

/** @param durationsMs at least one. */
export function summarizeLatency(durationsMs: readonly number[]): Latency {
  const sorted = durationsMs.toSorted((a, b) => a - b)
  // Nearest rank: a figure that was really measured.
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  const upTo = [...edges, undefined]
  const buckets = upTo.map((edge, index) => {
    const above = index === 0 ? 0 : (edges[index - 1] ?? 0)
    const inside = sorted.filter((ms) => ms > above && (edge === undefined || ms <= edge))
    return { upToMs: edge, count: inside.length }
  })
  return {
    count: sorted.length,
    p50Ms: rank(0.5),
    p90Ms: rank(0.9),
    p99Ms: rank(0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
    buckets,
    late: sorted.filter((ms) => ms > expectedMs).length,
  }
}
