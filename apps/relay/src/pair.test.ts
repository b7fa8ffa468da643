import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { startLagProxy } from '@sallygate/testkit/lag-proxy'
import { anyConsole, randomId, signHandOver, signWith, type FrameNamed } from '@sallygate/hop'
import type { Bus } from './bus/bus.ts'
import { LocalNetwork } from './bus/local-bus.ts'
import { startTcpBus } from './bus/tcp-bus.ts'
import { relaySettings, startRelay, type Relay } from './index.ts'
import { addressOf, person, type Person, type TrialPeer } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

const soon = { timeout: 8000, interval: 10 }

interface Node {
  readonly relay: Relay
  readonly url: string
  readonly bus: Bus
}

interface Pair extends AsyncDisposable {
  readonly trial: Trial
  readonly a: Node
  readonly b: Node
  split(): Promise<void>
  heal(): Promise<void>
  attach(who: Person, node: Node): Promise<TrialPeer>
}

/** One relay of two nodes, each with files of its own. */
async function nodeOf(trial: Trial, bus: Bus, name: string): Promise<Node> {
  const values = {
    address: '127.0.0.1',
    port: 0,
    tlsCertificateFile: trial.file('tls.pem'),
    tlsKeyFile: trial.file('tls.key'),
    secureChannelFile: trial.file('channel.json'),
    admissionFile: trial.file(`admission-${name}.bin`),
    drainMs: '100ms',
  }
  const settings = relaySettings.parse([{ name, values }])
  const relay = await startRelay({ settings, clock: systemClock, log: silentLog, bus })
  return { relay, bus, url: `wss://127.0.0.1:${relay.port}/awcm` }
}

type Start = () => Promise<Pair>

function pairOf(trial: Trial, a: Node, b: Node, wires: Pick<Pair, 'split' | 'heal'>, more: () => Promise<void>): Pair {
  return {
    trial,
    a,
    b,
    ...wires,
    attach: (who, node) => trial.attach(who, { url: node.url }),
    async [Symbol.asyncDispose]() {
      await trial[Symbol.asyncDispose]()
      await Promise.all([a.relay.stop(), b.relay.stop()])
      await more()
    },
  }
}

const inOneProcess: Start = async () => {
  const trial = Trial.prepare()
  const network = new LocalNetwork()
  const a = await nodeOf(trial, network.join(), 'a')
  const b = await nodeOf(trial, network.join(), 'b')
  const split = async () => network.split(a.bus.node, b.bus.node)
  const heal = async () => network.heal(a.bus.node, b.bus.node)
  return pairOf(trial, a, b, { split, heal }, async () => {})
}

const overTcp: Start = async () => {
  const trial = Trial.prepare()
  const keyFile = trial.file('bus.key')
  writeFileSync(keyFile, Buffer.alloc(32, 9), { mode: 0o600 })
  const shared = { clock: systemClock, log: silentLog, relay: trial.relayId, keyFile, address: '127.0.0.1', port: 0 }
  const first = await startTcpBus({ ...shared, peers: '127.0.0.1:1' })
  const toFirst = await startLagProxy({ port: first.port })
  const second = await startTcpBus({ ...shared, peers: `127.0.0.1:${toFirst.port}` })
  const toSecond = await startLagProxy({ port: second.port })
  ;(first as unknown as { dial(host: string, port: number): void }).dial('127.0.0.1', toSecond.port)
  const a = await nodeOf(trial, first, 'a')
  const b = await nodeOf(trial, second, 'b')
  await expect.poll(() => first.nodes.length + second.nodes.length, soon).toBe(2)
  const split = async () => {
    toFirst.ways = { blackHole: 'both' }
    toSecond.ways = { blackHole: 'both' }
    await expect.poll(() => first.nodes.length + second.nodes.length, soon).toBe(0)
  }
  const heal = async () => {
    toFirst.ways = {}
    toSecond.ways = {}
    // What was begun in the dark stays dark.
    toFirst.reset()
    toSecond.reset()
    await expect.poll(() => first.nodes.length + second.nodes.length, soon).toBe(2)
  }
  return pairOf(trial, a, b, { split, heal }, async () => {
    await toFirst.stop()
    await toSecond.stop()
  })
}

