import { FakeClock } from '@sallygate/testkit'
import type { RosterEntry } from '@sallygate/hop'
import { makeXWingPrivateKey } from '@sallygate/envelope'
import { expect, test } from 'vitest'
import { Sessions, type Session } from './sessions.ts'

const encryptionKey = makeXWingPrivateKey().publicKey
const now = new Date()

function entry(attachment: string): RosterEntry {
  return { role: 'connector', group: 'g', instance: 'one', attachment, since: now, isDraining: false } as RosterEntry
}

function session(bootNonce: string): Session {
  return {
    instance: 'one',
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

function greeted() {
  const clock = new FakeClock()
  const sessions = new Sessions(clock, () => 'g')
  sessions.roster([entry('a')])
  sessions.hello(session('n1'))
  return { clock, sessions, isLive: () => sessions.live('g').length === 1 }
}

test('an instance that hands over can be asked all the time, without another hello', async () => {
  const { clock, sessions, isLive } = greeted()
  await clock.advance(60_000)
  sessions.change('joined', entry('b'))

  sessions.change('draining', entry('a'))
  sessions.handedOver('one', 'a', 'b')
  expect(isLive()).toBe(true)
  sessions.change('left', entry('a'))

  expect(isLive()).toBe(true)
})

test('the same when the hand-over is heard before its successor is seen, as between two relay nodes', async () => {
  const { clock, sessions, isLive } = greeted()
  await clock.advance(60_000)

  sessions.handedOver('one', 'a', 'b')
  sessions.change('joined', entry('b'))
  sessions.change('left', entry('a'))

  expect(isLive()).toBe(true)
})

test('two sessions with a hand-over between them are one instance (DESIGN 6)', async () => {
  const { clock, sessions } = greeted()
  sessions.change('joined', entry('b'))
  sessions.handedOver('one', 'a', 'b')

  const isClone = sessions.hello(session('n2'))
  await clock.advance(60_000)

  expect(isClone).toBe(false)
  expect(sessions.clones.alarms).toEqual([])
})

test('two without one raise the alarm, even when they say the same hello: a copy of a running machine does', async () => {
  const { clock, sessions } = greeted()
  sessions.change('joined', entry('b'))
  sessions.hello(session('n1'))

  await clock.advance(19_000)
  expect(sessions.clones.alarms).toEqual([])
  await clock.advance(2000)

  expect(sessions.clones.alarms).toMatchObject([{ instance: 'one', isCertain: false }])
})

test('a dead attachment that the relay finds within its time raises nothing', async () => {
  const { clock, sessions } = greeted()
  sessions.change('joined', entry('b'))
  await clock.advance(15_000)
  sessions.change('left', entry('a'))
  sessions.change('joined', entry('c'))
  await clock.advance(15_000)
  sessions.change('left', entry('b'))

  await clock.advance(60_000)

  expect(sessions.clones.alarms).toEqual([])
})

test('a hand-over from an attachment that is not there is nothing', () => {
  const { sessions } = greeted()

  sessions.handedOver('one', 'x', 'b')
  sessions.handedOver('two', 'a', 'b')

  expect(sessions.live('g')).toHaveLength(1)
})
