/**
 * A directory of 100,000 people and 5,000 groups with 500,000 memberships, synchronized through the gate: console, relay
 * and connector as processes, OpenLDAP behind them; beside `ldapsearch` into a file and direct binds in the same run.
 *
 *   npm run bench directory
 *   npm run bench directory -- --size 10000
 *   node bench/directory.ts --size 10000 --profile console     or connector: where its processor time goes
 *   node bench/directory.ts --size 10000 --turns               how long turns of the console kept others waiting
 *   node bench/directory.ts --syncs                            without the sign-ins
 *
 * With any of these nothing is kept: an open inspector is memory and time of its own.
 *
 * Needs Debian's slapd and ldap-utils.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { codeOf, Installation, pause } from '@sallygate/testkit/installation'
import { runtimeArgs, runtimeEnvironment } from '../apps/supervisor/src/runtime-args.ts'
import { startSlapdServer } from '../interop/directory/slapd-server.ts'
import { bindDirectly } from './directory/binds.ts'
import { changeCount, makeChanges, touch } from './directory/changes.ts'
import {
  companyAdmin,
  companyBase,
  companyOf,
  companyPassword,
  companyReader,
  uidOf,
  writeCompany,
} from './directory/company.ts'
import { dumpDirectory } from './directory/dump.ts'
import { peakMb, resetPeak } from './directory/peak.ts'
import { Watch } from './directory/watch.ts'
import { load } from './parts/load.ts'
import { report, type Figure } from './report.ts'

const {
  size,
  profile,
  syncs: isWithoutSignIns,
  turns: areTurnsWanted,
} = parseArgs({
  options: {
    size: { type: 'string', default: '100000' },
    profile: { type: 'string' },
    syncs: { type: 'boolean', default: false },
    turns: { type: 'boolean', default: false },
  },
}).values
const isWatched = areTurnsWanted || profile !== undefined
const people = Number(size)
if (!Number.isSafeInteger(people) || people < 200) throw new Error('--size: a number of people, at least 200')
const seconds = Number(process.env['BENCH_SECONDS'] ?? 5)
const company = companyOf(people)
const loadBefore = loadavg()[0] ?? 0

const home = mkdtempSync(join(tmpdir(), 'sallygate-bench-directory-'))
const stops: (() => Promise<unknown> | void)[] = [() => rmSync(home, { recursive: true, force: true })]
const notes: string[] = []
const figures: Figure[] = []

async function openDirectory() {
  const file = join(home, 'company.ldif')
  await writeCompany(company, file)
  const began = performance.now()
  const server = await startSlapdServer({
    suffix: companyBase,
    // As wherever there are two servers: without it a change cannot be told from what was loaded in the last minutes.
    modules: ['syncprov'],
    global: ['sizelimit size.soft=1000 size.hard=1000 size.prtotal=unlimited', 'security simple_bind=128', 'threads 8'],
    database: [
      `rootdn "${companyAdmin.dn}"`,
      `rootpw ${companyAdmin.password}`,
      'overlay syncprov',
      'index objectClass,uid,member,entryUUID,entryCSN,modifyTimestamp eq',
      'access to attrs=userPassword by anonymous auth by * none',
      `access to * by dn.exact="${companyReader.dn}" read by users none by anonymous auth`,
    ],
    maxSizeBytes: 4 * 2 ** 30,
    ldif: { file },
    loadWithinMs: 600_000,
  })
  rmSync(file)
  notes.push(
    `${company.people} people, ${company.groups} groups, ${company.edges} memberships; OpenLDAP ${server.version}, loaded and up in ${Math.round(performance.now() - began)} ms.`,
  )
  stops.push(() => server.stop())
  return server
}

/** As the supervisor starts a part. */
function environmentOf(part: string, cache: string): Record<string, string> {
  return { ...runtimeEnvironment, NODE_OPTIONS: (runtimeArgs[part] ?? []).join(' '), NODE_COMPILE_CACHE: cache }
}

