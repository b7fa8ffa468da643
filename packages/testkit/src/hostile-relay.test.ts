import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silentLog } from '@sallygate/base/log'
import { dial, type DialOptions, type HopClient } from '@sallygate/dial'
import {
  connectorAddress,
  consoleAddress,
  decodeFrame,
  encodeSecureChannel,
  hopVersion,
  randomId,
  rawPublicKey,
  signAdmission,
  signWith,
  type AdmissionEntry,
} from '@sallygate/hop'
import { startHostileRelay, type HostileRelay, type HostileRelayOptions } from './hostile-relay.ts'
import { RelayRecording } from './relay-recording.ts'
import { seededRandom } from './seeded-random.ts'
import * as tampers from './tampers.ts'
import type { PassingCargo, Tamper } from './tampers.ts'

/** A busy machine is slow; a test that waits longer than this has failed. */
const soon = { timeout: 8000, interval: 10 }

const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.stop()
})

const group = randomId()
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

function client(relay: HostileRelay, options: Partial<DialOptions>, key = newKey()): HopClient {
  const made = dial({
    relayUrl: relay.url,
    expectedRelay: relay.relay,
    address: connectorAddress(group, randomId()),
    publicKey: rawPublicKey(key),
    sign: signWith(key),
    software: 'test/1',
    log: silentLog,
    ...options,
  })
  open.push(made)
  return made
}

/** A console and a connector on a hostile relay, and what the connector hears. */
async function pair(options: HostileRelayOptions = {}) {
  const relay = await startHostileRelay(options)
  open.push(relay)
  const heard: string[] = []
  const senders: string[] = []
  const consoleId = randomId()
  const changes: string[] = []
  const peer = client(relay, {
    address: consoleAddress(consoleId),
    onRosterChange: (event, entry) => void changes.push(`${event} ${entry.instance}`),
  })
  await peer.attached()
  const address = connectorAddress(group, randomId())
  const connector = client(relay, {
    address,
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      acknowledge()
      heard.push(cargo.toString('latin1'))
      senders.push(from.instance)
    },
  })
  await connector.attached()
  const send = (text: string) => peer.send(address, Buffer.from(text, 'latin1'), { ttlMs: 2000 })
  return { relay, peer, connector, address, consoleId, heard, senders, changes, send }
}

const passing: PassingCargo = {
  from: consoleAddress('11'.repeat(16)),
  to: connectorAddress('22'.repeat(16), '33'.repeat(16)),
  token: '44'.repeat(8),
  ttlMs: 1000,
  cargo: Buffer.from('abcdefgh'),
}
const contents = (tamper: Tamper, cargos: readonly string[]) => {
  const random = seededRandom(7)
  return cargos.flatMap((text) =>
    tamper({ ...passing, cargo: Buffer.from(text) }, random).map((d) => d.cargo.toString()),
  )
}

describe('tampers', () => {
  test.each<[string, Tamper, readonly string[], readonly string[]]>([
    ['honest', tampers.honest, ['a', 'b'], ['a', 'b']],
    ['drop', tampers.drop, ['a', 'b'], []],
    ['duplicate', tampers.duplicate(2), ['a'], ['a', 'a', 'a']],
    ['swap', tampers.swap(), ['a', 'b', 'c'], ['b', 'a']],
    ['truncate', tampers.truncate(3), ['abcde', 'a'], ['ab', 'a']],
    ['concatenate', tampers.concatenate(), ['a', 'b'], [`a${'\0'.repeat(16)}`, 'ba']],
    ['flip the lowest bit of the first byte', tampers.flipBit(0), ['b'], ['c']],
    ['inject', tampers.inject(() => Buffer.from('forged')), ['a'], ['a', 'forged']],
    ['replay', tampers.replayEarlier(), ['a', 'b'], ['a', 'b', 'a']],
    ['two at once', tampers.all(tampers.duplicate(1), tampers.flipBit(0)), ['b'], ['c', 'c']],
    ['only some', tampers.only(({ cargo }) => cargo[0] === 0x62, tampers.drop), ['a', 'b'], ['a']],
  ])('%s', (_name, tamper, sent, delivered) => {
    expect(contents(tamper, sent)).toEqual(delivered)
  })

  test('reordering keeps every cargo and is the same for the same seed', () => {
    const sent = ['a', 'b', 'c', 'd', 'e', 'f']

    const once = contents(tampers.reorder(6), sent)

    expect(once.toSorted()).toEqual(sent)
    expect(once).not.toEqual(sent)
    expect(contents(tampers.reorder(6), sent)).toEqual(once)
  })

  test('a flipped bit leaves the original alone', () => {
    const [delivery] = tampers.flipBit()(passing, seededRandom(1))

    expect(passing.cargo.toString()).toBe('abcdefgh')
    expect(delivery?.cargo.equals(passing.cargo)).toBe(false)
  })
})

