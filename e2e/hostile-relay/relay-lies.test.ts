/**
 * T41, T45, T46: what the relay says of others, what it says became of a message, and noise.
 */
import { randomBytes } from '@sallygate/base/bytes'
import { ANNOUNCEMENT, answerWithDescriptor } from '@sallygate/envelope'
import { encodeFrame, noId } from '@sallygate/hop'
import { drop, only } from '@sallygate/testkit/tampers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectTypedFailure, Gate, namesIn, replyFrom, requestTo, type Answer } from './gate.ts'

let gate: Gate
beforeAll(async () => void (gate = await Gate.open({ seed: 0x41, reportEvery: '250ms' })), 30_000)
afterAll(() => gate.close())

const status = async () => (await gate.api('GET', '/api/status')).body

describe('T41: a roster that is not true', () => {
  test('a connector that is not there costs the caller its deadline and no more', async () => {
    const group = (await gate.api('POST', '/api/groups', { name: 'Empty' })).body.id as never
    const settings = gate.directorySettings()
    await gate.api('PUT', `/api/groups/${String(group)}/services/directory`, { settings })
    const body = { operation: 'directory.search', parameters: { kind: 'users' }, deadlineMs: 600 }
    const honestly = await gate.api('POST', `/api/groups/${String(group)}/call`, body)
    gate.relay.claimPresent({ group })
    const began = performance.now()

    const answer = await gate.api('POST', `/api/groups/${String(group)}/call`, body)

    expect(performance.now() - began).toBeLessThan(1500)
    expectTypedFailure(answer)
    expect(answer.body.code).toBe(honestly.body.code)
    expect(answer.body.code).toBe('CONSOLE_NO_CONNECTOR_ATTACHED')
    await gate.works()
  })

  test('thousands that are not there delay nobody who is', async () => {
    const claimed = Array.from({ length: 3000 }, () => gate.relay.claimPresent({ group: gate.groups.main as never }))

    const answers = await Promise.all(['Ada', 'Bruno', 'Freya'].map((name) => gate.search(undefined, name, 3000)))

    expect(answers.map(({ status: said }) => said)).toEqual([200, 200, 200])
    expect((await status()).connectors).toMatchObject({ attached: 3, total: 3 })
    for (const entry of claimed) gate.relay.peer('console').send({ type: 'rosterChange', event: 'left', entry })
    await gate.works()
  })

  test('a connector that the relay puts into another group gets none of that group’s work', async () => {
    const entry = gate.relay.claimPresent({
      group: gate.groups.branch as never,
      instance: gate.instance('one') as never,
    })

    const answers = await Promise.all(Array.from({ length: 6 }, () => gate.search('branch', 'Ada', 1500)))
    const body = { operation: 'directory.search', parameters: { kind: 'users' } }
    const unnamed = await gate.api('POST', `/api/groups/${gate.groups.branch}/call`, body)

    for (const answer of [...answers, unnamed]) expect(answer.body.connector.name).toBe('branch')
    gate.relay.peer('console').send({ type: 'rosterChange', event: 'left', entry })
    await gate.works()
  })

  test('a connector that is hidden loses its work to its sibling; when all are hidden the caller is told', async () => {
    gate.relay.claimAbsent(gate.peer('one'))
    await gate.until(async () => (await gate.connector('one')).state === 'away')
    const byTheOther = await gate.search(undefined, 'Gareth')
    gate.relay.claimAbsent(gate.peer('two'))
    await gate.until(async () => (await gate.connector('two')).state === 'away')
    const byNobody = await gate.search(undefined, 'Gareth', 500)

    expect(byTheOther).toMatchObject({ status: 200, body: { connector: { name: 'two' } } })
    expectTypedFailure(byNobody)
    expect(gate.backEnd.lookUps('Gareth')).toBe(1)
    await Promise.all([gate.reconnect('one'), gate.reconnect('two')])
    await gate.works()
  })

  test('a connector that is hidden and goes on reporting is a warning in the status within five seconds', async () => {
    gate.relay.claimAbsent(gate.peer('one'))
    await gate.until(async () => (await gate.connector('one')).state === 'away')
    try {
      await gate.until(
        async () => (await status()).warnings.some(({ about }: { about?: string }) => about === 'one'),
        5000,
      )
    } finally {
      await gate.reconnect('one')
      await gate.works()
    }
  })
})

