/**
 * T13: a proxy that opens TLS and keeps what it sees; and one that lets no WebSocket through (T11).
 */
import { connect as connectTls } from 'node:tls'
import { consoleAddress, randomId } from '@sallygate/hop'
import { startHostileRelay, type HostileRelay } from '@sallygate/testkit/hostile-relay'
import { inspection } from '@sallygate/testkit/inspecting-proxy'
import { startScriptedProxy } from '@sallygate/testkit/scripted-proxy'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { Bench, firstFailure } from '../testing/peers.ts'
import { realRelay } from '../testing/real-relay.ts'
import { wayOut } from '../testing/ways-out.ts'

const soon = { timeout: 8000, interval: 10 }
const name = 'relay.office.invalid'
const url = `https://${name}/awcm`

const bench = new Bench()
let ours: TlsAuthority
let corporate: TlsAuthority
let relay: HostileRelay

beforeAll(async () => {
  ours = await makeTlsAuthority()
  corporate = await makeTlsAuthority()
})
afterEach(() => bench.clear())

async function inspecting(more: { readonly upgradeAnswer?: string } = {}) {
  relay = bench.keep(await startHostileRelay({ tls: await ours.issue([name, 'localhost']) }))
  const watched = inspection({
    identity: await corporate.issue([name]),
    serverAuthority: ours.certificate,
    serverName: name,
    ...more,
  })
  const proxy = bench.keep(await startScriptedProxy({ hosts: { [name]: relay.port }, inside: watched.inside }))
  const { connect } = wayOut({ proxyUrl: `http://localhost:${proxy.port}` })
  const client = (ca: readonly string[], options = {}) =>
    bench.client({ url, relay: relay.relay }, { connect, tls: { ca }, ...options })
  return { watched, client }
}

test('without its authority nothing is said to it, and nothing weaker is tried (T13)', async () => {
  const { watched, client } = await inspecting()

  const failure = await firstFailure((options) => client([ours.certificate], options))

  expect(failure).toMatchObject({ code: 'DIAL_TLS_UNTRUSTED', fix: expect.stringContaining('inspects TLS') as string })
  expect(Buffer.concat(watched.said).length).toBe(0)
  expect(relay.recording.messages).toEqual([])
})

test('with its authority the session stands, and replaying the record of it makes none (T13)', async () => {
  const { watched, client } = await inspecting()
  const trusting = client([ours.certificate, corporate.certificate])
  await trusting.attached()
  expect(watched.said[0]?.toString('latin1')).toContain('Upgrade: websocket')
  await trusting.stop()
  await expect.poll(() => relay.peers().filter(({ address }) => address !== undefined), soon).toEqual([])

  const replay = connectTls({ port: relay.port, host: '127.0.0.1', servername: name, ca: ours.certificate })
  const answers: Buffer[] = []
  replay.on('data', (chunk: Buffer) => answers.push(chunk)).on('error', () => undefined)
  const ended = new Promise((resolve) => replay.on('close', resolve))
  replay.write(watched.said[0] ?? Buffer.alloc(0))
  await ended

  // The record holds the answer to another nonce, so the relay says no and nobody is attached.
  expect(Buffer.concat(answers).toString('latin1')).toContain('101 Switching Protocols')
  expect(relay.peers().filter(({ address }) => address !== undefined)).toEqual([])
})

test('a record with a byte changed makes no session either (T13)', async () => {
  const { watched, client } = await inspecting()
  const trusting = client([ours.certificate, corporate.certificate])
  await trusting.attached()
  await trusting.stop()
  const said = watched.said[0] ?? Buffer.alloc(0)

  for (const at of [20, 60, said.length - 8]) {
    const altered = Buffer.from(said)
    altered[at] = (altered[at] ?? 0) ^ 1
    const replay = connectTls({ port: relay.port, host: '127.0.0.1', servername: name, ca: ours.certificate })
    replay.on('error', () => undefined).on('data', () => undefined)
    replay.write(altered)
    replay.end()
    await new Promise((resolve) => replay.on('close', resolve))
  }

  expect(relay.peers().filter(({ address }) => address !== undefined)).toEqual([])
})

test('that answers the WebSocket with a page and 200: named, then reached by plain requests through the same proxy, and remembered (T11)', async () => {
  const real = await realRelay(bench)
  const watched = inspection({
    identity: await corporate.issue(['localhost']),
    serverAuthority: real.tls.ca[0] ?? '',
    serverName: 'localhost',
    upgradeAnswer: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno!\n',
  })
  const proxy = bench.keep(
    await startScriptedProxy({ hosts: { localhost: real.running.port }, inside: watched.inside }),
  )
  const { connect } = wayOut({ proxyUrl: `http://localhost:${proxy.port}` })
  const remembered: string[] = []
  const failures: unknown[] = []
  const start = (first: 'webSocket' | 'longPoll') =>
    bench.client(real.at, {
      ...real.consoleKeys,
      address: consoleAddress(randomId()),
      connect,
      tls: { ca: [corporate.certificate] },
      tuning: { backOffBaseMs: 20 },
      way: { first, onChange: (way) => remembered.push(way) },
      onState: (state) => {
        if ('failure' in state) failures.push(state.failure.code)
      },
    })

  const client = start('webSocket')
  await client.attached()

  expect(failures).toEqual(['DIAL_NOT_A_RELAY'])
  expect(client.status().way).toBe('longPoll')
  expect(remembered).toEqual(['longPoll'])
  await client.stop()
  await start('longPoll').attached()
  expect(failures).toEqual(['DIAL_NOT_A_RELAY'])
  expect(proxy.connections).toBeGreaterThan(1)
})
