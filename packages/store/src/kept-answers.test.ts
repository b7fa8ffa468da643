import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

const day = 24 * 3_600_000

test('of two that come at once one is the first', async () => {
  const { keptAnswers } = await home.open()

  const claims = await Promise.all([1, 2, 3].map(() => keptAnswers.claim('k', 'r', day)))

  expect(claims.map(({ kind }) => kind).toSorted()).toEqual(['first', 'inProgress', 'inProgress'])
})

test('the answer is given again, also by the next process', async () => {
  const first = await home.open()
  await first.keptAnswers.claim('k', 'r', day)
  await first.keptAnswers.keep('k', 'r', { status: 201, body: { code: 'SG1-SECRET' } })
  await first.close()
  const { keptAnswers } = await home.open()

  expect(await keptAnswers.claim('k', 'r', day)).toEqual({
    kind: 'done',
    answer: { status: 201, body: { code: 'SG1-SECRET' } },
  })
  expect(await keptAnswers.claim('k', 'another request', day)).toEqual({ kind: 'otherRequest' })
})

test('what was released may be tried again', async () => {
  const { keptAnswers } = await home.open()
  await keptAnswers.claim('k', 'r', day)
  await keptAnswers.release('k')

  expect((await keptAnswers.claim('k', 'other', day)).kind).toBe('first')
})

test('after its time an answer is forgotten', async () => {
  const clock = new FakeClock()
  const { keptAnswers } = await home.open({ clock })
  await keptAnswers.claim('k', 'r', day)
  await keptAnswers.keep('k', 'r', { status: 200, body: {} })
  await clock.advance(day)

  expect((await keptAnswers.claim('k', 'r', day)).kind).toBe('first')
})

test('what another process had begun and not ended is told apart from what is under way', async () => {
  const store = await home.open()
  await store.keptAnswers.claim('k', 'r', day)
  await store.close()
  home.edit(`update keptAnswers set process = 'gone'`)

  const { keptAnswers } = await home.open()

  expect(await keptAnswers.claim('k', 'r', day)).toEqual({ kind: 'interrupted' })
})
