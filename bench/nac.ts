/**
 * nac at 100,000 devices: single-device queries over TLS with Basic on 64 kept connections, beside nginx with a
 * static file of the same size; the poll of 20,000 devices that are not compliant; memory; 1,000 devices beside 100,000.
 *
 *   npm run bench nac          (BENCH_DEVICES=10000 for a smaller one)
 *
 * nac is a process of its own that answers from its file; its console is not there. Client, nac and nginx share the machine.
 *
 * @module
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { toBase64Url } from '@sallygate/base/bytes'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import type { NacEntry, NacRecord } from '@sallygate/domain'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { exportPublicPoint, makePrivateKey } from '@sallygate/trust'
import { consoleFileFormat } from '../apps/nac/src/feed/console-file.ts'
import { openModel } from '../apps/nac/src/read-model/model-file.ts'
import {
  deviceRecord,
  sampleAccount,
  sampleDevice,
  sampleFacts,
  sampleGroups,
  sampleMac,
} from '../apps/nac/src/testing/sample-records.ts'
import { load, type Measured } from './parts/load.ts'
import { memoryOf, pause, startProgram, type StartedProgram } from './parts/processes.ts'
import { getRequest, TlsClient } from './parts/tls-client.ts'
import { percentile, report, thinned, type Figure } from './report.ts'

const many = Number(process.env['BENCH_DEVICES'] ?? 100_000)
const few = Math.min(1000, many)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 8)
const connections = 64
const authorization = `Basic ${Buffer.from('ise:right').toString('base64')}`
const home = mkdtempSync(join(tmpdir(), 'bench-nac-'))
const authority = await makeTlsAuthority()

interface RunningNac {
  readonly program: StartedProgram
  readonly port: number
  readonly startedInMs: number
}

async function startNac(devices: number): Promise<RunningNac> {
  const at = join(home, `nac-${devices}`)
  mkdirSync(at, { mode: 0o700 })
  const key = toBase64Url(exportPublicPoint(makePrivateKey()))
  await writeModel(join(at, 'read-model.log'), key, devices)
  // Nobody listens there: nac answers from its file alone.
  const consoleFile = { format: consoleFileFormat, consoleUrl: 'http://127.0.0.1:9', consoleKey: key, credential: 'x' }
  const { key: privateKey, cert } = await authority.issue(['localhost'])
  writeFileSync(join(at, 'console.json'), JSON.stringify(consoleFile), { mode: 0o600 })
  writeFileSync(join(at, 'tls.key'), privateKey, { mode: 0o600 })
  writeFileSync(join(at, 'tls.pem'), cert)
  const port = await freePort()
  const startedMs = performance.now()
  const program = await startProgram(
    'nac',
    {
      home: at,
      port,
      tlsCertificateFile: join(at, 'tls.pem'),
      tlsPrivateKeyFile: join(at, 'tls.key'),
      consoleFile: join(at, 'console.json'),
    },
    { settings: join(at, 'settings.json'), status: join(at, 'status.json') },
  )
  return { program, port, startedInMs: performance.now() - startedMs }
}

async function writeModel(path: string, key: string, devices: number): Promise<void> {
  const { file } = openModel({ path, console: key, clock: systemClock, log: silentLog })
  const account = await sampleAccount()
  const head: readonly NacRecord[] = [
    ...sampleGroups,
    { kind: 'settings', id: 'nac', value: sampleFacts },
    { kind: 'account', id: 'ise', value: account },
  ]
  let number = 0
  const numbered = (record: NacRecord) => ({ ...record, number: ++number }) as NacEntry
  const asOfMs = Date.now()
  file.append(head.map(numbered), { epoch: 'bench', through: number, asOfMs })
  for (let from = 0; from < devices; from += 1000) {
    const page = Array.from({ length: Math.min(1000, devices - from) }, (_, at) => recordOf(from + at)).map(numbered)
    file.append(page, { epoch: 'bench', through: number, asOfMs })
  }
  file.close()
}

/** Two addresses each; one of five is not compliant. */
function recordOf(at: number): NacRecord {
  const more = at % 5 === 0 ? { compliant: false, failureReason: 'Wi-Fi: no passcode', remediation: 'Set one' } : {}
  return deviceRecord(sampleDevice(at, { macs: [sampleMac(at), sampleMac(10_000_000 + at)], ...more }))
}

const queryOf = (at: number, devices: number) =>
  getRequest(
    `/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${sampleMac((at * 7919) % devices)}&filter=all`,
    authorization,
  )

