import { describe, expect, test } from 'vitest'
import { anyConsole, connectorAddress, randomId } from '@sallygate/hop'
import { addressOf, person, type TrialPeer } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

const textOf = async (peer: TrialPeer) => Buffer.from((await peer.next('cargo')).cargo).toString()

describe('fences', () => {
  test('connectors and guests reach consoles only, consoles do not reach consoles (PROTOCOL M-H11)', async () => {
    await using trial = await Trial.start()
    const [one, two] = [person('connector'), person('connector')]
    const console = await trial.attachConsole()
    await trial.admit(console, one, two)
    const [first, second, guest] = [
      await trial.attach(one),
      await trial.attach(two),
      await trial.attach(person('guest')),
    ]

    const attempts = [
      [first, addressOf(two)],
      [first, addressOf(one)],
      [guest, addressOf(one)],
      [console, anyConsole],
      [console, addressOf(trial.console)],
    ] as const
    for (const [peer, to] of attempts) {
      const token = peer.cargo(to, 'x')
      expect(await peer.next('undelivered')).toMatchObject({ token, reason: 'notAllowed' })
    }

    await second.settled()
    expect([first, second, console].some((peer) => peer.has('cargo'))).toBe(false)
  })

  test('who a cargo says it is from is replaced by who sent it (PROTOCOL M-H14)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    const far = await trial.attach(connector)

    far.cargo(anyConsole, 'x', { from: connectorAddress(randomId(), randomId()) })

    expect((await console.next('cargo')).from).toEqual(addressOf(connector))
  })
})

describe('cargo', () => {
  test('arrives byte for byte, from nothing to its largest size (PROTOCOL M-H12)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    const far = await trial.attach(connector)

    for (const size of [0, 1, 125, 126, 65_535, 65_536, 300 * 1024]) {
      const cargo = Buffer.alloc(size, 'sallygate')
      console.cargo(addressOf(connector), cargo)
      expect(Buffer.compare((await far.next('cargo')).cargo, cargo)).toBe(0)
    }
  })

  test('to nobody, too late from the start or too large comes back with its token (PROTOCOL M-H13)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    await trial.attach(connector)

    const toNobody = console.cargo(addressOf(person('connector')), 'x')
    const tooLate = console.cargo(addressOf(connector), 'x', { ttlMs: 0 })

    expect(await console.next('undelivered')).toMatchObject({ token: toNobody, reason: 'noSuchPeer' })
    expect(await console.next('undelivered')).toMatchObject({ token: tooLate, reason: 'expired' })
  })

  test('for a connector that gives no credit is refused as busy with a time to come back (PROTOCOL M-H13)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    const far = await trial.attach(connector)

    const tokens = Array.from({ length: 65 }, () => console.cargo(addressOf(connector), 'x'))

    const undelivered = await console.next('undelivered')
    expect(undelivered).toMatchObject({ token: tokens[64], reason: 'busy' })
    expect(undelivered.retryAfterMs).toBeGreaterThanOrEqual(100)
    far.send({ type: 'credit', count: 32 })
    for (let count = 0; count < 64; count++) await far.next('cargo')
  })

  test('to any console goes to the consoles in turn, and to no draining one while another is there (PROTOCOL M-H20)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const [one, two] = [person('console'), person('console')]
    trial.writeSecureChannel([trial.console, one, two])
    await trial.startRelay()
    const consoles = [await trial.attachConsole(), await trial.attach(one), await trial.attach(two)] as const
    await trial.admit(consoles[0], connector)
    const far = await trial.attach(connector)

    for (let count = 0; count < 6; count++) far.cargo(anyConsole, String(count))
    const inTurn = [...consoles].map(async (console) => [await textOf(console), await textOf(console)])

    expect((await Promise.all(inTurn)).map((texts) => texts.map(Number).toSorted((a, b) => a - b))).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ])
    consoles[1].send({ type: 'draining' })
    await consoles[1].settled()
    for (let count = 0; count < 6; count++) far.cargo(anyConsole, 'after')
    await far.settled()
    await consoles[1].settled()
    expect(consoles[1].has('cargo')).toBe(false)
  })
})

describe('the roster', () => {
  test('is whole at first and then follows every change (PROTOCOL M-H21)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    const whole = await console.next('roster')
    await trial.admit(console, connector)

    const far = await trial.attach(connector)
    const joined = await console.next('rosterChange')
    far.send({ type: 'draining' })
    const draining = await console.next('rosterChange')
    far.socket.close()
    const left = await console.next('rosterChange')

    expect(whole.entries).toMatchObject([addressOf(trial.console)])
    expect(joined).toMatchObject({ event: 'joined', entry: { ...addressOf(connector), isDraining: false } })
    expect(draining).toMatchObject({
      event: 'draining',
      entry: { attachment: joined.entry.attachment, isDraining: true },
    })
    expect(left).toMatchObject({ event: 'left', entry: { attachment: joined.entry.attachment } })
  })

  test('shows two attachments of one instance, and the newest gets the traffic (T41, PROTOCOL M-H20, PROTOCOL M-H21)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    const older = await trial.attach(connector)
    const newer = await trial.attach(connector)
    const joined = [await console.next('rosterChange'), await console.next('rosterChange')]

    console.cargo(addressOf(connector), 'to the newer')
    const got = await textOf(newer)
    newer.send({ type: 'draining' })
    await newer.settled()
    console.cargo(addressOf(connector), 'to the older')

    expect(got).toBe('to the newer')
    expect(await textOf(older)).toBe('to the older')
    expect(new Set(joined.map(({ entry }) => entry.attachment)).size).toBe(2)
    expect(joined.every(({ entry }) => entry.instance === connector.identity.instance)).toBe(true)
    const second = await trial.attachConsole()
    const { entries } = await second.next('roster')
    expect(entries.filter(({ instance }) => instance === connector.identity.instance)).toHaveLength(2)
  })

  test('does not list guests', async () => {
    await using trial = await Trial.start()
    const console = await trial.attachConsole()
    await trial.admit(console)

    const guest = await trial.attach(person('guest'))
    guest.cargo(anyConsole, 'x')
    await console.next('cargo')

    expect(console.has('rosterChange')).toBe(false)
  })

  test('a fifth attachment of one instance replaces the oldest', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    await trial.admit(await trial.attachConsole(), connector)
    const oldest = await trial.attach(connector)

    for (let count = 0; count < 4; count++) await trial.attach(connector)

    expect(await oldest.next('goAway')).toMatchObject({ reason: 'replaced', afterMs: 0 })
    expect(await oldest.closed).toBe(1001)
    expect(trial.relay.statistics()).toMatchObject({ connectors: 4, ended: { replaced: 1 } })
  })

  test('what waited for an attachment that breaks goes to its sibling', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    const older = await trial.attach(connector)
    const newer = await trial.attach(connector)
    for (let count = 0; count < 40; count++) console.cargo(addressOf(connector), String(count))
    for (let count = 0; count < 32; count++) await newer.next('cargo')

    newer.socket.terminate()

    const moved = []
    for (let count = 0; count < 8; count++) moved.push(await textOf(older))
    expect(moved).toEqual(['32', '33', '34', '35', '36', '37', '38', '39'])
  })
})
