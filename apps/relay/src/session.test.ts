import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit'
import { anyConsole, encodeFrame, makeProof, noId, randomId, signWith, type FrameNamed } from '@sallygate/hop'
import { person, type Person, type TrialPeer } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

async function refusalOf(peer: TrialPeer): Promise<string> {
  const { reason } = await peer.next('refused')
  expect(await peer.closed).toBe(1008)
  return reason
}

async function proveWith(
  peer: TrialPeer,
  who: Person,
  change: (proof: FrameNamed<'proof'>) => Partial<FrameNamed<'proof'>>,
): Promise<void> {
  const proof = await makeProof(who.identity, await peer.next('challenge'), signWith(who.privateKey))
  peer.send({ ...proof, ...change(proof) })
}

describe('the session proof', () => {
  test('the relay speaks first, with its own id and a nonce of its own for every socket (PROTOCOL M-H5)', async () => {
    await using trial = await Trial.start()

    const challenges = await Promise.all(Array.from({ length: 20 }, async () => (await trial.open()).next('challenge')))

    expect(challenges.every(({ relay, version }) => relay === trial.relayId && version === 1)).toBe(true)
    expect(new Set(challenges.map(({ nonce }) => Buffer.from(nonce).toString('hex'))).size).toBe(20)
  })

  test('an attached peer learns the window and the times the relay keeps', async () => {
    await using trial = await Trial.start()
    const peer = await trial.open()

    await peer.prove(trial.console)

    expect(await peer.next('attached')).toMatchObject({ pingMs: 5000, deadMs: 15_000, window: 512 })
  })

  test('a proof made for another socket is refused (PROTOCOL M-H7)', async () => {
    await using trial = await Trial.start()
    const recorded = await trial.open()
    const proof = await makeProof(
      trial.console.identity,
      await recorded.next('challenge'),
      signWith(trial.console.privateKey),
    )
    const replay = await trial.open()

    replay.send(proof)

    expect(await refusalOf(replay)).toBe('badProof')
  })

  test('a proof with another name, key or software than was signed is refused (PROTOCOL M-H7)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const other = person('connector', { group: connector.identity.group })
    await trial.admit(await trial.attachConsole(), connector, other)
    const changes: readonly Partial<FrameNamed<'proof'>>[] = [
      { software: 'another' },
      { instance: other.identity.instance, publicKey: other.identity.publicKey },
      { signature: Buffer.alloc(64) },
    ]

    for (const change of changes) {
      const peer = await trial.open()
      await proveWith(peer, connector, () => change)
      expect(await refusalOf(peer)).toBe('badProof')
    }
  })

  test('another version of the hop is refused by name', async () => {
    await using trial = await Trial.start()
    const peer = await trial.open()

    await proveWith(peer, trial.console, () => ({ version: 2 }))

    expect(await refusalOf(peer)).toBe('wrongVersion')
  })

  test('an unknown instance and a wrong key for a known one are refused alike (PROTOCOL M-H9)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    await trial.admit(await trial.attachConsole(), connector)
    const { group, instance } = connector.identity
    const strangers = [person('connector'), person('connector', { group, instance }), person('console')]

    for (const stranger of strangers) {
      const peer = await trial.open()
      await peer.prove(stranger)
      expect(await refusalOf(peer)).toBe('notAdmitted')
    }
  })

  test('a connector’s key is no console’s, and a console’s is no connector’s (PROTOCOL M-H8)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    await trial.admit(await trial.attachConsole(), connector)
    const asConsole = { ...connector, identity: { ...connector.identity, role: 'console' as const, group: noId } }
    const asConnector = { ...trial.console, identity: { ...trial.console.identity, role: 'connector' as const } }

    for (const pretender of [asConsole, asConnector]) {
      const peer = await trial.open()
      await peer.prove(pretender)
      expect(await refusalOf(peer)).toBe('notAdmitted')
    }
  })

  test('while there is no list only a console attaches; others are told when to come back (PROTOCOL M-H8)', async () => {
    await using trial = await Trial.start()

    for (const who of [person('connector'), person('guest')]) {
      const peer = await trial.open()
      await peer.prove(who)
      const refused = await peer.next('refused')
      expect(refused.reason).toBe('busy')
      expect(refused.retryAfterMs).toBeGreaterThanOrEqual(1000)
    }
    await trial.attachConsole()
  })

  test('a console named by zeros would be any console, so it is refused', async () => {
    await using trial = await Trial.start()
    const peer = await trial.open()

    await peer.prove({ ...trial.console, identity: { ...trial.console.identity, instance: noId } })

    expect(await refusalOf(peer)).toBe('badProof')
  })

  test('a first frame that is no proof, and a second proof, are bad frames (PROTOCOL M-H6)', async () => {
    await using trial = await Trial.start()
    const impatient = await trial.open()
    impatient.send({ type: 'ping', sequence: 1 })
    const console = await trial.attachConsole()
    const { identity, privateKey } = trial.console

    console.send(await makeProof(identity, { relay: trial.relayId, nonce: Buffer.alloc(32) }, signWith(privateKey)))

    expect(await refusalOf(impatient)).toBe('badFrame')
    expect(await refusalOf(console)).toBe('badFrame')
  })

  test('a first frame above 4 KiB is refused unread (PROTOCOL M-H6)', async () => {
    await using trial = await Trial.start()
    const peer = await trial.open()

    peer.socket.send(Buffer.alloc(4097, encodeFrame({ type: 'ping', sequence: 1 })))

    expect(await refusalOf(peer)).toBe('badFrame')
  })

  test('whoever has proven nothing is gone after 10 s, on TCP, TLS and WebSocket alike (PROTOCOL M-H6)', async () => {
    const clock = new FakeClock()
    await using trial = await Trial.start({ clock })
    const overWebSocket = await trial.open()
    const overTls = connect({ port: trial.relay.port, host: '127.0.0.1', ca: trial.certificate })
    const tlsClosed = new Promise((resolve) => overTls.once('close', resolve))
    overTls.on('error', () => {})
    await new Promise((resolve) => overTls.once('secureConnect', resolve))
    const attached = await trial.attachConsole()

    await clock.advance(9000)
    const before = trial.relay.statistics()['unproven']
    await clock.advance(1000)

    expect(before).toBe(2)
    await Promise.all([overWebSocket.closed, tlsClosed])
    expect(trial.relay.statistics()).toMatchObject({ unproven: 0, connections: 1, turnedAway: { tooLate: 2 } })
    expect(attached.has('refused')).toBe(false)
  })
})

