import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

const trace = (id: string, target = 'relay') => ({ id, target, group: undefined, content: `"${id}"` })

test('of every target only the newest are kept, also when they end together', async () => {
  const { traces } = await home.open()

  await traces.put(trace('other', 'service'), 2)
  await Promise.all(['a', 'b', 'c', 'd'].map((id) => traces.put(trace(id), 2)))

  expect(await traces.list({ target: 'relay', limit: 10 })).toHaveLength(2)
  expect(await traces.find('other')).toMatchObject({ target: 'service', content: '"other"' })
})

test('writing one anew keeps its place', async () => {
  const { traces } = await home.open()
  for (const id of ['a', 'b']) await traces.put(trace(id), 10)

  await traces.put({ ...trace('a'), content: 'changed' }, 10)

  const found = await traces.list({ limit: 10 })
  expect(found.map(({ id, content }) => [id, content])).toEqual([
    ['b', '"b"'],
    ['a', 'changed'],
  ])
})

test('what is wanted of a connector outlives the process', async () => {
  const first = await home.open()
  await first.connectorStates.set('i', { state: 'draining', weight: 10 })
  await first.connectorStates.set('i', { state: 'maintenance', weight: 20 })
  await first.close()

  const { connectorStates } = await home.open()

  expect(await connectorStates.list()).toMatchObject([{ instance: 'i', state: 'maintenance', weight: 20 }])
})
