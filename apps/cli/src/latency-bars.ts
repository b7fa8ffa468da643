/**
 * Latencies on a terminal: a bar for each bucket, with the line Cisco draws at 200 ms.
 *
 * @module
 */
import { expectedMs, type Latency } from '@sallygate/protocol-ise-mdm'
import { paint, print } from './output.ts'

const widest = 40

export function printLatency(latency: Latency): void {
  const most = Math.max(...latency.buckets.map((bucket) => bucket.count), 1)
  for (const [index, bucket] of latency.buckets.entries()) {
    const edge = bucket.upToMs === undefined ? `> ${latency.buckets[index - 1]?.upToMs ?? 0}` : `≤ ${bucket.upToMs}`
    const bar = '█'.repeat(Math.ceil((bucket.count / most) * widest))
    const isLate = bucket.upToMs === undefined || bucket.upToMs > expectedMs
    print(
      `  ${edge.padStart(6)} ms  ${String(bucket.count).padStart(5)}  ${isLate ? paint('red', bar) : bar}`.trimEnd(),
    )
    if (bucket.upToMs === expectedMs) print(`  ${paint('dim', '– – – – – – what Cisco expects of one query')}`)
  }
}