async function openGate(ldapsPort: number, authority: string): Promise<Installation> {
  const cache = join(home, 'compile-cache')
  const gate = await Installation.open({
    process: { environment: environmentOf('connector', cache) },
    consoleProcess: { environment: environmentOf('console', cache) },
  })
  stops.push(() => gate.close())
  await gate.join('one', [`localhost:${ldapsPort}`, `127.0.0.1:${ldapsPort}`])
  // As after every start but the first: TypeScript is read once, and the memory of that is not the sync's.
  for (const part of [gate.connector('one'), gate.console]) {
    await part.stop()
    part.start()
  }
  gate.disconnect()
  await gate.untilLive('one')
  const settings = {
    type: 'generic',
    servers: [{ host: '127.0.0.1', port: ldapsPort, certificateName: 'localhost' }],
    trust: authority,
    baseDn: companyBase,
    bindDn: companyReader.dn,
    bindPassword: companyReader.password,
    // By hand, so that no run of the schedule is in the way.
    sync: { isOn: true, everyMinutes: 1440 },
  }
  await must(gate, 'PUT', 'services/directory', { settings })
  const works = async () => (await authenticate(gate, 0)) === 'accepted'
  await gate.until(works, 60_000, 'a sign-in works')
  return gate
}

async function must(gate: Installation, method: string, path: string, body?: unknown) {
  const { status, body: said } = await gate.api(method, `/api/groups/${gate.group}/${path}`, body)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(said).slice(0, 500)}`)
  return said
}

/** @returns milliseconds until it was told to be done. */
async function sync(gate: Installation, full: boolean): Promise<number> {
  const began = performance.now()
  const parts = [gate.console, gate.connector('one')]
  const before = parts.map(({ cpuSeconds }) => cpuSeconds)
  const { id } = await must(gate, 'POST', 'directory/sync/runs', { mode: 'sync', full, withoutPreview: true })
  const phases: Record<string, number> = {}
  for (;;) {
    const run = await must(gate, 'GET', `directory/sync/runs/${id}`)
    if (run.state === 'done') {
      const ms = performance.now() - began
      const [console_, connector] = parts.map(({ cpuSeconds }, at) => (cpuSeconds - (before[at] ?? 0)).toFixed(1))
      notes.push(
        `${full ? 'Everything' : 'Changes'}: ${ms.toFixed(0)} ms; began ${inWords(phases)}; ${inWords(run.counts)}. Processor: console ${console_} s, connector ${connector} s.`,
      )
      return ms
    }
    phases[run.progress.phase] ??= Math.round(performance.now() - began)
    if (run.state !== 'running') throw new Error(`the run is ${run.state}: ${JSON.stringify(run.failure ?? run.held)}`)
    await pause(50)
  }
}

/** Where the time goes, where that was asked for; otherwise how long a turn of the console kept everybody waiting. */
async function watched(watch: Watch | undefined, name: string, work: () => Promise<number>): Promise<number> {
  if (watch === undefined) return work()
  if (profile === undefined) await watch.startDelays()
  else await watch.startProfile()
  const ms = await work()
  if (profile === undefined) {
    const { p99Ms, maxMs } = await watch.delays()
    notes.push(`Turns of the console in ${name}: p99 ${p99Ms.toFixed(0)} ms, longest ${maxMs.toFixed(0)} ms.`)
  } else {
    const file = join(tmpdir(), `directory-${profile}-${name.replaceAll(' ', '-')}.cpuprofile`)
    await watch.writeProfile(file)
    notes.push(`Profile of the ${profile} in ${name}: ${file}`)
  }
  return ms
}

const inWords = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

async function authenticate(gate: Installation, at: number): Promise<string> {
  const parameters = { user: uidOf(at), password: companyPassword }
  const { status, body } = await gate.api('POST', `/api/groups/${gate.group}/call`, {
    operation: 'directory.authenticate',
    parameters,
  })
  return status === 200 ? String(body.result.outcome) : codeOf(body)
}

try {
  const directory = await openDirectory()
  const gate = await openGate(directory.ldapsPort, directory.authority)
  const connector = gate.connector('one')
  // Twice, and the second counts: the first one reads the database into memory, for both of us.
  await dumpDirectory(home, directory.ldapsPort, directory.authority)
  const dump = await dumpDirectory(home, directory.ldapsPort, directory.authority)
  await touch(directory.ldapsPort, directory.authority)
  const watch = isWatched ? await Watch.open((profile === 'connector' ? connector : gate.console).pid) : undefined
  for (const { pid } of [gate.console, connector]) resetPeak(pid)
  const first = await watched(watch, 'first sync', () => sync(gate, true))
  const peaks = [gate.console, connector].map(({ pid }) => peakMb(pid))
  figures.push({
    name: 'first sync',
    value: first,
    unit: 'ms',
    beside: { name: 'ldapsearch into a file', value: dump.ms },
    aim: { says: 'at most 4 times', isReached: first <= dump.ms * 4 },
  })
  await makeChanges(directory.ldapsPort, directory.authority, company)
  for (const { pid } of [gate.console, connector]) resetPeak(pid)
  const incremental = await watched(watch, 'changes', () => sync(gate, false))
  figures.push({
    name: `${changeCount} changes`,
    value: incremental,
    unit: 'ms',
    aim: { says: 'under 2 s', isReached: incremental < 2000 },
  })
  const nothing = await sync(gate, false)
  figures.push({ name: 'no changes', value: nothing, unit: 'ms' })
  const after = [gate.console, connector].map(({ pid }) => peakMb(pid))
  for (const [at, name] of ['console', 'connector'].entries()) {
    const value = peaks[at] ?? 0
    const aim = { says: 'under 250', isReached: value < 250 }
    figures.push({ name: `${name}, most memory in the first sync`, value, unit: 'MB', aim })
    figures.push({ name: `${name}, most memory in the others`, value: after[at] ?? 0, unit: 'MB' })
  }
  for (const inFlight of isWithoutSignIns ? [] : [1, 32]) {
    const through = await load(
      async (at) => {
        const outcome = await authenticate(gate, at % 1000)
        if (outcome !== 'accepted') throw new Error(outcome)
      },
      { inFlight, seconds },
    )
    const direct = await load((at) => bindDirectly(directory.ldapsPort, directory.authority, at % 1000), {
      inFlight,
      seconds,
    })
    if (through.failed + direct.failed > 0)
      notes.push(`${inFlight} in flight: ${through.failed} failed through the gate, ${direct.failed} directly`)
    figures.push({
      name: `sign-ins, ${inFlight} in flight`,
      value: through.perSecond,
      unit: '/s',
      beside: { name: 'direct binds', value: direct.perSecond },
    })
  }
  notes.push(
    `ldapsearch wrote ${Math.round(dump.bytes / 2 ** 20)} MiB. Direct binds: ldapts, a connection for each; through the gate the user is looked up first.`,
    `Processes that wanted a core when this began: ${loadBefore.toFixed(1)}. With more than two, times are those of the machine.`,
  )
} finally {
  for (const stop of stops.toReversed()) await stop()
}
// A small run is a look, not a result.
if (people === 100_000 && !isWithoutSignIns && !isWatched)
  report('directory', 'a directory of 100,000 people synchronized, and its people signed in', figures, { notes })
else {
  for (const { name, value, unit, beside } of figures)
    console.log(
      `${name}: ${value.toPrecision(4)} ${unit}${beside === undefined ? '' : ` (${beside.name}: ${beside.value.toPrecision(4)})`}`,
    )
  for (const note of notes) console.log(`  ${note}`)
}
process.exit(process.exitCode ?? 0)