describe('guests', () => {
  test('a guest does not choose its address (PROTOCOL M-H10)', async () => {
    await using trial = await Trial.start()
    const console = await trial.attachConsole()
    await trial.admit(console)
    const wanted = { group: randomId(), instance: trial.console.identity.instance }
    const guest = await trial.attach(person('guest', wanted))

    guest.cargo(anyConsole, 'hello')
    const { from } = await console.next('cargo')

    expect(from).toMatchObject({ role: 'guest', group: noId })
    expect(from.instance).not.toBe(wanted.instance)
  })

  test('the fifth cargo of a guest ends it, a large one is too large (PROTOCOL M-H10)', async () => {
    await using trial = await Trial.start()
    const console = await trial.attachConsole()
    await trial.admit(console)
    const guest = await trial.attach(person('guest'))

    const large = guest.cargo(anyConsole, Buffer.alloc(16 * 1024 + 1))
    for (let count = 0; count < 4; count++) guest.cargo(anyConsole, 'x')

    expect(await guest.next('undelivered')).toMatchObject({ token: large, reason: 'tooLarge' })
    expect(await refusalOf(guest)).toBe('spent')
  })

  test('one address gets eight guests and no more, and a connector still comes in (PROTOCOL M-H10)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    await trial.admit(await trial.attachConsole(), connector)
    for (let count = 0; count < 8; count++) await trial.attach(person('guest'))
    const ninth = await trial.open()

    await ninth.prove(person('guest'))

    expect(await refusalOf(ninth)).toBe('busy')
    await trial.attach(connector)
    expect(trial.relay.statistics()).toMatchObject({ guests: 8, connectors: 1, turnedAway: { guestCap: 1 } })
  })

  test('guests above their rate are told to come back', async () => {
    await using trial = await Trial.start({ settings: { guestsPerMinute: 12 } })
    await trial.admit(await trial.attachConsole())
    for (let count = 0; count < 2; count++) await trial.attach(person('guest'))
    const third = await trial.open()

    await third.prove(person('guest'))

    expect(await refusalOf(third)).toBe('busy')
    expect(trial.relay.statistics()).toMatchObject({ turnedAway: { guestRate: 1 } })
  })
})
