import { FakeClock } from '@sallygate/testkit'
import { seededRandom } from '@sallygate/testkit/seeded-random'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attempt, Carrier, Reachable } from './carrier.ts'
import { Dispatcher } from './dispatcher.ts'
import type { DispatchRequest } from './progress.ts'

const done: Attempt = { kind: 'done', payload: Buffer.from('{}') }

const request = (operation = 'a.b', instance?: string): DispatchRequest => ({
  errand: {
    group: 'g',
    actingGroup: 'g',
    component: 'other',
    operation,
    class: 'R',
    parameters: Buffer.from('{}'),
    generation: undefined,
  },
  deadlineMs: 10_000,
  leastMs: 100,
  instance,
})

/** Connectors that take `tookMs` for everything, and count what they got. */
class Group implements Carrier {
  readonly clock = new FakeClock()
  readonly isRelayAttached = true
  readonly got = new Map<string, number>()
  tookMs = 0
  readonly #here: readonly Reachable[]
  constructor(here: readonly Reachable[]) {
    this.#here = here
  }
  readonly reachable = () => this.#here
  readonly isSomebodyExpected = () => false
  readonly onChange = () => () => undefined
  carry({ instance }: Reachable): Promise<Attempt> {
    this.got.set(instance, (this.got.get(instance) ?? 0) + 1)
    if (this.tookMs === 0) return Promise.resolve(done)
    return new Promise((resolve) => this.clock.after(this.tookMs, () => resolve(done)))
  }
  dispatcher(random: () => number = () => 0) {
    return new Dispatcher({ carrier: this, clock: this.clock, random })
  }
}

function group(weights: readonly number[], more: Partial<Reachable> = {}): Group {
  const operations = new Set(['a.b', 'instance.check'])
  return new Group(
    weights.map((weight, at) => ({
      instance: String(at),
      name: `c${at}`,
      isDraining: false,
      isCloned: false,
      operations,
      weight,
      ...more,
    })),
  )
}

function randomOf(seed: number): () => number {
  const random = seededRandom(seed)
  return () => random.next()
}

const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 5 })

/** By how much the worst of them is off its share of all. */
function worst(shares: readonly number[], { got }: Group, calls: number): number {
  const all = shares.reduce((sum, one) => sum + one, 0)
  return Math.max(...shares.map((weight, at) => Math.abs((got.get(String(at)) ?? 0) / calls - weight / all)))
}

test('of calls one after the other every connector gets its share by weight', async () => {
  await fc.assert(
    fc.asyncProperty(weights, fc.integer(), async (shares, seed) => {
      const here = group(shares)
      const dispatcher = here.dispatcher(randomOf(seed))
      for (let at = 0; at < 1500; at++) await dispatcher.call(request())

      expect(worst(shares, here, 1500)).toBeLessThan(0.06)
    }),
    { numRuns: 15 },
  )
})

test('right after a start, who was asked first is not asked alone', async () => {
  const here = group([18, 18])
  const dispatcher = here.dispatcher(randomOf(0))

  for (let at = 0; at < 1500; at++) await dispatcher.call(request())

  expect(worst([18, 18], here, 1500)).toBeLessThan(0.06)
})

test('of many calls at once every connector gets its share by weight as well', async () => {
  await fc.assert(
    fc.asyncProperty(weights, fc.integer(), async (shares, seed) => {
      const here = group(shares)
      // Fewer at once than one of them is given: what it has no room for goes to the others, whatever their weight.
      here.tookMs = 12
      const dispatcher = here.dispatcher(randomOf(seed))
      const calls: Promise<unknown>[] = []
      for (let at = 0; at < 600; at++) {
        calls.push(dispatcher.call(request()))
        await here.clock.advance(1)
      }
      await here.clock.advance(100)
      await Promise.all(calls)

      expect(worst(shares, here, 600)).toBeLessThan(0.1)
    }),
    { numRuns: 10 },
  )
})

test('a paused connector gets no work, and is asked about itself', async () => {
  const here = group([100], { isPaused: true })

  await expect(here.dispatcher().call(request())).rejects.toMatchObject({ code: 'CONSOLE_CONNECTORS_PAUSED' })
  await expect(here.dispatcher().call(request('instance.check', '0'))).resolves.toMatchObject({ instance: '0' })
})

test('work goes on with the siblings of a paused connector', async () => {
  const operations = new Set(['a.b'])
  const here = new Group(
    [true, false].map((isPaused, at) => ({
      instance: String(at),
      name: `c${at}`,
      isDraining: false,
      isCloned: false,
      operations,
      isPaused,
    })),
  )
  const dispatcher = here.dispatcher()

  for (let at = 0; at < 10; at++) await dispatcher.call(request())

  expect([...here.got]).toEqual([['1', 10]])
  await expect(dispatcher.call(request('a.b', '0'))).rejects.toMatchObject({ code: 'CONSOLE_CONNECTORS_PAUSED' })
})
