/**
 * T34, T35, T36: messages that come again, too late, or in another order.
 */
import { honest, only, reorder } from '@sallygate/testkit/tampers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectTypedFailure, Gate, namesIn, replyFrom, requestFrom, requestTo } from './gate.ts'

let gate: Gate
beforeAll(async () => void (gate = await Gate.open({ seed: 0x34 })), 30_000)
afterAll(() => gate.close())

const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value)

describe('T34: a message that comes again', () => {
  test.each([1, 1000])('a look-up, a sign-in and settings, %i times more: each was carried out once', async (count) => {
    const instance = gate.instance('one')
    const doings = [
      async () => expect(namesIn(await gate.search('one', 'Chen'))).toEqual(['Wei Chen']),
      async () => expect((await gate.signIn('one', 'chen.wei')).body.result.outcome).toBe('accepted'),
      async () => expect((await gate.turnOn('main')).status).toBe(200),
    ]
    for (const act of doings) {
      const tapped = gate.tap(requestTo(instance))
      await act()
      const request = await tapped
      const before = { operations: gate.backEnd.operations, duplicates: gate.refusals('one', 'ENVELOPE_DUPLICATE') }

      await gate.deliver(times(count, request))

      expect(gate.backEnd.operations).toBe(before.operations)
      expect(gate.refusals('one', 'ENVELOPE_DUPLICATE')).toBe(before.duplicates + count)
    }
    await gate.works()
  })

  test('replies a thousand times more change no answer, and do not answer the next call', async () => {
    const tapped = gate.tap(replyFrom(gate.instance('one')))
    await gate.search('one', 'Dolores')
    const reply = await tapped

    const answer = gate.search('one', 'Emre')
    await gate.deliver(times(1000, reply))

    expect(namesIn(await answer)).toEqual(['Emre Yıldız'])
    await gate.works()
  })

  test('after the connector was restarted nothing recorded before opens, whatever its class', async () => {
    const recorded = []
    const instance = gate.instance('one')
    for (const act of [
      () => gate.search('one', 'Gareth'),
      () => gate.signIn('one', 'gareth.obrien'),
      () => gate.turnOn('main'),
    ]) {
      const tapped = gate.tap(requestTo(instance))
      await act()
      recorded.push(await tapped)
    }
    gate.relay.tamper = honest
    await gate.restart('one')
    await gate.works()
    const before = { operations: gate.backEnd.operations, unopened: gate.refusals('one', 'ENVELOPE_CANNOT_OPEN') }

    await gate.deliver(recorded.flatMap((request) => times(100, request)))

    expect(gate.backEnd.operations).toBe(before.operations)
    expect(gate.refusals('one', 'ENVELOPE_CANNOT_OPEN')).toBe(before.unopened + 300)
    await gate.works()
  })

  test('an old hello does not bring the session back that it once opened', async () => {
    const tapped = gate.tap(requestFrom(gate.instance('one')))
    await gate.reconnect('one')
    const hello = await tapped
    await gate.restart('one')
    await gate.works()

    await gate.deliver(times(50, hello))

    await gate.works()
    expect((await gate.connector('one')).cloneAlarm).toBe(false)
  })

  test('an enrollment that comes again enrolls nobody else', async () => {
    const list = async () =>
      (await gate.api('GET', `/api/groups/${gate.groups.main}/connectors`)).body.connectors.length
    const before = await list()
    const tapped = gate.tap(({ cargo }) => cargo[0] === 5)
    await gate.enroll('newcomer', await gate.code())
    const request = await tapped

    await gate.deliver(times(100, request))

    expect(await list()).toBe(before + 1)
    await gate.works()
  })
})

describe('T35: a message held back until its deadline is over', () => {
  test('a look-up is refused as expired, and the caller was told in time', async () => {
    const expired = gate.refusals('one', 'ENVELOPE_EXPIRED')
    const holding = gate.hold(requestTo(gate.instance('one')))
    const answer = await gate.search('one', 'Imani', 400)
    expectTypedFailure(answer)

    await gate.deliver([await holding])

    expect(answer.body.code).toBe('CONSOLE_CONNECTOR_SILENT')
    expect(gate.backEnd.lookUps('Imani')).toBe(0)
    expect(gate.refusals('one', 'ENVELOPE_EXPIRED')).toBe(expired + 1)
    await gate.works()
  })

  test('a sign-in is refused as expired; the caller heard that nobody knows, never that the password is wrong', async () => {
    const holding = gate.hold(requestTo(gate.instance('one')))
    const answer = await gate.signIn('one', 'imani.mbeki-ross', 400)
    expectTypedFailure(answer)

    await gate.deliver([await holding])

    expect(answer.body.code).toBe('CONSOLE_UNKNOWN_OUTCOME')
    expect(gate.backEnd.signInsOf('imani.mbeki-ross')).toBe(0)
    await gate.works()
  })

  test('a reply that comes too late answers nothing, and the sign-in it is about happened once', async () => {
    const holding = gate.hold(replyFrom(gate.instance('one')))
    const answer = await gate.signIn('one', 'bruno.keller', 600)
    expectTypedFailure(answer)

    await gate.deliver([await holding])

    expect(answer.body.code).toBe('CONSOLE_UNKNOWN_OUTCOME')
    expect(gate.backEnd.signInsOf('bruno.keller')).toBe(1)
    await gate.works()
  })
})

describe('T36: messages in another order', () => {
  test('look-ups and their replies, shuffled, each answer their own question', async () => {
    const names = ['Ada', 'Bruno', 'Dolores', 'Emre', 'Freya', 'Gareth', 'Hana', 'Imani']
    const instance = gate.instance('one')
    const requests = only(requestTo(instance), reorder(names.length))
    const replies = only(replyFrom(instance), reorder(names.length))
    gate.relay.tamper = (passing, random) =>
      passing.to.instance === instance ? requests(passing, random) : replies(passing, random)

    const answers = await Promise.all(names.map((name) => gate.search('one', name)))

    expect(answers.map((answer) => namesIn(answer)[0]?.split(' ')[0])).toEqual(names)
    await gate.works()
  })

  test('settings of an earlier generation that come after a later one are refused, and the later ones stay', async () => {
    const generations = gate.refusals('one', 'ENVELOPE_GENERATION')
    const holding = gate.hold(requestTo(gate.instance('one')))
    const first = gate.turnOn('main', { maxEntries: 11 })
    const held = await holding
    // The console takes the relay at its word, and sends the settings once more.
    gate.relay.peer('console').send({ type: 'undelivered', token: held.token, reason: 'busy', retryAfterMs: 0 })
    expect((await first).status).toBe(200)
    const second = await gate.turnOn('main', { maxEntries: 12 })
    const inForce = () => gate.facts('one').services.find(({ service }) => service === 'directory')?.generation
    expect(inForce()).toBe(second.body.generation)

    await gate.deliver([held])

    expect(gate.refusals('one', 'ENVELOPE_GENERATION')).toBe(generations + 1)
    expect(inForce()).toBe(second.body.generation)
    await gate.works()
  })
})
