/**
 * Memory at rest: of a connector, and of what the relay keeps for each end that is attached and says nothing.
 *
 *   npm run bench memory
 *
 * @module
 */
import { Office } from './parts/office.ts'
import { memoryOf, pause } from './parts/processes.ts'
import { startBenchRelay } from './parts/attached.ts'
import { startCrowd } from './parts/start-crowd.ts'
import { report, type Figure } from './report.ts'

const ends = Number(process.env['BENCH_ATTACHMENTS'] ?? 10_000)
const settings = { maxConnections: 16_000, maxUnproven: 2000, maxUnprovenPerAddress: 2000, attachmentsPerSecond: 5000 }

/** The least of some readings: what is not cleared yet is not what is kept. */
async function restingMb(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let reading = 0; reading < 20; reading++) {
    await pause(500)
    least = Math.min(least, memoryOf(pid).residentMb)
  }
  return least
}

async function connector(): Promise<Figure> {
  // Twice: the first start fills the cache of compiled programs, as the first start of any installation does.
  await (await Office.open({ allowTargets: ['localhost:636'] })).close()
  const office = await Office.open({ allowTargets: ['localhost:636'] })
  try {
    const value = await restingMb(office.connectors[0]?.pid ?? 0)
    return { name: 'a connector at rest', value, unit: 'MB', aim: { says: 'under 90', isReached: value < 90 } }
  } finally {
    await office.close()
  }
}

async function attachment(isPlain: boolean): Promise<Figure> {
  const plain = isPlain ? { internalPort: 0 } : {}
  const relay = await startBenchRelay({ isPlain, settings: { ...settings, ...plain } })
  try {
    const before = await restingMb(relay.program.pid)
    const crowd = await startCrowd(relay, ends)
    const after = await restingMb(relay.program.pid)
    crowd.stop()
    const value = ((after - before) * 1024) / ends
    const limit = isPlain ? 20 : 60
    return {
      name: `one of ${ends} ends at rest, ${isPlain ? 'TLS taken off in front' : 'with TLS'}`,
      value,
      unit: 'KiB',
      aim: { says: `under ${limit}`, isReached: value < limit },
    }
  } finally {
    await relay.stop()
  }
}

report('memory', 'resident memory at rest', [await connector(), await attachment(false), await attachment(true)])
process.exit(process.exitCode ?? 0)
