import { Failure } from '@sallygate/base/failure'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { testContext } from '@sallygate/testkit/service-host'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partOf, timeLimit } from './time-limit.ts'

const row = { says: 'Too late.', fix: 'Wait.', retry: 'later' } as const
const within = timeLimit((options) => new Failure('TEST_TIME_OUT', row, options))

/** Ends by itself after so long, or when it is told to. */
const stepOf = (clock: FakeClock, takesMs: number) => (signal: AbortSignal) =>
  new Promise<string>((resolve, reject) => {
    const timer = clock.after(takesMs, () => resolve('done'))
    signal.addEventListener('abort', () => {
      timer.cancel()
      reject(signal.reason)
    })
  })

test('whatever comes first decides, and no timer stays behind', async () => {
  const ms = fc.integer({ min: 1, max: 50 }).map((step) => step * 10)
  await fc.assert(
    fc.asyncProperty(ms, ms, ms, ms, async (takesMs, limitMs, deadlineMs, goneMs) => {
      // Two at the same moment would ask for the order of timers, which is nobody's promise.
      fc.pre(new Set([takesMs, limitMs, deadlineMs, goneMs]).size === 4)
      const clock = new FakeClock()
      const caller = new AbortController()
      const context = testContext({ clock, deadlineMs, signal: caller.signal })
      const leaves = clock.after(goneMs, () => caller.abort(new Failure('TEST_GONE', row)))

      const outcome = within(clock, context, limitMs, stepOf(clock, takesMs)).then(
        (value) => value,
        (error: Failure) => `${error.code} ${error.details['afterMs'] ?? ''}`.trim(),
      )
      await clock.advance(1000)
      leaves.cancel()

      const limit = Math.min(limitMs, deadlineMs)
      const first = Math.min(takesMs, limit, goneMs)
      expect(await outcome).toBe(first === takesMs ? 'done' : first === goneMs ? 'TEST_GONE' : `TEST_TIME_OUT ${limit}`)
      expect(clock.pending).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('nothing is begun for somebody who has no time left or has gone', async () => {
  const clock = new FakeClock()
  let begun = 0
  const step = async () => begun++

  await expect(within(clock, testContext({ clock, deadlineMs: 0 }), 1000, step)).rejects.toMatchObject({
    code: 'SERVICE_DEADLINE',
  })
  const left = { clock, signal: AbortSignal.abort(new Failure('TEST_GONE', row)) }
  await expect(within(clock, testContext(left), 1000, step)).rejects.toMatchObject({ code: 'TEST_GONE' })
  const leftSilently = { clock, signal: AbortSignal.abort() }
  await expect(within(clock, testContext(leftSilently), 1000, step)).rejects.toMatchObject({ code: 'SERVICE_DEADLINE' })

  expect(begun).toBe(0)
})

test('however slow some are, each has time of its own, and the answer a second', async () => {
  const seconds = fc.integer({ min: 2, max: 60 })
  await fc.assert(
    fc.asyncProperty(seconds, fc.array(seconds, { minLength: 1, maxLength: 8 }), async (deadline, takes) => {
      const clock = new FakeClock()
      const context = testContext({ clock, deadlineMs: deadline * 1000 })
      const ends: string[] = []

      for (const [index, takesSeconds] of takes.entries()) {
        const part = partOf(context, clock, takes.length - index)
        const step = within(clock, part, 600_000, stepOf(clock, takesSeconds * 1000)).catch(({ code }: Failure) => code)
        await clock.advance(Math.min(takesSeconds * 1000, part.remainingMs()))
        ends.push(await step)
      }

      // Nobody is turned away unheard, because somebody before took everything.
      expect(ends.filter((end) => end !== 'done' && end !== 'TEST_TIME_OUT')).toEqual([])
      expect(context.remainingMs()).toBeGreaterThanOrEqual(999)
      expect(clock.pending).toBe(0)
    }),
    { numRuns: 50 },
  )
})
