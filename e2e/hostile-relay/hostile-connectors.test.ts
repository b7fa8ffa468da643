/**
 * TC1, TC2, TC3: stolen codes, a stolen disk, and a connector that has changed sides.
 */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from '@sallygate/base/bytes'
import { encodeJson } from '@sallygate/base/json'
import type { InstanceId, GroupId } from '@sallygate/trust'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectTypedFailure, Gate, namesIn, requestTo } from './gate.ts'
import { RogueConnector } from './rogue-connector.ts'

const status = async (gate: Gate) => (await gate.api('GET', '/api/status')).body
const connectors = async (gate: Gate) =>
  (await gate.api('GET', `/api/groups/${gate.groups.main}/connectors`)).body.connectors as { name: string }[]

describe('TC1: an enrollment code', () => {
  let gate: Gate
  beforeAll(async () => void (gate = await Gate.open({ seed: 0xc1, connectors: ['one', 'branch'] })), 30_000)
  afterAll(() => gate.close())

  test('that was used is refused by name the second time, and enrolls one', async () => {
    const code = await gate.code()
    await gate.enroll('first', code)
    const before = await connectors(gate)

    await expect(gate.enroll('second', code)).rejects.toMatchObject({
      code: 'CONNECTOR_CODE_REFUSED',
      details: { reason: 'CONSOLE_CODE_USED' },
    })

    expect(await connectors(gate)).toHaveLength(before.length)
    expect(gate.log).toContainEqual(expect.objectContaining({ level: 'warn', message: 'enrollment refused' }))
    await gate.works()
  })

  test('that is used a second time is a warning in the status', async () => {
    const code = await gate.code()
    await gate.enroll('third', code)
    await gate.enroll('fourth', code).catch(() => undefined)

    const { warnings } = await status(gate)

    expect(warnings.map((warning: { code: string }) => warning.code)).toContainEqual(
      expect.stringMatching(/CODE|ENROLL/),
    )
  })

  test('that has expired is refused by name, and enrolls nobody', async () => {
    const code = await gate.code({ validMinutes: 1 })
    const before = await connectors(gate)
    gate.consoleAheadMs = 61_000

    await expect(gate.enroll('late', code)).rejects.toMatchObject({
      code: 'CONNECTOR_CODE_REFUSED',
      details: { reason: 'CONSOLE_CODE_EXPIRED' },
    })

    gate.consoleAheadMs = 0
    expect(await connectors(gate)).toHaveLength(before.length)
    await gate.works()
  })

  test('of one group and name makes a connector of that group and name, whatever its bearer would like', async () => {
    const code = await gate.code({ name: 'named by the console' })

    const { group } = await gate.enroll('branch', code, 'impostor')

    expect(group).toBe(gate.groups.main)
    const names = (await connectors(gate)).map(({ name }) => name)
    expect(names).toContain('named by the console')
    expect(names).not.toContain('branch')
    await gate.works()
  })

  test('in four places at once enrolls exactly one', async () => {
    const code = await gate.code()
    const before = await connectors(gate)

    const ends = await Promise.allSettled(['a', 'b', 'c', 'd'].map((place) => gate.enroll(`place ${place}`, code)))

    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1)
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'CONNECTOR_CODE_REFUSED' })
    }
    expect(await connectors(gate)).toHaveLength(before.length + 1)
    await gate.works()
  })
})

