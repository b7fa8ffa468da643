import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { every, sleep, systemClock } from './clock.ts'

test('a wall clock that jumps moves no timer', async () => {
  const clock = new FakeClock()
  let ran = 0
  clock.after(1000, () => ran++)

  clock.jumpWall(86_400_000)
  await clock.advance(999)
  expect(ran).toBe(0)
  await clock.advance(1)

  expect(ran).toBe(1)
})

test('sleeping ends when it is over or when it is aborted, and leaves no timer', async () => {
  const clock = new FakeClock()
  const abort = new AbortController()
  const aborted = sleep(clock, 1000, abort.signal)
  const slept = sleep(clock, 10)

  await clock.advance(10)
  await slept
  abort.abort(new Error('enough'))

  await expect(aborted).rejects.toThrow('enough')
  await expect(sleep(clock, 5, AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
  expect(clock.pending).toBe(0)
})

test('something periodic runs until it is cancelled, also from within', async () => {
  const clock = new FakeClock()
  let ran = 0
  const timer = every(clock, 100, () => {
    if (++ran === 3) timer.cancel()
  })

  await clock.advance(1000)

  expect(ran).toBe(3)
  expect(clock.pending).toBe(0)
})

test('the system clock measures with what never goes back', () => {
  const before = systemClock.monotonicMs()

  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before)
})
