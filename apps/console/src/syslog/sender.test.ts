import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '@sallygate/base/log'
import {
  mostBatchEvents,
  syslogFailure,
  type DeliverResult,
  type SyslogEvent,
} from '@sallygate/service-syslog/contract'
import { consoleFailure } from '../failures.ts'
import { FakeClock } from '@sallygate/testkit'
import { storeFailure, type Store, type SyslogTargetRow } from '@sallygate/store'
import { TestHome } from '../../../../packages/store/src/testing/test-home.ts'
import type { Caller, CallOptions } from '../calls/caller.ts'
import type { EventFacts } from '../events/events.ts'
import type { EventName } from '../events/catalogue.ts'
import { Intake } from './intake.ts'
import { targetSettings } from './schema.ts'
import { Senders } from './senders.ts'
import { longestPauseMs, tellAfterMs } from './outage.ts'
import { settleMs } from './sender.ts'
import { announceEveryMs } from './target-news.ts'

let home: TestHome
let store: Store
let clock: FakeClock
beforeEach(async () => {
  home = new TestHome()
  clock = new FakeClock()
  store = await home.open()
})
afterEach(async () => {
  await senders?.stop()
  senders = undefined
  await home.remove()
})

interface Asked {
  readonly stream: string
  readonly events: readonly SyslogEvent[]
  readonly confirm: boolean
  readonly connection?: string
}

let senders: Senders | undefined
const group = 'a'.repeat(32)
const written = (asked: Asked, more: Partial<DeliverResult> = {}): DeliverResult =>
  ({
    state: 'written',
    written: asked.events.at(-1)?.number ?? 0,
    isConfirmed: asked.confirm,
    isBeforeConfirmed: false,
    confirmation: asked.confirm ? 'certain' : 'none',
    ...(asked.confirm ? {} : { connection: 'c1' }),
    cut: 0,
    bytes: 0,
    ...more,
  }) as DeliverResult

type Script = (asked: Asked, options: CallOptions) => DeliverResult

/** A console's syslog with one store and a connector that a test plays. */
async function begin(script: Script) {
  const calls: Asked[] = []
  const raised: (EventFacts & { readonly name: EventName })[] = []
  const call = ((_group: string, _operation: string, parameters: unknown, options: CallOptions) => {
    const asked = parameters as Asked
    calls.push(asked)
    try {
      const connector = { id: options.instance ?? 'i1', name: 'Berlin' }
      return Promise.resolve({ result: script(asked, options), connector, durationMs: 1, attempts: 1, spans: [] })
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }) as Caller['call']
  senders = new Senders(
    {
      store,
      call,
      clock,
      log: silentLog,
      events: () => ({ raise: (name, facts) => void raised.push({ name, ...facts }) }),
      subtree: (top) => Promise.resolve(new Set([top])),
      clientKey: () => Promise.resolve(undefined),
      random: () => 1,
    },
    new Intake(store, () => Promise.resolve((id) => id)),
  )
  return { senders, calls, raised }
}

async function addTarget(settings: object = {}, name = 'SIEM'): Promise<SyslogTargetRow> {
  await addGroup()
  const target = { host: 'logs.lab.test', port: 6514 }
  return store.syslogTargets.add(group, {
    name,
    settings: JSON.parse(JSON.stringify(targetSettings.parse({ target, ...settings }))),
  })
}

async function addGroup(): Promise<void> {
  if ((await store.groups.find(group)) === undefined) await store.groups.add({ id: group, name: 'Acme' })
}

async function raise(count: number, more: object = {}): Promise<void> {
  for (let at = 0; at < count; at++)
    await store.events.add(
      { id: 'SG-1002', severity: 'info', category: 'connectors', group, about: 'Berlin', details: {}, ...more },
      10_000,
    )
}

/** Steps of the fake clock, in which real work of the store has its turns. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await clock.advance(Math.min(500, left))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** On a busy machine the store may need more turns than a test has passed; the clock goes on only slowly meanwhile. */
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 1; turn < 800; turn++) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
    if (turn % 20 === 0) await clock.advance(100)
  }
  throw new Error('waited too long')
}

async function stateOf(row: SyslogTargetRow) {
  if (senders === undefined) throw new Error('begin first')
  return senders.stateOf(row)
}

const sequences = (calls: readonly Asked[]) => calls.flatMap(({ events }) => events.map(({ sequence }) => sequence))
const oneTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1)