const admitted = async (pair: Pair, console: TrialPeer, ...members: readonly Person[]) => {
  await pair.trial.admit(console, ...members)
  await expect
    .poll(() => pair.b.relay.statistics()['admissionNumber'], soon)
    .toBe(pair.a.relay.statistics()['admissionNumber'])
}

const text = ({ cargo }: FrameNamed<'cargo'>) => Buffer.from(cargo).toString()

describe.each<[string, Start]>([
  ['in one process', inOneProcess],
  ['over TCP', overTcp],
])('two nodes %s', (_adapter, start) => {
  test('a console at one reaches a connector at the other, and is answered', async () => {
    await using pair = await start()
    const connector = person('connector')
    const console = await pair.attach(pair.trial.console, pair.a)
    await admitted(pair, console, connector)
    const far = await pair.attach(connector, pair.b)
    expect((await console.next('rosterChange')).entry).toMatchObject({ instance: connector.identity.instance })

    console.cargo(addressOf(connector), 'question')
    const question = await far.next('cargo')
    far.cargo(question.from, 'answer')
    far.cargo(anyConsole, 'to any')

    expect(text(question)).toBe('question')
    expect(question.from).toEqual(addressOf(pair.trial.console))
    expect([text(await console.next('cargo')), text(await console.next('cargo'))]).toEqual(['answer', 'to any'])
  })

  test('a list pushed at one is in force at both, and ends whoever it leaves out (PROTOCOL M-H33)', async () => {
    await using pair = await start()
    const connector = person('connector')
    const console = await pair.attach(pair.trial.console, pair.a)
    await admitted(pair, console, connector)
    const far = await pair.attach(connector, pair.b)

    await pair.trial.admit(console)

    expect((await far.next('refused')).reason).toBe('notAdmitted')
  })

  test('what becomes of a cargo at the other node is told to its sender', async () => {
    await using pair = await start()
    const connector = person('connector')
    const console = await pair.attach(pair.trial.console, pair.a)
    await admitted(pair, console, connector)
    await pair.attach(connector, pair.b)
    await console.next('rosterChange')

    const tokens = Array.from({ length: 65 }, () => console.cargo(addressOf(connector), 'x'))

    expect(await console.next('undelivered')).toMatchObject({ token: tokens[64], reason: 'busy' })
  })

  test('a guest at one is answered by a console at the other', async () => {
    await using pair = await start()
    const console = await pair.attach(pair.trial.console, pair.a)
    await admitted(pair, console)
    const guest = await pair.attach(person('guest'), pair.b)

    guest.cargo(anyConsole, 'may I?')
    const asked = await console.next('cargo')
    console.cargo(asked.from, 'welcome')

    expect(text(await guest.next('cargo'))).toBe('welcome')
  })

  test('a hand-over from node to node: what waits moves, consoles hear of it wherever they are (PROTOCOL M-H27)', async () => {
    await using pair = await start()
    const connector = person('connector')
    const console = await pair.attach(pair.trial.console, pair.b)
    await pair.trial.admit(console, connector)
    await expect.poll(() => pair.a.relay.statistics()['admissionNumber'], soon).toBe(1)
    const old = await pair.trial.open({ url: pair.a.url })
    await old.prove(connector)
    const { attachment } = await old.next('attached')
    await console.next('rosterChange')
    for (let count = 0; count < 40; count++) console.cargo(addressOf(connector), `${count}`)
    await expect.poll(() => pair.a.relay.statistics()['busReceived'], soon).toBe(40)
    const next = await pair.trial.open({ url: pair.b.url })
    await next.prove(connector)
    const { attachment: successor } = await next.next('attached')
    const { group, instance } = connector.identity
    const statement = { relay: pair.trial.relayId, group, instance, attachment, successor }

    old.send(await signHandOver(statement, signWith(connector.privateKey)))
    await old.next('handedOver')

    const waited: string[] = []
    while (waited.length < 8) waited.push(text(await next.next('cargo')))
    expect(waited).toEqual(['32', '33', '34', '35', '36', '37', '38', '39'])
    expect(await console.next('handedOver')).toMatchObject({ attachment, successor })
  })

  test('a split takes the peers of the other side away, and healing brings them back (PROTOCOL M-H33)', async () => {
    await using pair = await start()
    const [here, there] = [person('connector'), person('connector')]
    const console = await pair.attach(pair.trial.console, pair.a)
    await admitted(pair, console, here, there)
    const near = await pair.attach(here, pair.a)
    await pair.attach(there, pair.b)
    await console.next('rosterChange')
    await console.next('rosterChange')

    await pair.split()
    const left = await console.next('rosterChange')
    const lost = console.cargo(addressOf(there), 'x')
    console.cargo(addressOf(here), 'y')

    expect(left).toMatchObject({ event: 'left', entry: { instance: there.identity.instance } })
    expect(await console.next('undelivered')).toMatchObject({ token: lost, reason: 'noSuchPeer' })
    expect(text(await near.next('cargo'))).toBe('y')
    // Revoked on one side meanwhile: the newer list wins as soon as there is a way.
    await pair.trial.admit(console, here)
    await pair.heal()
    await expect.poll(() => pair.b.relay.statistics()['connectors'], soon).toBe(0)
  }, 20_000)

  test('a node that is gone takes its peers along, at once', async () => {
    await using pair = await start()
    const connector = person('connector')
    const console = await pair.attach(pair.trial.console, pair.a)
    await admitted(pair, console, connector)
    await pair.attach(connector, pair.b)
    await console.next('rosterChange')

    pair.b.bus.stop()

    expect(await console.next('rosterChange')).toMatchObject({ event: 'left' })
    expect(pair.a.relay.statistics()).toMatchObject({ busNodes: 0, remotePeers: 0 })
  })
})

