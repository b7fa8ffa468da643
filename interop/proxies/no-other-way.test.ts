/**
 * Nothing leaves but through the proxy: a connector in a network of its own, where every other packet is counted.
 *
 * The connector is the real program; relay, proxy and console stand outside of its network.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { readConnectorStatus, readHostSettings } from '@sallygate/connector'
import { refusal, startScriptedProxy, tunnel, type ScriptedProxy } from '@sallygate/testkit/scripted-proxy'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { GateOfOne } from '../../apps/connector/src/testing/gate-of-one.ts'
import { makeNamespace, missingForNamespace, type Namespace } from './namespace.ts'

const missing = missingForNamespace()
if (missing !== undefined) console.log(`skipped: nothing leaves but through the proxy, ${missing}`)

const program = join(import.meta.dirname, '../../apps/connector/src/main.ts')
const cli = join(import.meta.dirname, '../../apps/cli/bin/sallygate.cjs')
/** Known to the proxy only. */
const relayName = 'localhost'

describe.skipIf(missing !== undefined)('in a network where only the proxy can be reached', () => {
  let gate: GateOfOne
  let network: Namespace
  let proxy: ScriptedProxy
  let entrance: Entrance
  let said = ''

  beforeAll(async () => {
    gate = await GateOfOne.enrolled()
    proxy = await startScriptedProxy({ hosts: { [relayName]: gate.console.relay.port } })
  }, 30_000)
  afterEach(async () => {
    await network.stop()
    await entrance.stop()
    proxy.answer = () => tunnel
    said = ''
  })
  afterAll(async () => {
    await proxy.stop()
    await gate[Symbol.asyncDispose]()
  })

  /** A network from which the proxy can be reached, and nothing else. */
  async function prepare(values: (proxyUrl: string) => Readonly<Record<string, unknown>>): Promise<void> {
    network = makeNamespace()
    entrance = await openEntrance(network.outside, proxy.port)
    network.allow(entrance.port)
    const settings = {
      home: gate.home,
      relayCaFile: gate.console.caFile,
      relayUrl: `wss://relay.office.invalid:443/awcm`,
      ...values(`http://${network.outside}:${entrance.port}`),
    }
    writeFileSync(join(gate.home, 'settings.json'), JSON.stringify(settings))
  }

  const run = (file: string, ...args: readonly string[]): ChildProcess =>
    network.spawn(process.execPath, [file, ...args], (text) => (said += text))

  const start = () => run(program, '--settings', join(gate.home, 'settings.json'))

  async function until(isTrue: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 30_000
    while (!isTrue()) {
      if (Date.now() > end) throw new Error(`waited too long for ${what}: ${said.slice(-2000)}`)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }

  /** As often as this, so that a second and a third attempt are seen too. */
  const hasFailed = (code: string, times: number) => () =>
    statusOf()?.relay.lastFailure?.code === code && proxyOrPacAttempts() >= times

  const statusOf = () => (existsSync(join(gate.home, 'status.json')) ? readConnectorStatus(gate.home).facts : undefined)
  const proxyOrPacAttempts = () => said.split('no session with the relay').length - 1

  test('the connector attaches, answers, checks and reconnects, and not one packet goes another way', async () => {
    await prepare((proxyUrl) => ({ proxyUrl, relayUrl: `wss://${relayName}/awcm` }))
    const child = start()
    await until(() => statusOf()?.isLive === true && statusOf()?.wayOut !== undefined, 'a live connector')

    const answer = await gate.call('instance.status')
    entrance.cut()
    await until(() => statusOf()?.relay.reconnects === 1, 'a second session')
    const again = await gate.call('instance.status')
    let checked = ''
    const words = [cli, 'connector', 'check', '--home', gate.home, '--json']
    const check = network.spawn(process.execPath, words, (text) => (checked += text))
    await once(check, 'close')
    const rows = JSON.parse(checked) as readonly { readonly target: string; readonly result: string }[]
    const way = rows.slice(rows.findIndex(({ target }) => target === 'way out'))
    child.kill('SIGTERM')

    expect([answer.outcome, again.outcome]).toEqual(['done', 'done'])
    expect(way.map(({ target }) => target)).toContain(`proxy CONNECT ${relayName}:443`)
    expect(way.map(({ result }) => result)).toEqual(way.map(() => 'ok'))
    expect(network.counted().elsewhere).toBe(0)
    expect(network.counted().allowed).toBeGreaterThan(20)
  }, 60_000)

  test('it enrolls there as well, by the command, and nothing goes another way', async () => {
    await prepare((proxyUrl) => ({ proxyUrl }))
    const code = join(gate.home, 'code')
    writeFileSync(code, gate.console.newCode(), { mode: 0o600 })
    const home = join(gate.home, 'second')

    const proxyUrl = readHostSettings(gate.home).proxyUrl ?? ''
    const place = ['--home', home, '--relay', `wss://${relayName}/awcm`, '--relay-ca', gate.console.caFile]
    const child = run(cli, 'connector', 'enroll', ...place, '--code-file', code, '--proxy', proxyUrl)
    const [ended] = (await once(child, 'exit')) as [number]

    expect(`${ended} ${said}`).toMatch(/^0 /)
    expect(readHostSettings(home).proxyUrl).toBe(proxyUrl)
    expect(network.counted().elsewhere).toBe(0)
  }, 60_000)

  const bad: readonly (readonly [string, string, (proxyUrl: string) => Readonly<Record<string, unknown>>])[] = [
    ['refuses', 'DIAL_PROXY_FORBIDDEN', (proxyUrl) => ({ proxyUrl })],
    [
      'is named by a PAC file that also says DIRECT',
      'DIAL_PROXY_FORBIDDEN',
      (proxyUrl) => ({ proxyPac: pacFile(`PROXY ${proxyUrl.slice(7)}; DIRECT`) }),
    ],
    ['is not named by its PAC file, which says DIRECT', 'DIAL_PROXY_NO_WAY', () => ({ proxyPac: pacFile('DIRECT') })],
  ]
  const pacFile = (answer: string) => {
    const file = join(gate.home, 'proxy.pac')
    // It tries to look the relay up, too.
    writeFileSync(
      file,
      `function FindProxyForURL(url, host) { dnsResolve(host); isInNet(host, "10.0.0.0", "255.0.0.0"); myIpAddress(); return ${JSON.stringify(answer)} }`,
    )
    return file
  }

  test.each(bad)(
    'when the proxy %s, nothing is tried past it',
    async (_, code, values) => {
      await prepare(values)
      proxy.answer = () => refusal(403)
      start()

      await until(hasFailed(code, 1), code)
      await new Promise((resolve) => setTimeout(resolve, 1500))

      expect(network.counted().elsewhere).toBe(0)
    },
    60_000,
  )

  test('when the proxy is away, nothing is tried past it', async () => {
    await prepare((proxyUrl) => ({ proxyUrl }))
    await entrance.stop()
    start()

    await until(hasFailed('DIAL_PROXY_UNREACHABLE', 1), 'DIAL_PROXY_UNREACHABLE')
    await new Promise((resolve) => setTimeout(resolve, 1500))

    expect(network.counted()).toMatchObject({ elsewhere: 0 })
    expect(network.counted().allowed).toBeGreaterThan(0)
  }, 60_000)

  test('without a proxy the counter sees what goes another way, so it would see it above', async () => {
    await prepare(() => ({ relayUrl: `wss://203.0.113.7/awcm` }))
    start()

    await until(() => network.counted().elsewhere > 0, 'a packet')
  }, 60_000)
})

interface Entrance {
  readonly port: number
  /** Ends what is open. */
  cut(): void
  stop(): Promise<void>
}

/** The proxy listens on loopback of this machine; this is its door to the other network. */
async function openEntrance(address: string, to: number): Promise<Entrance> {
  const open = new Set<Socket>()
  const server: Server = createServer((client) => {
    const upstream = connect({ port: to, host: '127.0.0.1' })
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket))
    }
    client.pipe(upstream).on('close', () => client.destroy())
    upstream.pipe(client).on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve))
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async stop() {
      cut()
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