test('what happens is sent in order, in batches, and is delivered when the collector has certainly read it', async () => {
  const { calls } = await begin((asked) => written(asked))
  const row = await addTarget()
  senders?.start()
  await pass(1000)
  await raise(mostBatchEvents + 10)
  await pass(3000)

  await until(() => sequences(calls).length === mostBatchEvents + 10)
  expect(sequences(calls)).toEqual(oneTo(mostBatchEvents + 10))
  expect(await senders?.stateOf(row)).toMatchObject({
    state: 'delivering',
    delivered: 0,
    unconfirmed: mostBatchEvents + 10,
  })
  await pass(settleMs + 1000)

  await until(async () => (await senders?.stateOf(row))?.state === 'idle')
  expect(calls.at(-1)).toMatchObject({ events: [], confirm: true, connection: 'c1' })
  expect(await senders?.stateOf(row)).toMatchObject({
    delivered: mostBatchEvents + 10,
    waiting: 0,
    waitingBytes: 0,
    repeated: 0,
  })
  expect(await store.syslogTargets.position(row.id)).toMatchObject({ sequence: mostBatchEvents + 10 })
})

test('what happened before a target was there is not sent to it, and its numbers begin with 1', async () => {
  const { calls } = await begin((asked) => written(asked))
  senders?.start()
  await raise(5)
  await pass(1500)
  await addTarget()
  senders?.changed()
  await pass(1500)
  await raise(2)
  await pass(2000)

  await until(() => calls.length > 0)
  expect(calls[0]?.events.map(({ sequence, key }) => [sequence, key])).toEqual([
    [1, 'event-6'],
    [2, 'event-7'],
  ])
})

test('a console that is killed sends again what was not certain, with the same numbers and keys', async () => {
  const first = await begin((asked) => written(asked))
  const row = await addTarget()
  senders?.start()
  await pass(1000)
  await raise(3)
  await pass(2000)
  await until(() => first.calls.length === 1)
  await senders?.stop()
  expect(await store.syslogTargets.position(row.id)).toMatchObject({ sequence: 0 })

  const second = await begin((asked) => written(asked, { isConfirmed: true, confirmation: 'certain' }))
  await raise(1)
  senders?.start()
  await pass(2000)

  await until(() => sequences(second.calls).length === 4)
  expect(second.calls.flatMap(({ events }) => events).slice(0, 3)).toEqual(first.calls[0]?.events)
  expect(sequences(second.calls)).toEqual([1, 2, 3, 4])
  expect(second.calls[0]?.connection).toBeUndefined()
})

test('rewind, and a connector that left, make everything uncertain come again, at once and wherever', async () => {
  let fails = 0
  const { calls } = await begin((asked, { instance }) => {
    if (asked.events.some(({ sequence }) => sequence === 2) && fails === 0) {
      fails++
      expect(instance).toBe('i1')
      throw consoleFailure('NO_CONNECTOR_ATTACHED')
    }
    if (asked.events.some(({ sequence }) => sequence === 3) && fails === 1) {
      fails++
      return { state: 'rewind' }
    }
    return written(asked)
  })
  const row = await addTarget()
  senders?.start()
  await pass(1000)
  await raise(1)
  await pass(1500)
  await until(() => calls.length === 1)
  await raise(1)
  await pass(1500)
  await until(() => calls.length === 3)
  await raise(1)
  await pass(1500)
  await until(() => calls.length === 5)

  expect(calls.map(({ events }) => events.map(({ sequence }) => sequence))).toEqual([[1], [2], [1, 2], [3], [1, 2, 3]])
  expect(await senders?.stateOf(row)).toMatchObject({ repeated: 3, state: 'delivering' })
})

test('a target that fails is tried less and less often, is told of once, and once more when it is over', async () => {
  let isUp = false
  const { calls, raised } = await begin((asked) => {
    if (!isUp) throw syslogFailure('UNREACHABLE', { details: { reason: 'ECONNREFUSED' } })
    return written(asked)
  })
  const row = await addTarget()
  senders?.start()
  await pass(1000)
  await raise(3)
  await pass(tellAfterMs + longestPauseMs * 4)

  await until(() => raised.length === 1)
  expect(raised[0]).toMatchObject({
    name: 'syslogFailing',
    about: 'SIEM',
    group,
    details: { target: row.id, code: 'SYSLOG_UNREACHABLE' },
  })
  expect(calls.length).toBeGreaterThan(6)
  expect(calls.length).toBeLessThan(14)
  expect(await senders?.stateOf(row)).toMatchObject({
    state: 'waiting',
    waiting: 3,
    failure: { code: 'SYSLOG_UNREACHABLE', says: expect.stringContaining('ECONNREFUSED') },
  })
  isUp = true
  await pass(longestPauseMs + 5000)

  await until(() => raised.length === 2)
  expect(raised[1]?.name).toBe('syslogRecovered')
  expect(calls.at(-1)?.confirm).toBe(true)
  expect(await senders?.stateOf(row)).toMatchObject({ delivered: 3, waiting: 0, state: 'idle' })
})

