import { FakeClock } from '@sallygate/testkit'
import type { RosterEntry } from '@sallygate/hop'
import { makeXWingPrivateKey } from '@sallygate/envelope'
import { expect, test } from 'vitest'
import { Sessions, type Session } from './sessions.ts'

const encryptionKey = makeXWingPrivateKey().publicKey
const now = new Date()

function entry(instance: string, attachment = `${instance}-1`): RosterEntry {
  return { role: 'connector', group: 'g', instance, attachment, since: now, isDraining: false } as RosterEntry
}

function session(instance: string, bootNonce = 'n1'): Session {
  return {
    instance,
    group: 'g',
    bootNonce,
    encryptionKey,
    software: 's',
    operations: new Set(['a.b']),
    policyDigest: '',
    trustSetNumber: 1,
    tableVersion: 1,
    services: [],
    inFlight: 0,
    since: now,
    lastHeard: now,
  }
}

const known = (instance: string) => (instance.startsWith('foreign') ? undefined : 'g')

function live(sessions: Sessions): string[] {
  return sessions.live('g').map(({ instance }) => instance)
}

test('only who is attached and has said hello can be asked', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('attached'), entry('both')])

  sessions.hello(session('both'))
  sessions.hello(session('spoken'))

  expect(live(sessions)).toEqual(['both'])
  expect(sessions.strangers()).toEqual([{ instance: 'attached', group: 'g' }])
})

test('who left is expected for fifteen seconds, and not longer', async () => {
  const clock = new FakeClock()
  const sessions = new Sessions(clock, known)
  sessions.roster([entry('one')])
  sessions.hello(session('one'))

  sessions.change('left', entry('one'))

  expect([live(sessions), sessions.isSomebodyExpected('g')]).toEqual([[], true])
  await clock.advance(15_000)
  expect(sessions.isSomebodyExpected('g')).toBe(false)
})

test('who is back, or was revoked, is not expected any more: a caller is told at once that nobody is there', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('one')])
  sessions.hello(session('one'))
  sessions.change('left', entry('one'))
  sessions.change('joined', entry('one', 'one-2'))
  sessions.hello(session('one'))
  expect(sessions.isSomebodyExpected('g')).toBe(false)

  sessions.change('left', entry('one', 'one-2'))
  expect(sessions.isSomebodyExpected('g')).toBe(true)
  sessions.end('one')

  expect(sessions.isSomebodyExpected('g')).toBe(false)
})

test('who attaches again is asked after its hello, or when none comes', async () => {
  const clock = new FakeClock()
  const sessions = new Sessions(clock, known)
  sessions.roster([entry('one'), entry('two')])
  sessions.hello(session('one'))
  sessions.hello(session('two'))
  await clock.advance(1000)
  for (const name of ['one', 'two']) sessions.change('left', entry(name))
  for (const name of ['one', 'two']) sessions.change('joined', entry(name, `${name}-2`))
  expect(live(sessions)).toEqual([])

  sessions.hello(session('one'))

  expect(live(sessions)).toEqual(['one'])
  await clock.advance(3000)
  expect(live(sessions)).toEqual(['one', 'two'])
})

test('a relay that is lost takes everybody along, and brings them back with its roster', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('one')])
  sessions.hello(session('one'))

  sessions.relayLost()

  expect([live(sessions), sessions.isSomebodyExpected('g')]).toEqual([[], true])
  sessions.roster([entry('one')])
  expect(live(sessions)).toEqual(['one'])
})

test('a report of the session counts; one of another process asks for a hello', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.hello(session('one', 'n1'))

  expect(sessions.report('one', 'n1', { inFlight: 3 })).toMatchObject({ inFlight: 3 })
  expect(sessions.report('one', 'other', {})).toBeUndefined()
})

test('two processes of one identity raise the alarm at the second hello', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('one', 'a')])
  sessions.hello(session('one', 'n1'))
  sessions.change('joined', entry('one', 'b'))

  const isClone = sessions.hello(session('one', 'n2'))

  expect(isClone).toBe(true)
  expect(sessions.clones.alarms).toMatchObject([{ instance: 'one', isCertain: false }])
})

test('a restart that left its old attachment behind is forgiven when the relay finds it dead', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('one', 'a')])
  sessions.hello(session('one', 'n1'))
  sessions.change('joined', entry('one', 'b'))
  sessions.hello(session('one', 'n2'))

  sessions.change('left', entry('one', 'a'))

  expect(sessions.clones.alarms).toEqual([])
})

test('a process that speaks after another took its place is a clone, and stays one', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('one', 'a')])
  sessions.hello(session('one', 'n1'))
  sessions.change('left', entry('one', 'a'))
  sessions.change('joined', entry('one', 'b'))
  expect(sessions.hello(session('one', 'n2'))).toBe(false)

  sessions.report('one', 'n1', {})

  expect(sessions.clones.alarms).toMatchObject([{ isCertain: true }])
  sessions.change('left', entry('one', 'x'))
  expect(sessions.clones.isAlarmed('one')).toBe(true)
})

test('a plain restart raises nothing', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('one', 'a')])
  sessions.hello(session('one', 'n1'))
  sessions.change('left', entry('one', 'a'))
  sessions.change('joined', entry('one', 'b'))

  expect(sessions.hello(session('one', 'n2'))).toBe(false)
  expect(sessions.clones.alarms).toEqual([])
})

test('who drains with every attachment is draining, with one of two is not', () => {
  const sessions = new Sessions(new FakeClock(), known)
  sessions.roster([entry('one', 'a'), entry('one', 'b')])

  sessions.change('draining', entry('one', 'a'))
  const half = sessions.isDraining('one')
  sessions.change('draining', entry('one', 'b'))

  expect([half, sessions.isDraining('one')]).toEqual([false, true])
})

test('listeners hear of their group and let go', () => {
  const sessions = new Sessions(new FakeClock(), known)
  let heard = 0
  const stop = sessions.onChange('g', () => heard++)
  sessions.roster([entry('one')])

  sessions.hello(session('one'))
  stop()
  sessions.hello(session('one'))

  expect(heard).toBe(2)
})

test('a relay cannot fill our memory with whom it likes, nor say whose they are', () => {
  const sessions = new Sessions(new FakeClock(), known)
  const flood = Array.from({ length: 1000 }, (_, at) => entry(`foreign-${at}`))

  sessions.roster([...flood, { ...entry('one'), group: 'another' }])
  sessions.change('joined', entry('foreign-again'))

  expect(sessions.strangers()).toEqual([{ instance: 'one', group: 'g' }])
})

test('who reports through a relay that calls him absent is known to be hidden, until the relay says that he is there', async () => {
  const clock = new FakeClock()
  const sessions = new Sessions(clock, known)
  sessions.roster([entry('one')])
  sessions.hello(session('one'))
  const { bootNonce } = session('one')
  sessions.change('left', entry('one'))

  sessions.report('one', bootNonce, {})
  expect(sessions.hidden).toEqual([])
  await clock.advance(1000)
  sessions.report('one', bootNonce, {})
  expect(sessions.hidden).toEqual(['one'])
  sessions.change('joined', entry('one', 'one-2'))

  expect(sessions.hidden).toEqual([])
})