describe.each([
  ['a relay that obeys the admission list', false],
  ['a relay that drops nobody it was told to drop', true],
])('TC2 and T41: a stolen home, started elsewhere, at %s', (_name, isLawless) => {
  let gate: Gate
  beforeAll(async () => {
    gate = await Gate.open({ seed: 0xc2, isLawless, reportEvery: '250ms' })
    cpSync(join(gate.home, 'two'), join(gate.home, 'twin'), { recursive: true })
  }, 30_000)
  afterAll(() => gate.close())

  test('is an alarm in the status within five seconds, about the right connector', async () => {
    const began = performance.now()
    await gate.launch('twin')

    await gate.until(
      async () => (await status(gate)).warnings.some(({ code }: { code: string }) => code === 'CLONED_CONNECTOR'),
      5000,
    )

    console.log(`clone alarm after ${Math.round(performance.now() - began)} ms`)
    const { warnings } = await status(gate)
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'CLONED_CONNECTOR', level: 'red', about: 'two' }))
    expect((await gate.connector('two')).cloneAlarm).toBe(true)
    expect((await gate.connector('one')).cloneAlarm).toBe(false)
  })

  test('gets no passwords: while the alarm is up no sign-in goes to either of the two', async () => {
    const sent = () =>
      gate.relay.recording.messages.filter(
        ({ direction, peer, bytes }) =>
          direction === 'out' && peer?.instance === gate.instance('two') && bytes[0] === 0x41 && bytes[83] === 1,
      ).length
    const before = sent()

    const answer = await gate.signIn('two', 'freya.lindqvist', 800)

    expect(sent() - before).toBe(0)
    expectTypedFailure(answer)
    expect(gate.backEnd.signInsOf('freya.lindqvist')).toBe(0)
  })

  test('leaves the sibling as it is', async () => {
    for (let call = 0; call < 20; call++) expect((await gate.search('one', 'Keller')).status).toBe(200)
    await gate.works(['one', 'branch'])
  })

  test('is shut out by revoking within ten seconds, together with the original, and the sibling stays', async () => {
    const { id } = await gate.connector('two')
    // Until then one of the two is found now and then, whichever said hello last.
    await gate.until(async () => (await gate.search('two', 'Keller', 400)).status === 200)
    const began = performance.now()

    await gate.api('POST', `/api/groups/${gate.groups.main}/connectors/${id}/revoke`)
    const revokedMs = await gate.until(async () => (await gate.search('two', 'Keller', 400)).status !== 200)

    console.log(`revoked: shut out after ${Math.round(revokedMs)} ms`)
    expect(performance.now() - began).toBeLessThan(10_000)
    if (!isLawless) await gate.until(() => gate.relay.peers().every(({ address }) => address?.instance !== id))
    const before = gate.backEnd.operations
    expectTypedFailure(await gate.search('two', 'Hana', 400))
    expect(gate.backEnd.operations).toBe(before)
    const shared = await Promise.all(Array.from({ length: 5 }, () => gate.search(undefined, 'Keller')))
    expect(shared.map(({ body }) => body.connector.name)).toEqual(Array(5).fill('one'))
    await gate.works(['one', 'branch'])
  })
})

