/**
 * Overload: look-ups come at once, twice and three times as fast as they can be answered.
 *
 *   npm run bench overload
 *
 * Goodput counts answers within two seconds. What cannot be answered in time is to be refused
 * at once, so that the rest is. Needs Debian's slapd.
 *
 * @module
 */
import { slapdBase, slapdReader, startSlapd } from '../interop/directory/slapd.ts'
import { load, openLoad } from './parts/load.ts'
import { Office } from './parts/office.ts'
import { percentile, report, type Figure } from './report.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 10)
const goodWithinMs = 2000
const people = 1000
const slapd = await startSlapd(people)
const office = await Office.open({ connectors: 2, allowTargets: [`localhost:${slapd.ldapsPort}`] })
await office.turnOnDirectory({
  type: 'generic',
  servers: [{ host: 'localhost', port: slapd.ldapsPort }],
  trust: slapd.authority,
  baseDn: slapdBase,
  bindDn: slapdReader.dn,
  bindPassword: slapdReader.password,
})
const step = (at: number) => {
  const match = { field: 'login', equals: `u${String(at % people).padStart(5, '0')}` }
  return office.call('directory.search', { kind: 'users', match, limit: 1 }, goodWithinMs)
}
const peak = await load(step, { inFlight: 32, seconds })
const figures: Figure[] = [{ name: 'the most there is, 32 in flight', value: peak.perSecond, unit: '/s' }]
for (const times of [1, 2, 3]) {
  const offered = peak.perSecond * times
  const { goodput, sorted, failed } = await openLoad(step, { perSecond: offered, seconds, goodWithinMs })
  const says = `${times} times as much: good answers`
  figures.push({
    name: says,
    value: goodput,
    unit: '/s',
    beside: { name: 'the most', value: peak.perSecond },
    aim: { says: 'at least 80 % of the most', isReached: goodput >= peak.perSecond * 0.8 },
  })
  figures.push({ name: `${times} times as much: p99 of those answered`, value: percentile(sorted, 0.99), unit: 'ms' })
  figures.push({ name: `${times} times as much: refused`, value: (failed / (failed + sorted.length)) * 100, unit: '%' })
}
await office.close()
await slapd.stop()
report('overload', 'look-ups through the gate, two connectors, offered at a multiple of what they can answer', figures)
process.exit(process.exitCode ?? 0)
