/**
 * The inventory at 100,000 devices: reports taken in, pages, searches, counts, one device, a policy that
 * changes, and the memory of it; on a console with its store on disk, asked over HTTP on loopback.
 *
 *   npm run bench devices          (BENCH_DEVICES=10000 for a smaller one)
 *
 * Devices are filled in through the inventory's own port, not written into tables; on two busy cores that takes some
 * minutes. It says on standard error where it is, and gives up by name when a step takes longer than it may.
 *
 * @module
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { consoleSettings, startConsole } from '@sallygate/console'
import { percentile, report, type Figure } from './report.ts'

const devices = Number(process.env['BENCH_DEVICES'] ?? 100_000)
/** A hundred a second is a tenth of what a busy machine has done. */
const mostMs = 60_000 + devices * 10
const home = mkdtempSync(join(tmpdir(), 'bench-devices-'))
const key = `sgk_${'B'.repeat(43)}`
writeFileSync(join(home, 'key'), `${key}\n`, { mode: 0o600 })
writeFileSync(join(home, 'password'), 'correct horse battery\n', { mode: 0o600 })
const values = { home, port: 0, firstApiKeyFile: join(home, 'key'), firstAdminPasswordFile: join(home, 'password') }
const running = await startConsole(consoleSettings.parse([{ name: 'bench', values }]), {
  clock: systemClock,
  log: silentLog,
})
const figures: Figure[] = []
const startedMs = performance.now()
/** Where it is, for whoever waits. @throws when the step that ends here took too long. */
function tell(step: string, sinceMs = startedMs): void {
  console.error(`${((performance.now() - startedMs) / 1000).toFixed(0)} s: ${step}`)
  if (performance.now() - sinceMs > mostMs) throw new Error(`${step}: longer than ${Math.round(mostMs / 1000)} s`)
}
const hex = (at: number, width: number) => at.toString(16).padStart(width, '0')

async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const answer = await fetch(`${running.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`)
  return answer.headers.get('content-type')?.startsWith('application/json') === true
    ? (JSON.parse(text) as Record<string, unknown>)
    : { length: text.length }
}

const sample = (at: number, more: object = {}) => ({
  group: groupId,
  source: 'fusionInventory',
  identifiers: {
    serial: `SN-${hex(at, 6)}`,
    uuid: `4c4c4544-0042-4510-8052-${hex(at, 12)}`,
    hostName: `host-${hex(at * 7919, 8)}`,
    macs: [`00105A${hex(at, 6)}`, at % 5 === 0 ? `DAA119${hex(at, 6)}` : `00105B${hex(at, 6)}`],
  },
  facts: {
    platform: { value: ['windows', 'linux', 'macos', 'ios'][at % 4] ?? 'linux' },
    osVersion: { value: `10.0.${19_000 + (at % 50)}` },
    manufacturer: { value: ['Dell', 'Lenovo', 'Apple'][at % 3] ?? 'Dell' },
    model: { value: `Model ${at % 40}` },
    userName: { value: `ACME\\user${at}` },
    diskEncrypted: { value: at % 10 !== 0 },
    pinLocked: at % 3 === 0 ? { unknown: true as const } : { value: true },
    jailBroken: { value: false },
    ...more,
  },
  atMs: Date.now(),
})

async function timed(name: string, work: () => Promise<unknown>, times = 20): Promise<void> {
  tell(name)
  const took: number[] = []
  for (let at = 0; at < times; at++) {
    const started = performance.now()
    await work()
    took.push(performance.now() - started)
  }
  figures.push({
    name: `${name}, median`,
    value: percentile(
      took.toSorted((a, b) => a - b),
      0.5,
    ),
    unit: 'ms',
  })
  figures.push({ name: `${name}, slowest of ${times}`, value: Math.max(...took), unit: 'ms' })
}

const groupId = String((await ask('POST', '/api/groups', { name: 'Bench' }))['id'])
const { inventory } = running
const fill = async (from: number, to: number) => {
  const beganMs = performance.now()
  for (let at = from; at < to; at += 256) {
    const batch = Array.from({ length: Math.min(256, to - at) }, (_, more) => inventory.report(sample(at + more)))
    await Promise.all(batch)
    if ((at - from) % 10_240 === 0) tell(`reports ${at + batch.length} of ${to}`, beganMs)
  }
}

let started = performance.now()
await fill(0, devices)
figures.push({ name: 'new devices', value: devices / ((performance.now() - started) / 1000), unit: '/s' })
started = performance.now()
const again = Math.min(devices, 10_000)
await fill(0, again)
figures.push({
  name: 'reports on devices that are known',
  value: again / ((performance.now() - started) / 1000),
  unit: '/s',
})

const list = (query: string) => () => ask('GET', `/api/devices?limit=50${query}`)
await timed('first page by name', list(''))
await timed('first page by last report', list('&sort=lastReport&descending=true'))
await timed('first page by model', list('&sort=model'))
const { nextCursor } = await ask('GET', `/api/devices?limit=${Math.min(1000, devices - 1)}&sort=name`)
await timed('page after 1000', list(`&sort=name&cursor=${String(nextCursor)}`))
await timed('one group and below', list('&group=Bench'))
await timed('search that finds one', list(`&search=SN-${hex(devices - 1, 6)}`))
await timed('search by MAC address', list(`&search=00:10:5A:${hex(77, 6).replace(/(..)(..)(..)/, '$1:$2:$3')}`))
await timed('search that finds none', list('&search=nothing%20at%20all'))
await timed('filtered by platform and compliance', list('&platform=linux&compliant=true'))
await timed('counts', () => ask('GET', '/api/devices/facets'))
await timed('randomized addresses', () => ask('GET', '/api/devices/randomized-macs'))
const [one] = (await ask('GET', '/api/devices?limit=1'))['devices'] as readonly { id: string }[]
await timed('one device', () => ask('GET', `/api/devices/${one?.id}`))
await timed('CSV of all', () => ask('GET', '/api/devices/csv'), 1)

const policy = { name: 'Encryption', rules: [{ kind: 'isTrue', fact: 'diskEncrypted' }] }
await timed('preview of a policy', () => ask('POST', '/api/groups/Bench/policies/preview', { policy }), 1)
started = performance.now()
await ask('POST', '/api/groups/Bench/policies', policy)
figures.push({ name: 'making a policy', value: performance.now() - started, unit: 'ms' })
const slowest: number[] = []
for (;;) {
  const asked = performance.now()
  const { compliant } = (await ask('GET', '/api/devices/facets')) as {
    compliant: readonly { value: string; count: number }[]
  }
  slowest.push(performance.now() - asked)
  const judged = compliant.find(({ value }) => value === 'false')?.count ?? 0
  if (judged >= Math.floor(devices / 10)) break
  if (slowest.length % 20 === 0) tell(`${judged * 10} of ${devices} have their new verdict`, started)
  await new Promise((resolve) => setTimeout(resolve, 500))
}
figures.push({ name: 'until all have their new verdict', value: (performance.now() - started) / 1000, unit: 's' })
figures.push({ name: 'slowest answer meanwhile', value: Math.max(...slowest), unit: 'ms' })
figures.push({ name: 'memory of the console', value: process.memoryUsage().rss / 1e6, unit: 'MB' })
figures.push({ name: 'store on disk', value: statSync(join(home, 'console.sqlite')).size / 1e6, unit: 'MB' })

await running.stop()
rmSync(home, { recursive: true, force: true })
report('devices', `the inventory at ${devices} devices`, figures)
