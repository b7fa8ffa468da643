/**
 * Two and more connectors of a group: who is suspected, when, and what becomes of the work.
 */
import { FakeClock } from '@sallygate/testkit'
import type { Lane, OperationClass } from '@sallygate/service-kit'
import { describe, expect, test } from 'vitest'
import type { Attempt, Carrier, Errand, Reachable } from './carrier.ts'
import { Dispatcher } from './dispatcher.ts'
import type { DispatchRequest } from './progress.ts'

const done: Attempt = { kind: 'done', payload: Buffer.from('{"result":1,"spans":[]}') }
const busy: Attempt = {
  kind: 'notStarted',
  failure: { code: 'CONNECTOR_BUSY', says: 's', fix: 'f', retry: 'elsewhere', details: {} },
}

interface Carried {
  readonly to: string
  readonly errand: Errand
  readonly end: (attempt: Attempt) => void
  readonly sign: () => void
}

/** Connectors that answer in `tookMs`, or not at all. */
class Office implements Carrier {
  readonly clock = new FakeClock()
  readonly isRelayAttached = true
  readonly carried: Carried[] = []
  readonly silent = new Set<string>()
  readonly operations = new Set(['a.b', 'a.issue', 'a.issue.outcome', 'instance.status'])
  readonly services = new Map<string, Map<string, 'healthy' | 'degraded' | 'failed'>>()
  tookMs = 10
  answer: (carried: Carried) => Attempt | undefined = () => done
  here: readonly string[] = ['one', 'two']
  readonly dispatcher = new Dispatcher({ carrier: this, clock: this.clock, random: () => 0 })

