import { expect, test } from 'vitest'
import { seededRandom } from '@sallygate/testkit/seeded-random'
import { Appointments } from './appointments.ts'

/** What a peer does that was told when to come back: at most a quarter later (packages/dial). */
function comesBack(askedMs: number, random: number): number {
  return askedMs + Math.max(1000, askedMs / 4) * random
}

/** Everybody knocks when the relay is back, spread over the first second; when has the last one come in? */
function returnOf(peers: number, perSecond: number) {
  const random = seededRandom(7)
  const appointments = new Appointments(perSecond, 0)
  const arrivals = Array.from({ length: peers }, () => random.next() * 1000)
  const admittedMs: number[] = []
  let knocks = 0
  while (arrivals.length > 0) {
    arrivals.sort((a, b) => b - a)
    const nowMs = arrivals.pop() ?? 0
    knocks++
    const seconds = appointments.ask(nowMs)
    if (seconds === undefined) admittedMs.push(nowMs)
    else arrivals.push(nowMs + comesBack(seconds * 1000, random.next()))
  }
  return { admittedMs: admittedMs.toSorted((a, b) => a - b), knocks }
}

test('5,000 peers that were cut at once are back within a minute, and knock three times at most on average', () => {
  const { admittedMs, knocks } = returnOf(5000, 200)

  expect(admittedMs.at(-1)).toBeLessThan(60_000)
  expect(knocks).toBeLessThan(15_000)
})

test('those who are sent away are told different times', () => {
  const appointments = new Appointments(10, 0)

  const times = Array.from({ length: 210 }, () => appointments.ask(0)).filter((seconds) => seconds !== undefined)

  expect(new Set(times).size).toBe(20)
  expect(Math.max(...times)).toBe(20)
})

test('nobody is told to come back later than in a minute, however long the line is', () => {
  const appointments = new Appointments(1, 0)

  const times = Array.from({ length: 1000 }, () => appointments.ask(0) ?? 0)

  expect(Math.max(...times)).toBeLessThanOrEqual(60)
})