test('one target that fails delays no other', async () => {
  const { calls } = await begin((asked) => {
    if (asked.stream === bad.id) throw syslogFailure('TOO_SLOW')
    return written(asked, { isConfirmed: true, confirmation: 'certain' })
  })
  const bad = await addTarget({}, 'bad')
  const good = await addTarget({}, 'good')
  senders?.start()
  await pass(1000)
  await raise(2)
  await pass(3000)
  await raise(2)
  await pass(2000)

  await until(() => sequences(calls.filter(({ stream }) => stream === good.id)).length === 4)
  expect(await senders?.stateOf(bad)).toMatchObject({ waiting: 4 })
})

test('beyond its room the oldest are dropped, counted, told of, and missing in the numbers', async () => {
  let isUp = false
  const { calls, raised } = await begin((asked) => {
    if (!isUp) throw syslogFailure('UNREACHABLE')
    return written(asked, { isConfirmed: true, confirmation: 'certain' })
  })
  const row = await addTarget({ spoolBytes: 64 * 1024 })
  senders?.start()
  await pass(1000)
  await raise(300, { details: { text: 'x'.repeat(500) } })
  await pass(5000)

  await until(async () => (await stateOf(row)).dropped > 0)
  const { dropped, waiting, waitingBytes } = await stateOf(row)
  expect(dropped + waiting).toBe(300)
  expect(waitingBytes).toBeLessThanOrEqual(64 * 1024)
  expect(raised.filter(({ name }) => name === 'syslogDropping')).toEqual([
    expect.objectContaining({ details: expect.objectContaining({ target: row.id, dropped }) }),
  ])
  const firstTry = calls.length
  isUp = true
  await pass(longestPauseMs)

  await until(async () => (await senders?.stateOf(row))?.waiting === 0)
  expect([...new Set(sequences(calls.slice(firstTry)))]).toEqual(oneTo(300).slice(dropped))
  expect(await store.syslogTargets.position(row.id)).toMatchObject({
    sequence: 300,
    state: { dropped, delivered: waiting },
  })
})

test('who waits for a connector is tried the moment one comes, and who waits for a collector is not', async () => {
  let hasConnector = false
  const { calls } = await begin((asked) => {
    if (asked.stream === away.id) throw syslogFailure('UNREACHABLE')
    if (!hasConnector) throw consoleFailure('NO_CONNECTOR_ATTACHED')
    return written(asked, { isConfirmed: true, confirmation: 'certain' })
  })
  const row = await addTarget({}, 'without a connector')
  const away = await addTarget({}, 'without a collector')
  senders?.start()
  await pass(1000)
  await raise(1)
  await pass(30_000)
  await until(async () => (await stateOf(row)).state === 'waiting' && (await stateOf(away)).state === 'waiting')
  const pauses = [row, away].map(
    async (one) => Date.parse((await stateOf(one)).nextAttemptAt ?? '') - clock.now().getTime(),
  )
  expect((await Promise.all(pauses))[0]).toBeLessThanOrEqual(5000)
  const tried = (one: SyslogTargetRow) => calls.filter(({ stream }) => stream === one.id).length
  const before = tried(away)

  hasConnector = true
  for (let at = 0; at < 50; at++) senders?.connectorCame()
  await clock.advance(300)

  await expect.poll(() => sequences(calls.filter(({ stream }) => stream === row.id)).at(-1)).toBe(1)
  await expect.poll(async () => (await stateOf(row)).state).toBe('idle')
  expect(tried(away)).toBe(before)
})

test('a rush beyond the room of a target that takes events is asked to be confirmed, and nothing of it is dropped', async () => {
  const { calls, raised } = await begin((asked) => written(asked))
  const row = await addTarget({ spoolBytes: 64 * 1024 })
  senders?.start()
  await pass(1000)
  for (let rush = 0; rush < 3; rush++) {
    await raise(140, { details: { text: 'x'.repeat(500) } })
    await pass(2000)
    await until(async () => (await stateOf(row)).waitingBytes <= 64 * 1024)
  }
  await pass(settleMs + 1000)

  await until(async () => (await stateOf(row)).delivered === 420)
  expect(await stateOf(row)).toMatchObject({ dropped: 0, waiting: 0, repeated: 0 })
  expect(sequences(calls)).toEqual(oneTo(420))
  expect(raised).toEqual([])
})