describe('T45: hints that are not true', () => {
  const reasons = ['noSuchPeer', 'busy', 'tooLarge', 'expired', 'notAllowed'] as const

  /** Says of every request to `one` that it was not delivered, and delivers it. */
  function deny(reason: (typeof reasons)[number]): void {
    const isRequest = requestTo(gate.instance('one'))
    gate.relay.tamper = (passing) => {
      if (isRequest(passing)) {
        const { token } = passing
        gate.relay.peer('console').send({ type: 'undelivered', token, reason, retryAfterMs: 0 })
      }
      return [passing]
    }
  }

  test('draining, leaving, joining and going away, all untrue, while calls are under way: right data or a failure by name', async () => {
    const peer = gate.peer('one')
    const entry = peer.rosterEntry()
    const answers = Array.from({ length: 12 }, () => gate.search(undefined, 'Lindqvist', 1500))
    for (const event of ['draining', 'left', 'joined', 'draining', 'left'] as const) {
      gate.relay.peer('console').send({ type: 'rosterChange', event, entry })
    }
    gate.relay.peer('console').send({ type: 'roster', entries: [] })
    gate.relay.peer('console').send({ type: 'admitted', number: 1, ok: false, reason: 'badSignature' })

    for (const answer of await Promise.all(answers)) {
      if (answer.status === 200) expect(namesIn(answer)).toEqual(['Freya Lindqvist'])
      else expectTypedFailure(answer)
    }
    await Promise.all((['one', 'two', 'branch'] as const).map((name) => gate.reconnect(name)))
    await gate.works()
  })

  test.each(reasons)(
    '“%s” of a sign-in that was delivered: it happens once, and nobody says it was refused',
    async (reason) => {
      const before = gate.backEnd.signInsOf('ada.okafor')
      deny(reason)

      const answer = await gate.signIn('one', 'ada.okafor', 1500)

      expectTypedFailure(answer)
      expect(answer.body.code).toBe('CONSOLE_UNKNOWN_OUTCOME')
      await gate.until(() => gate.backEnd.signInsOf('ada.okafor') > before)
      await gate.works()
      expect(gate.backEnd.signInsOf('ada.okafor')).toBe(before + 1)
    },
  )

  test.each(reasons)('“%s” of a look-up that was delivered: right data or a failure by name', async (reason) => {
    deny(reason)

    const answer = await gate.search('one', 'Bruno', 1500)

    if (answer.status === 200) expect(namesIn(answer)).toEqual(['Bruno Keller'])
    else
      expect(answer.body.code).toMatch(/^CONSOLE_(?:NO_CONNECTOR_ATTACHED|CONNECTOR_BUSY|TOO_LARGE|CONNECTOR_SILENT)$/)
    await gate.works()
  })

  test('no word at all about a sign-in that was swallowed, or whose reply was: nobody knows, and it is not tried again', async () => {
    const before = gate.backEnd.signIns.length
    gate.relay.tamper = only(requestTo(gate.instance('one')), drop)
    const swallowed = await gate.signIn('one', 'emre.yildiz', 500)
    gate.relay.tamper = only(replyFrom(gate.instance('one')), drop)
    const unanswered = await gate.signIn('one', 'emre.yildiz', 800)

    expect([swallowed, unanswered].map(({ body }) => body.code)).toEqual(Array(2).fill('CONSOLE_UNKNOWN_OUTCOME'))
    expect(gate.backEnd.signIns.length).toBe(before + 1)
    await gate.works()
  })
})

