import { expect, test } from 'vitest'
import { GateOfOne } from './testing/gate-of-one.ts'

test('a request crosses relay and gate, and its answer comes back', async () => {
  await using gate = await GateOfOne.live()

  const answer = await gate.call('sample.read', { text: 'a' })

  expect(answer).toMatchObject({ outcome: 'done', result: { said: 'hello' } })
  expect(gate.sample.trace.done).toEqual(['read a'])
})