/** As fast as it goes: whoever has an answer asks again. */
async function flatOut(port: number, requestOf: (at: number) => Buffer): Promise<Measured> {
  const client = await TlsClient.open({ port, ca: authority.certificate }, connections)
  let lane = 0
  const lanes = new Map<number, number>()
  const measured = await load(
    async (at) => {
      // Each of the loop's turns keeps a connection to itself for as long as its question takes.
      let mine = lane++ % connections
      while (lanes.has(mine)) mine = (mine + 1) % connections
      lanes.set(mine, at)
      try {
        await client.ask(mine, requestOf(at))
      } finally {
        lanes.delete(mine)
      }
    },
    { inFlight: connections, seconds },
  )
  client.close()
  return measured
}

/** So many a second, spread over the connections, each at its own moment. */
async function paced(port: number, perSecond: number, requestOf: (at: number) => Buffer): Promise<Measured> {
  const client = await TlsClient.open({ port, ca: authority.certificate }, connections)
  const samples: number[] = []
  let failed = 0
  let count = 0
  const everyMs = (connections * 1000) / perSecond
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  const one = async (connection: number) => {
    let dueMs = startedMs + (everyMs * connection) / connections
    while (dueMs < untilMs) {
      const waitMs = dueMs - performance.now()
      if (waitMs > 0.5) await pause(waitMs)
      const beganMs = performance.now()
      await client.ask(connection, requestOf(count++)).then(
        () => samples.push(performance.now() - beganMs),
        () => failed++,
      )
      dueMs += everyMs
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, connection) => one(connection)))
  client.close()
  const perSecondReached = (samples.length * 1000) / (performance.now() - startedMs)
  return { perSecond: perSecondReached, sorted: samples.toSorted((a, b) => a - b), failed }
}

interface Poll {
  readonly tookMs: number
  readonly slowestPageMs: number
  readonly devices: number
}

async function poll(port: number): Promise<Poll> {
  const client = await TlsClient.open({ port, ca: authority.certificate }, 1)
  const startedMs = performance.now()
  let slowestPageMs = 0
  let devices = 0
  let token = '0'
  do {
    const path = `/ciscoise/mdmapi/v3/devices/?paging=${token}&querycriteria=compliance&value=false&deviceidentifier=guid`
    const beganMs = performance.now()
    const text = (await client.ask(0, getRequest(path, authorization))).toString('latin1')
    slowestPageMs = Math.max(slowestPageMs, performance.now() - beganMs)
    devices += text.split('<device>').length - 1
    token = /<paging_info>(\d+)</.exec(text)?.[1] ?? '0'
  } while (token !== '0')
  client.close()
  return { tookMs: performance.now() - startedMs, slowestPageMs, devices }
}

