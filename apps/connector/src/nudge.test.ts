import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { Nudge } from './nudge.ts'

test('a pause ends by time, by news, or at once when the news was there before', async () => {
  const clock = new FakeClock()
  const nudge = new Nudge(clock)
  const ended: string[] = []
  const pause = (name: string) => nudge.pause(1000).then(() => ended.push(name))

  const byTime = pause('by time')
  await clock.advance(999)
  expect(ended).toEqual([])
  await clock.advance(1)
  await byTime
  const byNews = pause('by news')
  nudge.wake()
  await byNews
  nudge.wake()
  await pause('before')

  expect(ended).toEqual(['by time', 'by news', 'before'])
  expect(clock.pending).toBe(0)
})