  reachable(): readonly Reachable[] {
    return this.here.map((name) => ({
      instance: name,
      name,
      isDraining: false,
      isCloned: false,
      operations: this.operations,
      services: this.services.get(name) ?? new Map(),
    }))
  }
  isSomebodyExpected = () => false
  onChange = () => () => undefined
  carry(
    { instance: to }: Reachable,
    errand: Errand,
    withinMs: number,
    signal: AbortSignal,
    onSign: () => void = () => undefined,
  ): Promise<Attempt> {
    return new Promise((resolve) => {
      const end = (attempt: Attempt) => {
        late.cancel()
        resolve(attempt)
      }
      const late = this.clock.after(withinMs, () => end({ kind: 'silent', because: 'deadline' }))
      signal.addEventListener('abort', () => end({ kind: 'silent', because: 'gone' }), { once: true })
      const carried = { to, errand, end, sign: onSign }
      this.carried.push(carried)
      if (this.silent.has(to)) return
      const attempt = this.answer(carried)
      const isProbe = errand.operation === 'instance.status'
      if (attempt !== undefined) this.clock.after(isProbe ? 1 : this.tookMs, () => end(attempt))
    })
  }
  to(name: string, operation = 'a.b'): readonly Carried[] {
    return this.carried.filter(({ to, errand }) => to === name && errand.operation === operation)
  }
  call(operationClass: OperationClass = 'R', more: Partial<DispatchRequest> & { actingGroup?: string } = {}) {
    const { actingGroup = 'g', ...rest } = more
    return this.dispatcher.call({
      errand: {
        group: 'g',
        actingGroup,
        component: 'other',
        operation: operationClass === 'N' ? 'a.issue' : 'a.b',
        class: operationClass,
        parameters: Buffer.from('{}'),
        generation: undefined,
      },
      deadlineMs: 10_000,
      leastMs: 100,
      ...rest,
    })
  }
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

describe('an instance that gives no sign', () => {
  test('is doubted after two seconds, suspected within six, and gets probes only', async () => {
    const office = new Office()
    office.silent.add('one')
    const lost = office.call('B').catch((error: unknown) => error)
    await office.clock.advance(2500)
    expect(office.dispatcher.standingOf('one').word).toBe('doubted')

    await office.clock.advance(3500)
    expect(office.dispatcher.standingOf('one').word).toBe('suspect')

    for (let at = 0; at < 20; at++) {
      void office.call()
      await office.clock.advance(20)
    }
    expect(office.to('one')).toHaveLength(1)
    expect(office.to('two')).toHaveLength(20)
    expect(office.to('one', 'instance.status').length).toBeGreaterThan(0)
    await office.clock.advance(10_000)
    await expect(lost).resolves.toEqual(code('CONSOLE_UNKNOWN_OUTCOME'))
  })

  test('is cleared by any answer, and works again', async () => {
    const office = new Office()
    office.silent.add('one')
    void office.call('B').catch(() => undefined)
    await office.clock.advance(6000)
    expect(office.dispatcher.standingOf('one').word).toBe('suspect')

    office.silent.clear()
    await office.clock.advance(15_000)

    expect(office.dispatcher.standingOf('one').word).toBe('healthy')
    office.here = ['one']
    const call = office.call()
    await office.clock.advance(20)
    await expect(call).resolves.toMatchObject({ instance: 'one' })
  })

  test('loses its reads to its sibling after two seconds, and a sign-in is not made again', async () => {
    const office = new Office()
    office.silent.add('one')
    const read = office.call('R')
    const signIn = office.call('B', { instance: 'one' }).catch((error: unknown) => error)

    await office.clock.advance(2600)

    await expect(read).resolves.toMatchObject({ instance: 'two', attempts: 2 })
    await office.clock.advance(10_000)
    await expect(signIn).resolves.toEqual(code('CONSOLE_UNKNOWN_OUTCOME'))
    expect(office.carried.filter(({ errand }) => errand.class === 'B')).toHaveLength(1)
  })

  test('a hundred reads that are lost with it all find their way, whatever the budget', async () => {
    const office = new Office()
    office.silent.add('one')
    office.tookMs = 50
    const calls = Array.from({ length: 100 }, () => office.call('R'))

    for (let at = 0; at < 60; at++) await office.clock.advance(100)

    await expect(Promise.all(calls)).resolves.toHaveLength(100)
  })

  test('is not suspected while it says that it is at work', async () => {
    const office = new Office()
    office.here = ['one']
    office.answer = ({ errand, sign }) => {
      if (errand.operation === 'instance.status') return done
      office.clock.after(1000, sign)
      return undefined
    }
    const slow = office.call('R', { deadlineMs: 30_000 })

    for (let at = 0; at < 100; at++) {
      await office.clock.advance(250)
      expect(office.dispatcher.standingOf('one').word).not.toBe('suspect')
    }

    office.carried[0]?.end(done)
    await expect(slow).resolves.toMatchObject({ attempts: 1 })
  })

  test('where nobody else is there, a call waits a moment for it and then says who is silent', async () => {
    const office = new Office()
    office.here = ['one']
    office.silent.add('one')
    void office.call('B').catch(() => undefined)
    await office.clock.advance(6000)
    const call = office.call('R', { deadlineMs: 60_000 }).catch((error: unknown) => error)
    const began = office.clock.monotonicMs()

    await office.clock.advance(16_000)

    await expect(call).resolves.toEqual(code('CONSOLE_CONNECTOR_SILENT'))
    expect(office.clock.monotonicMs() - began).toBeLessThan(20_000)
  })

  test('five answers in a row that do not come open the breaker without waiting for the clock', async () => {
    const office = new Office()
    office.answer = ({ to }) => (to === 'one' ? { kind: 'undelivered', because: 'noSuchPeer' } : done)
    for (let at = 0; at < 12; at++) {
      void office.call('B', { instance: 'one' }).catch(() => undefined)
      await office.clock.advance(20)
    }

    expect(office.dispatcher.standingOf('one').word).toBe('suspect')
  })
})

describe('what a connector reported of its services', () => {
  test('sends work to the one whose service is well', async () => {
    const office = new Office()
    office.services.set('one', new Map([['a', 'failed']]))
    for (let at = 0; at < 5; at++) {
      void office.call()
      await office.clock.advance(20)
    }
    expect([office.to('one').length, office.to('two').length]).toEqual([0, 5])
  })

  test('is asked all the same where nobody else is there, so that its own words are heard', async () => {
    const office = new Office()
    office.here = ['one']
    office.services.set('one', new Map([['a', 'failed']]))
    const call = office.call()
    await office.clock.advance(20)

    await expect(call).resolves.toMatchObject({ instance: 'one' })
  })
})

describe('one that refuses what its sibling does', () => {
  const refused: Attempt = {
    kind: 'notStarted',
    failure: { code: 'ENVELOPE_CLOCK', says: 's', fix: 'f', retry: 'elsewhere', details: {} },
  }

  test('is left alone for a while, so that the budget lasts and every call is answered', async () => {
    const office = new Office()
    office.answer = ({ to }) => (to === 'one' ? refused : done)
    const calls: Promise<unknown>[] = []
    for (let at = 0; at < 60; at++) {
      calls.push(office.call())
      await office.clock.advance(100)
    }

    await expect(Promise.all(calls)).resolves.toHaveLength(60)
    expect(office.to('one').length).toBeLessThan(8)
  })

  test('is asked again after that, and works as before', async () => {
    const office = new Office()
    office.answer = ({ to }) => (to === 'one' ? refused : done)
    for (let at = 0; at < 10; at++) {
      void office.call()
      await office.clock.advance(100)
    }
    office.answer = () => done
    await office.clock.advance(6000)
    const before = office.to('one').length

    for (let at = 0; at < 10; at++) {
      void office.call()
      await office.clock.advance(100)
    }

    expect(office.to('one').length).toBeGreaterThan(before)
  })
})

describe('who waits', () => {
  const slow = () => {
    const office = new Office()
    office.here = ['one']
    office.tookMs = 1000
    return office
  }
  const started = (office: Office) => office.carried.map(({ errand }) => errand.actingGroup)

  test('bulk leaves room for a sign-in, and a sign-in overtakes what waits', async () => {
    const office = slow()
    for (let at = 0; at < 40; at++) void office.call('J', { actingGroup: 'sync' })
    for (let at = 0; at < 40; at++) void office.call('R', { actingGroup: 'people' })
    await office.clock.advance(0)
    const before = office.carried.length

    const signIn = office.call('B', { actingGroup: 'signIn' })
    await office.clock.advance(1)

    expect(before).toBe(14)
    expect(started(office).filter((one) => one === 'sync')).toHaveLength(8)
    expect(office.carried).toHaveLength(15)
    expect(office.carried.at(-1)?.errand.class).toBe('B')
    await office.clock.advance(1000)
    await expect(signIn).resolves.toMatchObject({ instance: 'one' })
  })

  test('of two acting groups the one that floods waits for itself', async () => {
    const office = slow()
    for (let at = 0; at < 200; at++) void office.call('R', { actingGroup: 'loud' }).catch(() => undefined)
    await office.clock.advance(10)
    for (let at = 0; at < 10; at++) void office.call('R', { actingGroup: 'quiet' })

    await office.clock.advance(2000)

    const second = started(office).slice(14, 28)
    expect(second.filter((one) => one === 'quiet').length).toBeGreaterThanOrEqual(6)
  })

  test('what waits in vain is told within its deadline, and nothing is left behind', async () => {
    const office = slow()
    office.tookMs = 60_000
    const calls = Array.from({ length: 30 }, () =>
      office.call('R', { deadlineMs: 3000 }).catch((error: unknown) => error),
    )

    await office.clock.advance(3500)

    const ends = await Promise.all(calls)
    expect(ends.slice(14)).toEqual(Array.from({ length: 16 }, () => code('CONSOLE_CONNECTOR_BUSY')))
  })

  test('a group that is full gives way to what is more urgent, and not to more of the same', async () => {
    const office = slow()
    office.tookMs = 60_000
    const dispatcher = new Dispatcher({ carrier: office, clock: office.clock, random: () => 0, mostPerGroup: 20 })
    const call = (operationClass: OperationClass, lane?: Lane) =>
      dispatcher.call({
        errand: {
          group: 'g',
          actingGroup: 'g',
          component: 'other',
          operation: 'a.b',
          class: operationClass,
          parameters: Buffer.from('{}'),
          generation: undefined,
        },
        lane,
        deadlineMs: 10_000,
        leastMs: 100,
      })
    const bulk = Array.from({ length: 20 }, () => call('R', 'bulk').catch((error: unknown) => error))

    await expect(call('R', 'bulk')).rejects.toEqual(code('CONSOLE_CONNECTOR_BUSY'))
    void call('B').catch(() => undefined)

    await expect(bulk.at(-1)).resolves.toEqual(code('CONSOLE_CONNECTOR_BUSY'))
    expect(office.carried.at(-1)?.errand.class).toBe('B')
  })

  test('a connector that is busy is given less', async () => {
    const office = slow()
    office.tookMs = 1
    let atOnce = 0
    let most = 0
    office.answer = () => {
      most = Math.max(most, ++atOnce)
      office.clock.after(5, () => atOnce--)
      return atOnce > 6 ? busy : done
    }
    for (let at = 0; at < 400; at++) {
      for (let more = 0; more < 4; more++) void office.call('R').catch(() => undefined)
      await office.clock.advance(2)
    }
    most = 0
    for (let at = 0; at < 100; at++) {
      for (let more = 0; more < 4; more++) void office.call('R').catch(() => undefined)
      await office.clock.advance(2)
    }

    expect(most).toBeLessThanOrEqual(14)
  })
})

describe('what must not be done twice', () => {
  const said = (result: unknown): Attempt => ({
    kind: 'done',
    payload: Buffer.from(JSON.stringify({ result, spans: [] })),
  })

  test('is asked about where no answer came, and its end is told as if it had', async () => {
    const office = new Office()
    office.here = ['one']
    let asked = 0
    office.answer = ({ errand }) => {
      if (errand.operation === 'a.issue') return { kind: 'undelivered', because: 'lost' }
      return said(asked++ < 3 ? { state: 'running' } : { state: 'done', result: { serial: 7 } })
    }
    const call = office.call('N', { deadlineMs: 60_000 })

    await office.clock.advance(5000)

    const { attempt } = await call
    expect(JSON.parse((attempt as unknown as { payload: Buffer }).payload.toString())).toMatchObject({
      result: { serial: 7 },
    })
    const [first, ...questions] = office.carried
    expect(questions.every(({ errand }) => errand.operation === 'a.issue.outcome')).toBe(true)
    expect(questions[0]?.errand.parameters.toString()).toBe(`{"key":"${first?.errand.idempotencyKey}","parameters":{}}`)
  })

  test('is done under another key only after the back-end has said that it was not', async () => {
    const office = new Office()
    let issued = 0
    office.answer = ({ errand }) => {
      if (errand.operation === 'a.issue.outcome') return said({ state: 'notDone' })
      return issued++ === 0 ? { kind: 'silent', because: 'gone' } : done
    }
    const call = office.call('N', { deadlineMs: 60_000 })

    await office.clock.advance(5000)

    await expect(call).resolves.toMatchObject({ attempts: 2 })
    const keys = office.carried.filter(({ errand }) => errand.operation === 'a.issue')
    expect(new Set(keys.map(({ errand }) => errand.idempotencyKey)).size).toBe(2)
  })

  test('stays unknown, and is never done again, when nobody can say', async () => {
    const office = new Office()
    office.answer = ({ errand }) =>
      errand.operation === 'a.issue' ? { kind: 'silent', because: 'gone' } : said({ state: 'unknown', because: 'x' })
    const call = office.call('N', { deadlineMs: 30_000 }).catch((error: unknown) => error)

    await office.clock.advance(31_000)

    await expect(call).resolves.toEqual(code('CONSOLE_UNKNOWN_OUTCOME'))
    expect(office.carried.filter(({ errand }) => errand.operation === 'a.issue')).toHaveLength(1)
  })
})
