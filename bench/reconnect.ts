/**
 * The herd: thousands of connectors come back to a relay that was killed and is back at once.
 *
 *   npm run bench reconnect
 *
 * @module
 */
import { startBenchRelay } from './parts/attached.ts'
import { pause } from './parts/processes.ts'
import { startCrowd } from './parts/start-crowd.ts'
import { report } from './report.ts'

const ends = Number(process.env['BENCH_ATTACHMENTS'] ?? 5000)
const withinMs = 120_000
const relay = await startBenchRelay({
  settings: { maxConnections: 16_000, maxUnproven: 2000, maxUnprovenPerAddress: 2000, attachmentsPerSecond: 1000 },
})
const crowd = await startCrowd(relay, ends)
await relay.restart()
const startedMs = performance.now()
const marks = new Map<number, number>()
const curve: number[] = []
// Every end was attached; what counts is from when the first ones noticed.
while (crowd.attached() > ends * 0.9 && performance.now() - startedMs < 20_000) await pause(20)
while (performance.now() - startedMs < withinMs && !marks.has(1)) {
  await pause(50)
  const share = crowd.attached() / ends
  curve.push(share)
  for (const mark of [0.5, 0.9, 0.99, 1])
    if (share >= mark && !marks.has(mark)) marks.set(mark, performance.now() - startedMs)
}
crowd.stop()
await relay.stop()
const seconds = (mark: number) => (marks.get(mark) ?? Number.POSITIVE_INFINITY) / 1000
report('reconnect', `${ends} connectors back at a relay that was killed with -9 and started again at once`, [
  { name: 'half of them', value: seconds(0.5), unit: 's' },
  { name: '90 %', value: seconds(0.9), unit: 's' },
  { name: '99 %', value: seconds(0.99), unit: 's', aim: { says: 'within 60', isReached: seconds(0.99) <= 60 } },
  { name: 'all', value: seconds(1), unit: 's' },
])
process.exit(process.exitCode ?? 0)
