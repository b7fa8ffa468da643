import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { sampleOfficeSettings, startSampleOffice, baseDn, everybodysPassword, reader } from '@sallygate/sample-office'
import { certificatePem } from '@sallygate/trust'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkConnector } from './check.ts'
import { policyTemplate } from './policy-template.ts'
import { readConnectorStatus } from './status.ts'
import { GateOfOne } from './testing/gate-of-one.ts'
import { listeningSockets } from './testing/listening-sockets.ts'

const program = join(import.meta.dirname, 'main.ts')

let gate: GateOfOne
let office: Awaited<ReturnType<typeof startSampleOffice>>
const children: ChildProcess[] = []
let said = ''
beforeEach(async () => {
  gate = await GateOfOne.empty()
  const { authority, directory } = gate.console
  const { certificate, privateKey } = await authority.tls()
  const values = {
    home: directory,
    tlsCertificateFile: join(directory, 'office.pem'),
    tlsPrivateKeyFile: join(directory, 'office.key'),
  }
  writeFileSync(values.tlsCertificateFile, certificatePem(certificate))
  writeFileSync(values.tlsPrivateKeyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  const settings = sampleOfficeSettings.parse([{ name: 'test', values }])
  office = await startSampleOffice(settings, { log: silentLog, since: new Date() })
  gate.writePolicy(policyTemplate([`127.0.0.1:${office.port}`]))
  await gate.enroll()
  writeFileSync(join(gate.home, 'settings.json'), JSON.stringify({ home: gate.home, relayCaFile: gate.console.caFile }))
  said = ''
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await office.stop()
  await gate[Symbol.asyncDispose]()
})

/** Starts the program and waits until it says that it is live. */
async function run(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, [program, '--settings', join(gate.home, 'settings.json')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.push(child)
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  for (let waitedMs = 0; waitedMs < 9000 && child.exitCode === null; waitedMs += 50) {
    if (isLive(child.pid)) return child as ChildProcess & { readonly pid: number }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the connector did not come up: ${said}`)
}

function isLive(pid: number | undefined): boolean {
  if (!existsSync(join(gate.home, 'status.json'))) return false
  const status = readConnectorStatus(gate.home)
  return status.pid === pid && status.facts.isLive
}

const directorySettings = () => ({
  type: 'generic',
  servers: [{ host: '127.0.0.1', port: office.port }],
  encryption: 'ldaps',
  trust: certificatePem(gate.console.authority.root.certificate),
  bindDn: reader.dn,
  bindPassword: reader.password,
  baseDn,
})

async function useEverything(): Promise<readonly string[]> {
  const configure = { service: 'directory', settings: directorySettings(), generation: 1 }
  const answers = [
    await gate.call('instance.configure', configure, { class: 'S', generation: 1 }),
    await gate.call('directory.search', { kind: 'users', limit: 5 }),
    await gate.call('directory.authenticate', { user: 'nobody', password: everybodysPassword }, { class: 'B' }),
    await gate.call('directory.check', {}, { withinMs: 20_000 }),
    await gate.call('instance.check', {}, { withinMs: 20_000 }),
    await gate.call('instance.status'),
  ]
  return answers.map(({ outcome }) => outcome)
}

test('after all operations the process listens nowhere, and nothing secret is in its log', async (t) => {
  const child = await run()

  const outcomes = await useEverything()

  const listening = listeningSockets(child.pid)
  if (listening === undefined) return t.skip('no /proc on this system')
  expect(outcomes).toEqual(outcomes.map(() => 'done'))
  expect(listening).toEqual([])
  expect(said).toContain('session open')
  for (const secret of [reader.password, everybodysPassword, 'PRIVATE KEY']) expect(said).not.toContain(secret)
}, 30_000)

test('the look at sockets that finds none here finds the ones there are', async (t) => {
  const server = createServer().listen(join(gate.home, 'probe.sock'))
  await once(server, 'listening')

  const listening = listeningSockets(process.pid)
  server.close()

  if (listening === undefined) return t.skip('no /proc on this system')
  expect(listening.some((socket) => socket.startsWith('tcp'))).toBe(true)
  expect(listening.some((socket) => socket.endsWith('probe.sock'))).toBe(true)
})

test('killed and started again it serves at once from what it has, and carries out nothing recorded', async () => {
  const first = await run()
  await useEverything()
  const recorded = gate.console.sent.map(({ cargo }) => cargo)
  first.kill('SIGKILL')
  await once(first, 'exit')
  const before = Date.now()

  const second = await run()
  const searched = await gate.call('directory.search', { kind: 'users', limit: 5 })
  const tookMs = Date.now() - before
  for (const cargo of recorded) gate.console.deliver(gate.console.member(), cargo)
  await gate.call('instance.status')
  second.kill('SIGTERM')
  await once(second, 'exit')

  expect(searched).toMatchObject({ outcome: 'done' })
  expect(readConnectorStatus(gate.home).facts.refusals).toEqual({ ENVELOPE_CANNOT_OPEN: recorded.length })
  expect(tookMs).toBeLessThan(8000)
}, 30_000)

test.each([
  ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
  ['the end of its standard input', (child: ChildProcess) => child.stdin?.end()],
])(
  'it stops within four seconds on %s, and leaves no lock',
  async (_, stop) => {
    const child = await run()
    const before = Date.now()

    stop(child)
    const [code] = (await once(child, 'exit')) as [number]

    expect(code).toBe(0)
    expect(Date.now() - before).toBeLessThan(4000)
    expect(existsSync(join(gate.home, 'connector.lock'))).toBe(false)
  },
  20_000,
)

test('a check beside the running connector names every step and changes nothing', async () => {
  await run()
  await useEverything()
  const before = readFileSync(join(gate.home, 'journal.bin'))

  const rows = await checkConnector(gate.home)
  const service = await checkConnector(gate.home, { service: 'directory' })

  expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
  const targets = rows.map(({ target }) => target)
  for (const wanted of ['identity', 'certificate', 'trust set', 'policy file', 'journal', 'running connector', 'clock'])
    expect(targets).toContain(wanted)
  expect(targets.some((target) => target.startsWith('TLS 127.0.0.1'))).toBe(true)
  expect(service.length).toBeGreaterThan(2)
  expect(service.every(({ target }) => !targets.includes(target) || rows.some((row) => row.target === target))).toBe(
    true,
  )
  expect(readFileSync(join(gate.home, 'journal.bin'))).toEqual(before)
}, 30_000)

test('without settings or with a misspelled one it ends with a code that says so', async () => {
  const endOf = async (content: string) => {
    writeFileSync(join(gate.home, 'settings.json'), content)
    const child = spawn(process.execPath, [program, '--settings', join(gate.home, 'settings.json')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    children.push(child)
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
    const [code] = (await once(child, 'exit')) as [number]
    return { code, out }
  }

  const [broken, misspelled] = [await endOf('{'), await endOf(JSON.stringify({ hom: gate.home }))]

  expect([broken.code, misspelled.code]).toEqual([78, 78])
  expect(broken.out).toContain('SETTINGS_FILE_MALFORMED')
  expect(misspelled.out).toContain('SETTINGS_UNKNOWN')
}, 20_000)