describe('the bus over TCP', () => {
  test('lets nobody in without the key (PROTOCOL M-H33)', async () => {
    const trial = Trial.prepare()
    const file = (name: string, byte: number) => {
      writeFileSync(trial.file(name), Buffer.alloc(32, byte), { mode: 0o600 })
      return trial.file(name)
    }
    const shared = { clock: systemClock, log: silentLog, relay: trial.relayId, address: '127.0.0.1', port: 0 }
    const bus = await startTcpBus({ ...shared, keyFile: file('right', 1), peers: '127.0.0.1:1' })
    const stranger = await startTcpBus({ ...shared, keyFile: file('wrong', 2), peers: `127.0.0.1:${bus.port}` })
    const other = { ...shared, relay: randomId(), keyFile: file('right', 1), peers: `127.0.0.1:${bus.port}` }
    const otherRelay = await startTcpBus(other)
    // Begun after them: when it is in, the others have been at the door.
    const friend = await startTcpBus({ ...shared, keyFile: file('right', 1), peers: `127.0.0.1:${bus.port}` })

    await expect.poll(() => friend.nodes, { timeout: 8000 }).toEqual([bus.node])

    for (const { nodes } of [stranger, otherRelay]) expect(nodes).toEqual([])
    for (const one of [bus, stranger, otherRelay, friend]) one.stop()
    await trial[Symbol.asyncDispose]()
  })

  test('is refused by name with a short key, a readable one, or a peer that is no address', async () => {
    const trial = Trial.prepare()
    writeFileSync(trial.file('short'), Buffer.alloc(8), { mode: 0o600 })
    writeFileSync(trial.file('open'), Buffer.alloc(32), { mode: 0o644 })
    writeFileSync(trial.file('good'), Buffer.alloc(32), { mode: 0o600 })
    const options = {
      clock: systemClock,
      log: silentLog,
      relay: trial.relayId,
      address: '127.0.0.1',
      port: 0,
      peers: 'x:1',
    }

    await expect(startTcpBus({ ...options, keyFile: trial.file('short') })).rejects.toMatchObject({
      code: 'RELAY_BAD_BUS',
    })
    await expect(startTcpBus({ ...options, keyFile: trial.file('open') })).rejects.toMatchObject({
      code: 'FILE_NOT_PRIVATE',
    })
    const noPort = startTcpBus({ ...options, keyFile: trial.file('good'), peers: 'relay-2' })
    await expect(noPort).rejects.toMatchObject({ code: 'RELAY_BAD_BUS' })
    await trial[Symbol.asyncDispose]()
  })
})