describe('a hostile relay', () => {
  test('routes like a real one until it is told not to', async () => {
    const { relay, heard, senders, consoleId, send } = await pair()
    send('first')
    await expect.poll(() => heard, soon).toEqual(['first'])

    relay.tamper = tampers.drop
    await send('second').handed
    await expect.poll(() => relay.peer('console').received.get('cargo'), soon).toBe(2)
    relay.tamper = tampers.honest
    send('third')

    await expect.poll(() => heard, soon).toEqual(['first', 'third'])
    expect(senders).toEqual([consoleId, consoleId])
  })

  test('delays, duplicates and delivers to somebody else', async () => {
    const { relay, connector, address, heard, send } = await pair()
    const elsewhere: string[] = []
    const other = connectorAddress(randomId(), randomId())
    const stranger = client(relay, {
      address: other,
      onCargo: (_from, cargo) => void elsewhere.push(cargo.toString()),
    })
    await stranger.attached()

    relay.tamper = tampers.all(tampers.duplicate(1), tampers.delay(30))
    send('late')
    await expect.poll(() => heard, soon).toEqual(['late', 'late'])
    relay.tamper = tampers.readdress(other)
    send('astray')

    await expect.poll(() => elsewhere, soon).toEqual(['astray'])
    expect(heard).toHaveLength(2)
    expect(connector.state.kind).toBe('attached')
    expect(relay.peers().some((peer) => peer.isAt(address))).toBe(true)
  })

  test('says that it came from somebody else, and delivers what nobody sent', async () => {
    const { relay, address, heard, senders, send } = await pair()
    const forged = consoleAddress('99'.repeat(16))
    relay.tamper = tampers.forgeSender(forged)

    send('hello')
    relay.inject({ from: forged, to: address, token: '00'.repeat(8), ttlMs: 1000, cargo: Buffer.from('made up') })

    await expect.poll(() => heard.toSorted(), soon).toEqual(['hello', 'made up'])
    expect(senders).toEqual([forged.instance, forged.instance])
  })

  test('forges what the sender is told, with no effect but a wrong hint (T45)', async () => {
    const { relay, heard, send } = await pair()
    const sending = send('delivered all the same')

    relay.peer('console').send({ type: 'undelivered', token: sending.token, reason: 'busy', retryAfterMs: 9 })

    await expect(sending.fate).rejects.toMatchObject({ code: 'DIAL_BUSY' })
    await expect.poll(() => heard, soon).toEqual(['delivered all the same'])
  })

  test('claims peers that are not there, and hides one that is (T41)', async () => {
    const { relay, changes, address, connector } = await pair()

    const claimed = relay.claimPresent({ group })
    relay.claimAbsent(relay.peer('connector'))

    await expect
      .poll(() => changes, soon)
      .toEqual([`joined ${address.instance}`, `joined ${claimed.instance}`, `left ${address.instance}`])
    expect(connector.state.kind).toBe('attached')
  })

  test('offers an old version to nobody who takes it (T40)', async () => {
    const { relay } = await pair()
    relay.frames = (frame) => [frame.type === 'challenge' ? { ...frame, version: hopVersion - 1 } : frame]

    const newcomer = client(relay, {})

    await expect
      .poll(() => newcomer.status().lastFailure, soon)
      .toMatchObject({
        code: 'DIAL_PROTOCOL',
        details: { reason: 'another protocol version' },
      })
  })

  test('gains nothing by playing a recorded session again (T13)', async () => {
    const { relay, heard, send, connector } = await pair()
    send('once')
    await expect.poll(() => heard, soon).toEqual(['once'])
    await connector.stop()
    await expect.poll(() => relay.peers(), soon).toHaveLength(1)
    const [, ...recorded] = relay.recording.received(2)
    expect(decodeFrame(recorded[0] ?? Buffer.alloc(0), 'peer').type).toBe('proof')

    const replayed = new WebSocket(relay.url)
    const answers: string[] = []
    replayed.on('message', (message) => answers.push(decodeFrame(message as Buffer, 'relay').type))
    replayed.on('open', () => recorded.forEach((message) => replayed.send(message)))
    await new Promise((resolve) => void replayed.on('close', resolve))

    expect(answers).toEqual(['challenge', 'refused'])
    expect(relay.peers()).toHaveLength(1)
  })

  test('admits by the secure channel and the pushed list when it has one', async () => {
    const [consoleKey, connectorKey] = [newKey(), newKey()]
    const relayId = randomId()
    const secureChannel = encodeSecureChannel({ relay: relayId, consoles: [rawPublicKey(consoleKey)] })
    const relay = await startHostileRelay({ secureChannel })
    open.push(relay)
    const peer = client(relay, { address: consoleAddress(randomId()) }, consoleKey)
    await peer.attached()
    const instance = randomId()
    const address = connectorAddress(group, instance)
    const entry = { role: 'connector', group, instance, publicKey: rawPublicKey(connectorKey) } as const
    const list = (number: number, entries: readonly AdmissionEntry[]) =>
      signAdmission({ relay: relayId, number, issuedAt: new Date(), entries }, signWith(consoleKey))

    const connector = client(relay, { address, tuning: { backOffCapMs: 10 } }, connectorKey)
    await expect.poll(() => connector.status().lastFailure?.code, soon).toBe('DIAL_PROOF_REFUSED')
    await peer.admit(1, await list(1, [entry]))
    await expect.poll(() => connector.state.kind, soon).toBe('attached')
    await peer.admit(2, await list(2, []))

    await expect.poll(() => relay.peers().length, soon).toBe(1)
  })

  test('finds a marker in what it saw, however it was written', async () => {
    const { relay, send } = await pair()
    const marker = 'Wanda.Marker-4711'
    await send(`x${Buffer.from(`ab${marker}`).toString('base64')}`).handed
    await send(`in clear ${marker}`).handed

    await expect.poll(() => relay.recording.find(marker).map(({ form }) => form), soon).toContain('utf8')

    const forms = new Set(relay.recording.find(marker).map(({ form }) => form))
    expect([...forms].toSorted()).toEqual(['base64', 'base64url', 'percent', 'utf8'])
    expect(relay.recording.find('Another.Marker-0815')).toEqual([])
  })
})

test('a recording finds a marker at every place in a base64 text', () => {
  const marker = 'canary/42?'
  for (let before = 0; before < 6; before++) {
    for (let after = 0; after < 4; after++) {
      const recording = new RelayRecording()
      const text = Buffer.from('p'.repeat(before) + marker + 's'.repeat(after)).toString('base64')
      recording.add({ atMs: 0, direction: 'in', connection: 1, bytes: Buffer.from(text) })

      expect(recording.find(marker).map(({ form }) => form)).toContain('base64')
    }
  }
})

test('the same seed gives the same numbers, within bounds', () => {
  const [one, same, other] = [seededRandom(5), seededRandom(5), seededRandom(6)]
  const take = (random: { next(): number }) => Array.from({ length: 1000 }, () => random.next())

  const numbers = take(one)

  expect(take(same)).toEqual(numbers)
  expect(take(other)).not.toEqual(numbers)
  expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true)
})
