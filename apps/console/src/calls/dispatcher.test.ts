import { FakeClock } from '@sallygate/testkit'
import type { OperationClass } from '@sallygate/service-kit'
import { describe, expect, test } from 'vitest'
import type { Attempt, Carrier, Errand, Reachable } from './carrier.ts'
import { Dispatcher } from './dispatcher.ts'
import type { DispatchRequest } from './progress.ts'
import { pickOfTwo } from './load.ts'
import { RetryBudget } from './retry-budget.ts'

const done: Attempt = { kind: 'done', payload: Buffer.from('{}') }
const report = { code: 'X', says: 's', fix: 'f', retry: 'elsewhere' as const, details: {} }
const notStarted: Attempt = { kind: 'notStarted', failure: report }

/** A road on which everything is decided by the test. */
class Road implements Carrier {
  readonly clock = new FakeClock()
  readonly carried: { to: string; errand: Errand; withinMs: number; atMs: number }[] = []
  here: Reachable[] = []
  isExpected = false
  isRelayAttached = true
  answer: (to: string, attempt: number, withinMs: number) => Attempt | Promise<Attempt> = () => done
  readonly #listeners = new Set<() => void>()

  readonly reachable = () => this.here
  readonly isSomebodyExpected = () => this.isExpected
  onChange(_group: string, action: () => void) {
    this.#listeners.add(action)
    return () => this.#listeners.delete(action)
  }
  async carry(to: Reachable, errand: Errand, withinMs: number): Promise<Attempt> {
    this.carried.push({ to: to.instance, errand, withinMs, atMs: this.clock.monotonicMs() })
    return this.answer(to.instance, this.carried.length, withinMs)
  }
  /** An attempt that nobody answers. */
  silence(withinMs: number): Promise<Attempt> {
    return new Promise((resolve) => this.clock.after(withinMs, () => resolve({ kind: 'silent', because: 'deadline' })))
  }
  arrive(...names: string[]) {
    this.here = names.map((name) => ({
      instance: name,
      name,
      isDraining: false,
      isCloned: false,
      operations: new Set(['a.b']),
    }))
    for (const listener of Array.from(this.#listeners)) listener()
  }
  dispatcher(more: { mostPerGroup?: number } = {}) {
    return new Dispatcher({ carrier: this, clock: this.clock, random: () => 0, ...more })
  }
}

function request(operationClass: OperationClass, more: Partial<DispatchRequest> = {}): DispatchRequest {
  const parameters = Buffer.from('{}')
  return {
    errand: {
      group: 'g',
      actingGroup: 'g',
      component: 'other',
      operation: 'a.b',
      class: operationClass,
      parameters,
      generation: undefined,
    },
    deadlineMs: 10_000,
    leastMs: 100,
    ...more,
  }
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

describe('who is asked', () => {
  test('nobody there and nobody expected is an answer at once', async () => {
    const road = new Road()

    await expect(road.dispatcher().call(request('R'))).rejects.toEqual(code('CONSOLE_NO_CONNECTOR_ATTACHED'))
    expect(road.clock.monotonicMs()).toBe(0)
  })

  test('a relay that is away is said, not the connectors', async () => {
    const road = new Road()
    road.isRelayAttached = false

    await expect(road.dispatcher().call(request('R'))).rejects.toEqual(code('CONSOLE_RELAY_AWAY'))
  })

  test('who left a moment ago is waited for within the deadline', async () => {
    const road = new Road()
    road.isExpected = true
    const call = road.dispatcher().call(request('R'))
    await road.clock.advance(3000)

    road.arrive('one')

    await expect(call).resolves.toMatchObject({ instance: 'one' })
    expect(road.carried[0]?.withinMs).toBeLessThanOrEqual(7000)
  })

  test('waiting ends when nobody is expected any more, and at the deadline', async () => {
    const road = new Road()
    road.isExpected = true
    const first = road.dispatcher().call(request('R'))
    const second = road.dispatcher().call(request('R', { deadlineMs: 2000 }))
    const ended = Promise.allSettled([first, second])

    await road.clock.advance(2000)
    road.isExpected = false
    await road.clock.advance(300)

    expect((await ended).map((end) => (end as PromiseRejectedResult).reason as unknown)).toEqual([
      code('CONSOLE_NO_CONNECTOR_ATTACHED'),
      code('CONSOLE_NO_CONNECTOR_ATTACHED'),
    ])
    expect(road.clock.pending).toBe(0)
  })

  test('somebody who does not offer the operation, or drains, is not asked', async () => {
    const road = new Road()
    road.here = [
      { instance: 'unable', name: 'u', isDraining: false, isCloned: false, operations: new Set(['x.y']) },
      { instance: 'leaving', name: 'l', isDraining: true, isCloned: false, operations: new Set(['a.b']) },
    ]

    await expect(road.dispatcher().call(request('R'))).rejects.toEqual(code('CONSOLE_NO_CONNECTOR_ABLE'))
    expect(road.carried).toEqual([])
  })

  test('of two the less busy one is asked', async () => {
    const road = new Road()
    road.arrive('one', 'two')
    road.answer = () => new Promise(() => {})
    const dispatcher = road.dispatcher()

    for (let at = 0; at < 6; at++) void dispatcher.call(request('B'))
    await road.clock.advance(0)

    expect(['one', 'two'].map((name) => road.carried.filter(({ to }) => to === name).length)).toEqual([3, 3])
  })

  test('a named instance is asked, or nobody', async () => {
    const road = new Road()
    road.arrive('one', 'two')

    await expect(road.dispatcher().call(request('R', { instance: 'two' }))).resolves.toMatchObject({ instance: 'two' })
    await expect(road.dispatcher().call(request('R', { instance: 'gone' }))).rejects.toThrow(
      expect.objectContaining({ code: 'CONSOLE_NO_CONNECTOR_ABLE' }),
    )
  })

  test('more calls than a group may have under way are refused at once', async () => {
    const road = new Road()
    road.arrive('one')
    road.answer = () => new Promise(() => {})
    const dispatcher = road.dispatcher({ mostPerGroup: 2 })
    void dispatcher.call(request('B'))
    void dispatcher.call(request('B'))

    await expect(dispatcher.call(request('B'))).rejects.toEqual(code('CONSOLE_CONNECTOR_BUSY'))
  })
})

describe('what is tried again', () => {
  test('a read goes elsewhere while there is time, with half of it kept back', async () => {
    const road = new Road()
    road.arrive('one', 'two')
    road.answer = (_to, attempt, withinMs) => (attempt === 1 ? road.silence(withinMs) : done)
    const call = road.dispatcher().call(request('R'))

    await road.clock.advance(10_000)

    await expect(call).resolves.toMatchObject({ attempts: 2 })
    expect(road.carried.map(({ withinMs }) => withinMs)).toEqual([5000, 5000])
    expect(new Set(road.carried.map(({ to }) => to)).size).toBe(2)
  })

  test('a read is tried three times at most', async () => {
    const road = new Road()
    road.arrive('one', 'two', 'three', 'four')
    road.answer = () => ({ kind: 'undelivered', because: 'busy' })

    await expect(road.dispatcher().call(request('R'))).rejects.toEqual(code('CONSOLE_CONNECTOR_BUSY'))
    expect(road.carried).toHaveLength(3)
  })

  test.each(['B', 'N', 'O'] as const)(
    'class %s is never sent again after it was handed over, whatever the relay says',
    async (operationClass) => {
      for (const attempt of [
        { kind: 'silent', because: 'gone' },
        { kind: 'undelivered', because: 'noSuchPeer' },
        { kind: 'undelivered', because: 'busy' },
      ] as const) {
        const road = new Road()
        road.arrive('one', 'two')
        road.answer = () => attempt

        const call = expect(road.dispatcher().call(request(operationClass))).rejects.toEqual(
          code('CONSOLE_UNKNOWN_OUTCOME'),
        )
        // Class N: what became of it is asked for as long as there is time; here nobody can be asked.
        await road.clock.advance(10_000)
        await call
        expect(road.carried).toHaveLength(1)
      }
    },
  )

  test.each(['B', 'N'] as const)(
    'class %s goes elsewhere when a connector signed that nothing was done',
    async (operationClass) => {
      const road = new Road()
      road.arrive('one', 'two')
      road.answer = (_to, attempt) => (attempt === 1 ? notStarted : done)

      await expect(road.dispatcher().call(request(operationClass))).resolves.toMatchObject({ attempts: 2 })
    },
  )

  test('what could not even be sent may be sent', async () => {
    const road = new Road()
    road.arrive('one')
    road.answer = (_to, attempt) => (attempt === 1 ? { kind: 'notSent', because: 'busy' } : done)

    await expect(road.dispatcher().call(request('B'))).resolves.toMatchObject({ attempts: 2 })
  })

  test('a refusal that is meant for everybody is not asked for again', async () => {
    const road = new Road()
    road.arrive('one', 'two')
    road.answer = () => ({ kind: 'notStarted', failure: { ...report, retry: 'never' } })

    await expect(road.dispatcher().call(request('R'))).rejects.toEqual(code('X'))
    expect(road.carried).toHaveLength(1)
  })

  test('a read that failed at one connector only is tried at another, and the failure is told if there is none', async () => {
    const road = new Road()
    road.arrive('one', 'two')
    road.answer = (_to, attempt) => (attempt === 1 ? { kind: 'failed', failure: report, spans: [] } : done)
    await expect(road.dispatcher().call(request('R'))).resolves.toMatchObject({ attempt: { kind: 'done' } })
    const alone = new Road()
    alone.arrive('one')
    alone.answer = () => ({ kind: 'failed', failure: report, spans: [] })

    await expect(alone.dispatcher().call(request('R'))).resolves.toMatchObject({
      attempt: { kind: 'failed' },
      attempts: 1,
    })
  })

  test('a password check that failed is not tried elsewhere', async () => {
    const road = new Road()
    road.arrive('one', 'two')
    road.answer = () => ({ kind: 'failed', failure: report, spans: [] })

    await expect(road.dispatcher().call(request('B'))).resolves.toMatchObject({ attempts: 1 })
  })

  test('all attempts of a change carry one key, and a read carries none', async () => {
    const road = new Road()
    road.arrive('one', 'two')
    road.answer = (_to, attempt) => (attempt % 2 === 1 ? notStarted : done)

    await road.dispatcher().call(request('S'))
    await road.dispatcher().call(request('R'))

    const keys = road.carried.map(({ errand }) => errand.idempotencyKey)
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(keys).toEqual([keys[0], keys[0], undefined, undefined])
  })

  test('an outage uses up the budget, and then every call is tried once', async () => {
    const road = new Road()
    road.arrive('one', 'two')
    road.answer = () => ({ kind: 'undelivered', because: 'busy' })
    const dispatcher = road.dispatcher()
    for (let calls = 0; calls < 5; calls++) await dispatcher.call(request('R')).catch(() => {})
    const before = road.carried.length

    await dispatcher.call(request('R')).catch(() => {})

    expect(road.carried.length - before).toBe(1)
  })

  test('too little time left ends it', async () => {
    const road = new Road()
    road.arrive('one')
    road.answer = (_to, _attempt, withinMs) => road.silence(withinMs)
    const call = expect(road.dispatcher().call(request('R'))).rejects.toEqual(code('CONSOLE_CONNECTOR_SILENT'))

    await road.clock.advance(20_000)
    await call

    expect(road.carried).toHaveLength(1)
  })
})

test('the budget allows no retry at half, and successes give it back slowly', () => {
  const budget = new RetryBudget()
  for (let failures = 0; failures < 5; failures++) budget.failed()
  expect(budget.allowsRetry).toBe(false)

  budget.succeeded()

  expect(budget.allowsRetry).toBe(true)
})

test('two at random are two different ones', () => {
  const seen: string[][] = []
  for (let at = 0; at < 50; at++) {
    const looked: string[] = []
    pickOfTwo(['a', 'b', 'c'], (one) => looked.push(one), Math.random)
    seen.push(looked)
  }

  expect(seen.every(([first, second]) => first !== second)).toBe(true)
})

test('what a call costs the dispatcher is little', async () => {
  const road = new Road()
  road.arrive('one', 'two', 'three')
  const dispatcher = road.dispatcher()
  const calls = 2000
  for (let at = 0; at < 200; at++) await dispatcher.call(request('R'))
  const began = performance.now()

  for (let at = 0; at < calls; at++) await dispatcher.call(request('R'))

  const microseconds = ((performance.now() - began) / calls) * 1000
  console.info(`dispatcher: ${microseconds.toFixed(1)} µs per call`)
  // Ten times what it takes here; sealing one request takes more.
  expect(microseconds).toBeLessThan(500)
})

test('what a call costs is little as well while a thousand wait, and none is sent away who has room', async () => {
  const road = new Road()
  road.isExpected = true
  const dispatcher = road.dispatcher({ mostPerGroup: 1024 })
  const waiting = Array.from({ length: 1024 }, () => dispatcher.call(request('R')))
  const began = performance.now()

  const refused = await Promise.allSettled(Array.from({ length: 1000 }, () => dispatcher.call(request('R'))))

  const microseconds = performance.now() - began
  console.info(`dispatcher: ${microseconds.toFixed(1)} µs per call that finds a full line`)
  expect(refused.every(({ status }) => status === 'rejected')).toBe(true)
  // Looking at all who wait for each of them, and at all again for each of those, took seventeen milliseconds a call.
  expect(microseconds).toBeLessThan(1000)
  road.arrive('one')
  expect((await Promise.all(waiting)).length).toBe(1024)
})

test('a connector gets its settings past a thousand look-ups that wait for it', async () => {
  const road = new Road()
  road.isExpected = true
  const dispatcher = road.dispatcher({ mostPerGroup: 8 })
  const own = (operation: string) => ({ ...request('S'), errand: { ...request('S').errand, operation } })
  const work = Array.from({ length: 8 }, () => dispatcher.call(request('R')))
  await expect(dispatcher.call(request('R'))).rejects.toEqual(code('CONSOLE_CONNECTOR_BUSY'))
  const settings = dispatcher.call(own('instance.configure'))

  road.here = [
    {
      instance: 'one',
      name: 'one',
      isDraining: false,
      isCloned: false,
      operations: new Set(['a.b', 'instance.configure']),
    },
  ]
  await road.clock.advance(250)

  await expect(settings).resolves.toMatchObject({ instance: 'one' })
  expect((await Promise.all(work)).length).toBe(8)
})

test('an instance that may be a clone is asked for what anybody may know, and is given no password and nothing to change', async () => {
  for (const operationClass of ['B', 'S', 'N', 'O'] as const) {
    const road = new Road()
    road.here = [{ instance: 'one', name: 'one', isDraining: false, isCloned: true, operations: new Set(['a.b']) }]

    await expect(road.dispatcher().call(request(operationClass))).rejects.toMatchObject({
      code: 'CONSOLE_CONNECTOR_CLONED',
    })
    expect(road.carried).toEqual([])

    road.here.push({ instance: 'two', name: 'two', isDraining: false, isCloned: false, operations: new Set(['a.b']) })
    road.answer = () => Promise.resolve({ kind: 'done', payload: Buffer.from('{}') })
    expect((await road.dispatcher().call(request(operationClass))).instance).toBe('two')
  }
})