test('what was sent and may have been read is not counted as dropped before its receipt is known to be lost', async () => {
  let isUp = true
  const { calls } = await begin((asked) => {
    if (!isUp) throw syslogFailure('CONNECTION_LOST')
    return written(asked)
  })
  const row = await addTarget({ spoolBytes: 64 * 1024 })
  senders?.start()
  await pass(1000)
  await raise(50, { details: { text: 'x'.repeat(500) } })
  await pass(1500)
  await until(async () => (await stateOf(row)).unconfirmed === 50)
  isUp = false
  await raise(300, { details: { text: 'x'.repeat(500) } })
  await pass(5000)

  await until(async () => (await stateOf(row)).dropped > 0)
  const { dropped, waiting, delivered, repeated, unconfirmed } = await stateOf(row)
  expect([dropped + waiting, delivered, unconfirmed]).toEqual([350, 0, 0])
  expect(repeated).toBeGreaterThanOrEqual(50)
  isUp = true
  const firstTry = calls.length
  await pass(longestPauseMs + settleMs)

  await until(async () => (await stateOf(row)).waiting === 0)
  expect([...new Set(sequences(calls.slice(firstTry)))]).toEqual(oneTo(350).slice(dropped))
})

test('drops that a console had not told of when it was killed are told of by the next', async () => {
  const down = () => {
    throw syslogFailure('UNREACHABLE')
  }
  const first = await begin(down)
  const row = await addTarget({ spoolBytes: 64 * 1024 })
  senders?.start()
  await pass(1000)
  await raise(300, { details: { text: 'x'.repeat(500) } })
  await pass(5000)
  await until(() => first.raised.some(({ name }) => name === 'syslogDropping'))
  const told = (await stateOf(row)).dropped
  await raise(300, { details: { text: 'x'.repeat(500) } })
  await pass(5000)
  await until(async () => (await stateOf(row)).dropped > told)
  const { dropped } = await stateOf(row)
  expect(first.raised.filter(({ name }) => name === 'syslogDropping')).toHaveLength(1)
  await senders?.stop()

  const second = await begin(down)
  senders?.start()
  await pass(3000)

  await until(() => second.raised.some(({ name }) => name === 'syslogDropping'))
  expect(second.raised.filter(({ name }) => name === 'syslogDropping')).toEqual([
    expect.objectContaining({ details: { target: row.id, dropped: dropped - told, droppedInAll: dropped } }),
  ])
  await clock.advance(announceEveryMs)
  expect(second.raised.filter(({ name }) => name === 'syslogDropping')).toHaveLength(1)
})

test('a target gets what its filter lets through, nothing of other groups, and always what is about itself', async () => {
  const { calls } = await begin((asked) => written(asked, { isConfirmed: true, confirmation: 'certain' }))
  const row = await addTarget({ filter: { severity: 'error', categories: ['connectors'] } })
  senders?.start()
  await pass(1000)
  await raise(1, { about: 'too harmless' })
  await raise(1, { about: 'of another group', severity: 'error', group: 'b'.repeat(32) })
  await raise(1, { about: 'of none', severity: 'error', group: undefined })
  await raise(1, { about: 'another category', severity: 'critical', category: 'nac' })
  await raise(1, { about: 'wanted', severity: 'critical' })
  await raise(1, { about: 'itself', severity: 'info', category: 'services', details: { target: row.id } })
  await pass(3000)

  await until(() => sequences(calls).length === 2)
  expect(calls.flatMap(({ events }) => events.map(({ about }) => about))).toEqual(['wanted', 'itself'])
})

test('a target with the whole installation also gets what belongs to no group; one that is off gets nothing, also later', async () => {
  const { calls } = await begin((asked) => written(asked, { isConfirmed: true, confirmation: 'certain' }))
  const off = await addTarget({ isOn: false }, 'off')
  const all = await addTarget({ withInstallation: true }, 'all')
  senders?.start()
  await pass(1000)
  await raise(1, { group: undefined, about: 'the console' })
  await pass(2000)
  await until(() => calls.length === 1)
  const { settings } = all
  await store.syslogTargets.set(group, off.id, { name: 'on', settings })
  senders?.changed()
  await pass(1500)
  await raise(1, { about: 'later' })
  await pass(2000)

  await until(() => calls.length === 3)
  const of = (stream: string) =>
    calls.filter((one) => one.stream === stream).flatMap(({ events }) => events.map(({ about }) => about))
  expect(of(all.id)).toEqual(['the console', 'later'])
  expect(of(off.id)).toEqual(['later'])
})

