import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  afterAttempt,
  endedMailStates,
  giveUpAfterMs,
  mailStates,
  retryWaitMs,
  stateOfMessage,
  unknownWaitMs,
  type NextStep,
} from './delivery.ts'

const minutes = (ms: number) => ms / 60_000

test('what is deferred is tried after 1, 5, 15, 30 and 60 minutes, then hourly', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map((attempts) => minutes(retryWaitMs(attempts)))).toEqual([1, 5, 15, 30, 60, 60, 60])
})

test('a server that always says later is given up after a day, and not before', () => {
  let now = 0
  let step: NextStep = { state: 'waiting', unknownTimes: 0, nextAttemptAtMs: 0 }
  let attempts = 0

  while (step.nextAttemptAtMs !== undefined) {
    now = step.nextAttemptAtMs
    step = afterAttempt({ attempts: ++attempts, unknownTimes: 0 }, 'deferred', now, giveUpAfterMs)
  }

  expect(step.state).toBe('dead')
  expect(now).toBe(giveUpAfterMs)
  expect(attempts).toBeGreaterThan(25)
})

test('an unknown end waits longer than a server may take, is repeated once, and then a person decides', () => {
  const first = afterAttempt({ attempts: 1, unknownTimes: 0 }, 'unknown', 0, giveUpAfterMs)
  const second = afterAttempt({ attempts: 2, unknownTimes: first.unknownTimes }, 'unknown', 1, giveUpAfterMs)

  expect(first).toEqual({ state: 'unknown', unknownTimes: 1, nextAttemptAtMs: unknownWaitMs })
  expect(minutes(unknownWaitMs)).toBeGreaterThan(10)
  expect(second).toEqual({ state: 'dead', unknownTimes: 2 })
})

test('whatever servers answer, a recipient comes to an end within a day and a bit, and what has ended has no next attempt', () => {
  const answers = fc.array(fc.constantFrom('sent', 'deferred', 'refused', 'unknown'), { minLength: 60, maxLength: 60 })
  fc.assert(
    fc.property(answers, (outcomes) => {
      let step: NextStep = { state: 'waiting', unknownTimes: 0, nextAttemptAtMs: 0 }
      let attempts = 0
      for (const outcome of outcomes) {
        if (step.nextAttemptAtMs === undefined) break
        const nowMs: number = step.nextAttemptAtMs
        step = afterAttempt({ attempts: ++attempts, unknownTimes: step.unknownTimes }, outcome, nowMs, giveUpAfterMs)
        expect(nowMs).toBeLessThanOrEqual(giveUpAfterMs + 2 * unknownWaitMs)
        if (step.nextAttemptAtMs !== undefined) expect(step.nextAttemptAtMs).toBeGreaterThan(nowMs)
      }
      expect(endedMailStates.includes(step.state)).toBe(step.nextAttemptAtMs === undefined)
      expect(step.unknownTimes).toBeLessThanOrEqual(2)
    }),
  )
})

test('a message is what its recipient is that needs looking at most', () => {
  expect(stateOfMessage(['sent', 'refused', 'waiting'])).toBe('waiting')
  expect(stateOfMessage(['sent', 'dead', 'refused'])).toBe('dead')
  expect(stateOfMessage(['sent', 'refused'])).toBe('refused')
  expect(stateOfMessage(['sent', 'sent'])).toBe('sent')
  for (const state of mailStates) expect(stateOfMessage([state])).toBe(state)
})