describe('T46: noise', () => {
  test('at the rate the connector takes it: genuine calls go on, nothing piles up, all of it is counted', async () => {
    const instance = gate.instance('one')
    const tapped = gate.tap(requestTo(instance))
    await gate.search('one', 'Keller')
    const genuine = await tapped
    const peer = gate.peer('one')
    const before = { refused: gate.refusals('one', 'ENVELOPE_CANNOT_OPEN'), bytes: gate.retainedBytes() }
    let sent = 0
    let isOver = false
    const flood = (async () => {
      while (!isOver) {
        for (; peer.credit > 1; sent++) gate.relay.inject({ ...genuine, cargo: noise(sent, genuine.cargo) })
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const began = performance.now()

    const answers: Answer[] = []
    while (performance.now() - began < 800) answers.push(await gate.search('one', 'Freya', 2000))
    isOver = true
    await flood

    const seconds = (performance.now() - began) / 1000
    const good = answers.filter(({ status: said }) => said === 200)
    console.log(`noise: ${Math.round(sent / seconds)} a second refused, ${good.length} of ${answers.length} calls good`)
    expect(good.length / answers.length).toBeGreaterThanOrEqual(0.5)
    for (const answer of good) expect(namesIn(answer)).toEqual(['Freya Lindqvist'])
    await gate.until(() => gate.refusals('one', 'ENVELOPE_CANNOT_OPEN') === before.refused + sent)
    expect(gate.facts('one').inFlight).toBe(0)
    await gate.gaveBack(before.bytes)
    await gate.works()
  })

  test('at the console, in every kind it takes: genuine calls go on, and nothing piles up', async () => {
    const peer = gate.relay.peer('console')
    const holding = gate.hold(replyFrom(gate.instance('one')))
    const waiting = gate.search('one', 'Keller', 9000)
    const reply = await holding
    const hello = gate.relay.recording.messages.flatMap(({ bytes, direction }) =>
      direction === 'in' && bytes[0] === 0x41 && bytes[83] === 1 ? [bytes.subarray(83)] : [],
    )
    const before = gate.retainedBytes()
    const answers: Answer[] = []
    let sent = 0
    let isOver = false
    const flood = (async () => {
      while (!isOver) {
        for (; peer.credit > 1; sent++) gate.relay.inject({ ...reply, cargo: noiseFor(sent, reply.cargo, hello) })
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const began = performance.now()

    while (performance.now() - began < 800) answers.push(await gate.search('two', 'Freya', 2000))
    isOver = true
    await flood
    gate.relay.inject(reply)

    const good = answers.filter(({ status: said }) => said === 200)
    const perSecond = Math.round(sent / ((performance.now() - began) / 1000))
    console.log(`noise at the console: ${perSecond} a second, ${good.length} of ${answers.length} calls good`)
    expect(good.length / answers.length).toBeGreaterThanOrEqual(0.5)
    expect(namesIn(await waiting)).toEqual(['Bruno Keller'])
    await gate.gaveBack(before)
    await gate.works()
  })

  test('fills no log: what comes a thousand times is not written down a thousand times', async () => {
    const replaying = gate.tap(requestTo(gate.instance('one')))
    await gate.search('one', 'Keller')
    const request = await replaying
    const holding = gate.hold(replyFrom(gate.instance('one')))
    const answer = gate.search('one', 'Keller', 9000)
    const reply = await holding
    const noisy = Buffer.concat([reply.cargo.subarray(0, 39), randomBytes(reply.cargo.length - 39)])
    const lines = { console: gate.log.length, connector: gate.connectorLog.length }

    await gate.deliver(Array.from({ length: 1000 }, () => request))
    await gate.deliver(Array.from({ length: 1000 }, () => ({ ...reply, cargo: noisy })))
    gate.relay.inject(reply)
    await answer

    const written = [gate.log.length - lines.console, gate.connectorLog.length - lines.connector]
    for (const count of written)
      expect(count, `lines of console and connector: ${written.join(', ')}`).toBeLessThan(100)
    await gate.works()
  })

  test('beyond the credit it was given, or as frames that are none, the relay is cut and named', async () => {
    const { reconnects } = gate.facts('one').relay
    const { lastFailure } = gate.facts('one').relay
    const noiseFrame = encodeFrame({
      type: 'cargo',
      to: { role: 'connector', group: noId, instance: noId },
      from: { role: 'console', group: noId, instance: noId },
      token: '00'.repeat(8),
      ttlMs: 1000,
      cargo: Buffer.alloc(64, 1),
    })
    const peer = gate.peer('one')

    for (let count = 0; count < 5000; count++) peer.sendRaw(count % 2 === 0 ? noiseFrame : Buffer.alloc(100, 0xee))

    await gate.until(() => gate.facts('one').relay.reconnects > reconnects)
    expect(gate.facts('one').relay.lastFailure).not.toEqual(lastFailure)
    expect(gate.facts('one').relay.lastFailure).toMatchObject({ code: 'DIAL_PROTOCOL' })
    await gate.until(() => gate.facts('one').isLive)
    await gate.works()
  })
})

describe('T45: an announcement that no console made', () => {
  test('has the connector say hello again, and ends no call that is under way', async () => {
    const { length } = gate.log
    const isDone = () => {
      const lines = gate.log.slice(length).filter(({ fields }) => fields['instance'] === gate.instance('two'))
      return lines.some(({ message }) => message === 'connector said hello')
    }
    const announcement = answerWithDescriptor(ANNOUNCEMENT, randomBytes(64))
    const from = gate.relay.peer('console').address ?? { role: 'console', group: noId, instance: noId }
    const to = gate.peer('two').address ?? from
    const answers: Answer[] = []
    let isOver = false
    gate.backEnd.delay(50)
    const callers = Array.from({ length: 8 }, async () => {
      while (!isOver) answers.push(await gate.search('two', 'Keller', 3000))
    })

    await gate.until(() => {
      gate.relay.inject({ from, to, token: '00'.repeat(8), ttlMs: 1000, cargo: announcement })
      return isDone()
    })
    await gate
      .until(() => gate.log.slice(length).some(({ message }) => message === 'settings acknowledged'), 1000)
      .catch(() => undefined)
    isOver = true
    await Promise.all(callers)
    gate.backEnd.delay(0)

    const failed = answers.filter(({ status: said }) => said !== 200).map(({ body }) => body.code)
    expect(failed, `of ${answers.length} calls`).toEqual([])
    await gate.works()
  })
})

/** Half of it is of the right length and for the right key, which is the noise that costs most to refuse. */
function noise(count: number, genuine: Buffer): Buffer {
  if (count % 2 === 0) return Buffer.concat([Buffer.from([1, 1, 1]), randomBytes(200)])
  return Buffer.concat([genuine.subarray(0, 35), randomBytes(genuine.length - 35)])
}

/** A broken reply to what is waited for, a broken hello, a broken enrollment, a question for the descriptor, and nothing at all. */
function noiseFor(count: number, reply: Buffer, hellos: readonly Buffer[]): Buffer {
  const hello = hellos.at(-1) ?? reply
  const [report, enrollment] = [Buffer.from(hello), Buffer.from(hello)]
  report.set(randomBytes(report.length - 35), 35)
  enrollment.set(randomBytes(enrollment.length - 11), 11)
  enrollment[0] = 5
  const choices = [
    Buffer.concat([reply.subarray(0, 39), randomBytes(reply.length - 39)]),
    report,
    enrollment.subarray(0, 4096 + 1163),
    Buffer.concat([Buffer.from([3, 1]), randomBytes(16)]),
    randomBytes(100),
  ]
  return choices[count % choices.length] ?? reply
}