/** A static file of the size of an answer, over the same TLS. `undefined` where there is no nginx. */
async function startNginx(
  bytes: number,
  tls: TlsAuthority,
): Promise<{ port: number; stop: () => Promise<void> } | undefined> {
  if (spawnSync('nginx', ['-v']).error !== undefined) return undefined
  const at = join(home, 'nginx')
  mkdirSync(at)
  const { key, cert } = await tls.issue(['localhost'])
  writeFileSync(join(at, 'tls.key'), key, { mode: 0o600 })
  writeFileSync(join(at, 'tls.pem'), cert)
  mkdirSync(join(at, 'html'))
  writeFileSync(join(at, 'html/answer.xml'), 'x'.repeat(bytes))
  const port = await freePort()
  writeFileSync(
    join(at, 'nginx.conf'),
    `daemon off; worker_processes auto; pid ${at}/pid; error_log ${at}/error.log; ${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 512; }
http {
  access_log off; sendfile on; open_file_cache max=10; keepalive_requests 100000000;
  client_body_temp_path ${at}/a; proxy_temp_path ${at}/b; fastcgi_temp_path ${at}/c; uwsgi_temp_path ${at}/d; scgi_temp_path ${at}/e;
  types { application/xml xml; }
  server { listen 127.0.0.1:${port} ssl; ssl_certificate ${at}/tls.pem; ssl_certificate_key ${at}/tls.key; root ${at}/html; }
}
`,
  )
  const child = spawn('nginx', ['-c', join(at, 'nginx.conf'), '-p', at], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await pause(500)
  return {
    port,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

const [loadBefore = 0] = loadavg()
const small = await startNac(few)
const smallPaced = await paced(small.port, 1000, (at) => queryOf(at, few))
await small.program.stop()

const nac = await startNac(many)
const first = await TlsClient.open({ port: nac.port, ca: authority.certificate }, 1)
const answer = await first.ask(0, queryOf(1, many))
const bodyBytes = answer.length - answer.indexOf('\r\n\r\n') - 4
first.close()
const idle = memoryOf(nac.program.pid)
const largePaced = await paced(nac.port, 1000, (at) => queryOf(at, many))
const demanded = await paced(nac.port, 2000, (at) => queryOf(at, many))
const fastest = await flatOut(nac.port, (at) => queryOf(at, many))
const nginx = await startNginx(bodyBytes, authority)
const file = getRequest('/answer.xml')
const nginxFastest = nginx === undefined ? undefined : await flatOut(nginx.port, () => file)
await nginx?.stop()
const polled = await poll(nac.port)
const [meanwhile] = await Promise.all([
  paced(nac.port, 500, (at) => queryOf(at, many)),
  (async () => {
    for (let times = 0; times < 3; times++) await poll(nac.port)
  })(),
])
const loaded = memoryOf(nac.program.pid)
await nac.program.stop()
rmSync(home, { recursive: true, force: true })

const p = ({ sorted }: Measured, share: number) => percentile(sorted, share)
const beside = (value: number | undefined) =>
  value === undefined ? {} : { beside: { name: 'nginx, static file', value } }
const figures: readonly Figure[] = [
  {
    name: '2,000 queries/s asked for, reached',
    value: demanded.perSecond,
    unit: '/s',
    must: { says: '2,000/s', isReached: demanded.perSecond >= 1980 && demanded.failed === 0 },
  },
  { name: 'at that rate, p50', value: p(demanded, 0.5), unit: 'ms' },
  {
    name: 'at that rate, p99',
    value: p(demanded, 0.99),
    unit: 'ms',
    must: { says: 'under 20 ms', isReached: p(demanded, 0.99) < 20 },
  },
  {
    name: `flat out, ${connections} connections`,
    value: fastest.perSecond,
    unit: '/s',
    ...beside(nginxFastest?.perSecond),
    aim: {
      says: 'a third of nginx',
      isReached: nginxFastest === undefined || fastest.perSecond >= nginxFastest.perSecond / 3,
    },
  },
  { name: 'flat out, p50', value: p(fastest, 0.5), unit: 'ms', ...beside(nginxFastest && p(nginxFastest, 0.5)) },
  { name: 'flat out, p99', value: p(fastest, 0.99), unit: 'ms', ...beside(nginxFastest && p(nginxFastest, 0.99)) },
  {
    name: `1,000/s with ${many.toLocaleString('en')} devices, p50`,
    value: p(largePaced, 0.5),
    unit: 'ms',
    beside: { name: `${few.toLocaleString('en')} devices`, value: p(smallPaced, 0.5) },
    aim: { says: 'no growth', isReached: p(largePaced, 0.5) < p(smallPaced, 0.5) * 1.5 + 0.1 },
  },
  {
    name: `1,000/s with ${many.toLocaleString('en')} devices, p99`,
    value: p(largePaced, 0.99),
    unit: 'ms',
    beside: { name: `${few.toLocaleString('en')} devices`, value: p(smallPaced, 0.99) },
  },
  { name: `poll of ${polled.devices.toLocaleString('en')} devices, all pages`, value: polled.tookMs, unit: 'ms' },
  { name: 'poll, slowest page of 1,000', value: polled.slowestPageMs, unit: 'ms' },
  { name: 'queries while a poll runs, p99', value: p(meanwhile, 0.99), unit: 'ms' },
  { name: 'from the start of the process to the first answer', value: nac.startedInMs, unit: 'ms' },
  { name: 'memory, loaded and idle', value: idle.residentMb, unit: 'MB' },
  {
    name: 'memory, after all of this',
    value: loaded.residentMb,
    unit: 'MB',
    aim: { says: 'under 300 MB', isReached: loaded.residentMb < 300 },
  },
]
report(
  'nac',
  `${many.toLocaleString('en')} devices, single-device queries over TLS with Basic, ${connections} kept connections`,
  figures,
  {
    distributions: {
      'at 2,000/s': thinned(demanded.sorted),
      'flat out': thinned(fastest.sorted),
      ...(nginxFastest === undefined ? {} : { nginx: thinned(nginxFastest.sorted) }),
    },
    notes: [
      `An answer has ${bodyBytes} bytes. Client, nac and nginx share the machine's cores; nginx runs one worker per core, nac one process.`,
      `Processes that wanted a core when this began: ${loadBefore.toFixed(1)}. With more than two, latencies are those of the machine.`,
      ...(nginx === undefined ? ['nginx is not installed, so nothing stands beside.'] : []),
    ],
  },
)