test('rows of the audit log are sent with their place in the chain, and a text in them forges nothing', async () => {
  const { calls } = await begin((asked) => written(asked, { isConfirmed: true, confirmation: 'certain' }))
  await addTarget({ withInstallation: true })
  senders?.start()
  await pass(1000)
  const record = {
    at: clock.now(),
    actorKind: 'admin',
    actorId: 'i',
    actorName: 'Eve\n<0>',
    source: '10.0.0.1',
    traceId: 't',
  }
  const { position } = await store.auditLog.append({ ...record, action: 'groups.put', object: 'o', outcome: 'begun' })
  await store.auditLog.append({ ...record, action: 'groups.put', object: 'o', outcome: 'done', begun: position })
  await store.auditLog.append({
    ...record,
    action: 'groups.put',
    object: 'o',
    outcome: 'CONSOLE_FORBIDDEN',
    begun: position,
  })
  await pass(3000)

  await until(() => sequences(calls).length === 2)
  expect(
    calls.flatMap(({ events }) =>
      events.map(({ id, severity, by, source, details }) => [id, severity, by, source, details['position']]),
    ),
  ).toEqual([
    ['SG-8002', 'notice', 'Eve\n<0>', '10.0.0.1', 2],
    ['SG-8003', 'warning', 'Eve\n<0>', '10.0.0.1', 3],
  ])
})

test('the stream is forgotten once every target has it, and kept while one has not', async () => {
  let isUp = false
  await begin((asked) => {
    if (!isUp) throw syslogFailure('UNREACHABLE')
    return written(asked, { isConfirmed: true, confirmation: 'certain' })
  })
  await addTarget()
  senders?.start()
  await pass(1000)
  await raise(20)
  await pass(12_000)
  await senders?.prune()
  expect(await store.syslogFeed.after(0, 100)).toHaveLength(20)
  isUp = true
  await pass(longestPauseMs)

  await expect
    .poll(async () => {
      await senders?.prune()
      return (await store.syslogFeed.after(0, 100)).length
    })
    .toBe(0)
})

test('a store that cannot be written stops nothing for good: the same goes out once it can, and the log says it once', async () => {
  const { calls } = await begin((asked) => written(asked, { isConfirmed: true, confirmation: 'certain' }))
  const row = await addTarget()
  senders?.start()
  await pass(1000)
  const write = store.syslogTargets.writePosition.bind(store.syslogTargets)
  let isFull = true
  store.syslogTargets.writePosition = (...given) =>
    isFull ? Promise.reject(storeFailure('DISK_FULL')) : write(...given)
  await raise(2)
  await pass(4000)
  expect(await store.syslogTargets.position(row.id)).toMatchObject({ sequence: 0 })
  isFull = false
  await raise(1)
  await pass(3000)

  await until(async () => (await store.syslogTargets.position(row.id))?.sequence === 3)
  expect(sequences(calls)).toEqual([1, 2, 3])
})

test('a store that cannot be read is named as what a target waits for, and is no failure of it any more once it can', async () => {
  await begin((asked) => written(asked, { isConfirmed: true, confirmation: 'certain' }))
  const row = await addTarget()
  senders?.start()
  await pass(1000)
  const outline = store.syslogFeed.outline.bind(store.syslogFeed)
  store.syslogFeed.outline = () => Promise.reject(storeFailure('UNREACHABLE'))
  await raise(1, { group: 'b'.repeat(32), about: 'not for this target' })
  await until(async () => (await stateOf(row)).failure?.code === 'STORE_UNREACHABLE')
  expect(await stateOf(row)).toMatchObject({ state: 'waiting' })
  store.syslogFeed.outline = outline
  await pass(6000)

  await until(async () => (await stateOf(row)).state === 'new')
  expect((await stateOf(row)).failure).toBeUndefined()
})

test('the target of a group that was removed is sent nothing any more', async () => {
  const { calls } = await begin((asked) => written(asked, { isConfirmed: true, confirmation: 'certain' }))
  await addTarget()
  await store.groups.add({ name: 'So that one is left' })
  senders?.start()
  await pass(1000)
  await store.groups.remove(group)
  await pass(32_000)
  await raise(1)
  await pass(3000)

  expect(calls).toEqual([])
  expect(senders?.totals.waiting).toBe(0)
})
