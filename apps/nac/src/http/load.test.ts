import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { Load } from './load.ts'

/** A clock whose timers are late. */
class LateClock extends FakeClock {
  lateMs = 0
  override monotonicMs(): number {
    return super.monotonicMs() + this.lateMs
  }
}

test('one long pause is no overload, staying late is, and it ends by itself', async () => {
  const clock = new LateClock()
  const load = new Load(clock)
  clock.lateMs += 1000
  await clock.advance(100)
  expect(load.isOverloaded).toBe(false)
  for (let times = 0; times < 10; times++) {
    clock.lateMs += 1000
    await clock.advance(100)
  }
  expect([load.isOverloaded, load.busySeconds > 0]).toEqual([true, true])

  await clock.advance(3000)

  expect([load.isOverloaded, load.busySeconds]).toEqual([false, 0])
  load.stop()
})