describe('TC3: a connector that has changed sides', () => {
  let gate: Gate
  let rogue: RogueConnector
  beforeAll(async () => {
    gate = await Gate.open({ seed: 0xc3 })
    await gate.enroll('rogue', await gate.code())
    rogue = new RogueConnector(join(gate.home, 'rogue'))
    await rogue.join()
  }, 30_000)
  afterAll(async () => {
    await rogue.stop()
    await gate.close()
  })

  /** Answers what the rogue is asked from now on, but for the settings it is given. */
  const answering = (behavior: RogueConnector['behavior']) => {
    rogue.behavior = (work) => (work.opened.request.operation.startsWith('directory.') ? behavior(work) : [])
  }
  const ask = (deadlineMs = 450) => gate.call('rogue', 'directory.search', { kind: 'users' }, deadlineMs)

  test('answers no request that was sent to another, not even one it was shown', async () => {
    answering(({ opened }) => rogue.writer(opened).finish('done', encodeJson({ result: lie, spans: [] })))
    const own = await ask()
    const [answer] = rogue.work.filter(({ opened }) => opened.request.operation === 'directory.search').slice(-1)
    if (answer === undefined) throw new Error('the rogue was asked nothing')
    const holding = gate.hold(requestTo(gate.instance('one')))
    const asked = gate.search('one', 'Dolores')
    const held = await holding
    const { group, instance } = rogue.enrollment
    await gate.deliver([{ ...held, to: { role: 'connector', group, instance } }])
    const [reply] = rogue.writer(answer.opened).finish('done', encodeJson({ result: lie, spans: [] }))
    const forged = Buffer.from(reply ?? [])
    held.cargo.copy(forged, 3, 19, 35)

    await rogue.send(rogue.console, forged, forged)
    await gate.deliver([{ ...held, to: held.from, from: held.to, cargo: forged }])
    gate.relay.inject(held)

    // What it says of its own requests is believed to be its own answer, and that is all it can do.
    expect(own).toMatchObject({ status: 200, body: { connector: { name: 'rogue' } } })
    expect(namesIn(await asked)).toEqual(['Dolores Ibarra'])
    await gate.works()
  })

  test('that floods the console with replies holds up nobody else, and its own caller is told', async () => {
    answering(({ opened }) => {
      const writer = rogue.writer(opened)
      const begun = Array.from({ length: 1023 }, () => writer.accepted())
      const noise = begun.map((chunk) => Buffer.concat([chunk.subarray(0, 39), randomBytes(chunk.length - 39)]))
      return [...begun, ...noise, ...begun, ...noise]
    })
    const before = gate.retainedBytes()
    const flooded = ask(1200)

    const others = await Promise.all(['Ada', 'Bruno', 'Freya'].map((name) => gate.search('one', name, 5000)))

    expect(others.map(({ status: said }) => said)).toEqual([200, 200, 200])
    expectTypedFailure(await flooded)
    await gate.gaveBack(before)
    await gate.works()
  })

  test('whose reply is larger than a reply may be is cut off there', async () => {
    answering(({ opened }) => rogue.writer(opened).finish('done', Buffer.alloc(5 * 1024 * 1024, 0x20)))
    const before = gate.retainedBytes()

    const answer = await ask(1500)

    expectTypedFailure(answer)
    expect(gate.log).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: 'ENVELOPE_REPLY_TOO_LARGE' }) as unknown }),
    )
    await gate.gaveBack(before)
    await gate.works()
  })

  const shapes: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', Buffer.alloc(0)],
    ['no text', randomBytes(500)],
    ['no JSON', Buffer.from('{"result":')],
    ['JSON of another shape', encodeJson({ result: 7, spans: 'none' })],
    ['a result of another shape', encodeJson({ result: { entries: [{ dn: 1 }] }, spans: [] })],
    ['a key twice', Buffer.from('{"result":{},"result":{},"spans":[]}')],
    ['a key that is a trap', Buffer.from('{"result":{"__proto__":{"entries":[]}},"spans":[]}')],
    ['forty thousand brackets', Buffer.from('['.repeat(40_000))],
  ]
  test.each(shapes)('that answers %s: the caller gets a failure by name, and no result', async (_name, payload) => {
    answering(({ opened }) => rogue.writer(opened).finish('done', payload))

    expectTypedFailure(await ask())

    await gate.works()
  })

  test('that says both that it did and that it failed, or that nothing began and yet it did', async () => {
    for (const [first, second] of [
      ['failed', 'done'],
      ['notStarted', 'done'],
      ['done', 'notStarted'],
    ] as const) {
      answering(({ opened }) => {
        const [late] = rogue.writer(opened).finish(first, encodeJson({ result: lie, spans: [] }))
        const [soon] = rogue.writer(opened).finish(second, Buffer.alloc(300 * 1024))
        return [soon, late].filter((cargo) => cargo !== undefined)
      })

      expectTypedFailure(await ask())
    }
    await gate.works()
  })

  test('that says hello for its sibling, or for another group, is nobody', async () => {
    const sibling = gate.instance('one') as InstanceId
    const refused = await rogue.hello({ instance: sibling, abilities: ['directory.search'] })
    const { cargo } = await rogue.helloCargo({ group: gate.groups.branch as GroupId, abilities: ['directory.search'] })
    await rogue.send(rogue.console, cargo)

    expect(refused.outcome).not.toBe('done')
    expect((await gate.connector('one')).cloneAlarm).toBe(false)
    const branch = (await gate.api('GET', `/api/groups/${gate.groups.branch}/connectors`)).body.connectors
    expect(branch.map(({ name }: { name: string }) => name)).toEqual(['branch'])
    await gate.works()
  })

  test('that sends requests to its sibling is refused there and counted', async () => {
    const refused = gate.refusals('one', 'ENVELOPE_CANNOT_OPEN')
    const before = gate.backEnd.operations
    const { cargo } = await rogue.helloCargo({})

    for (let count = 0; count < 10; count++) await rogue.send(gate.peer('one').address ?? rogue.console, cargo)

    await gate.until(() => gate.refusals('one', 'ENVELOPE_CANNOT_OPEN') === refused + 10)
    expect(gate.backEnd.operations).toBe(before)
    await gate.works()
  })
})

const lie = { entries: [], more: false, partial: false, referralsNotFollowed: 0, server: 'nowhere:636' }
