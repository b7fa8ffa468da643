import { FakeClock } from '@sallygate/testkit/fake-clock'
import { expect, test } from 'vitest'
import { DirectoryServerWatch, type ServerSwitch } from './server-watch.ts'

function watch() {
  const told: ServerSwitch[] = []
  const clock = new FakeClock()
  const servers = new DirectoryServerWatch(clock, (change) => told.push(change))
  const heard = (server: string, { instance = 'one', operation = 'directory.search' } = {}) =>
    servers.heard(instance, operation, { server })
  return { told, clock, servers, heard }
}

test('another server than before is told of, once, for each connector by itself', () => {
  const { told, heard } = watch()

  for (const server of ['dc1', 'dc1', 'dc2', 'dc2']) heard(server)
  heard('dc2', { instance: 'two' })

  expect(told).toEqual([{ instance: 'one', from: 'dc1', to: 'dc2' }])
})

test('two that take turns are told of once a minute, and the one that stays is told of in the end', async () => {
  const { told, clock, heard } = watch()

  for (let turn = 0; turn < 100; turn++) heard(turn % 2 === 0 ? 'dc1' : 'dc2')
  expect(told).toHaveLength(1)
  await clock.advance(60_000)
  heard('dc1')

  expect(told.at(-1)).toEqual({ instance: 'one', from: 'dc2', to: 'dc1' })
})

test('what somebody tries out, and an answer without a server, say nothing', () => {
  const { told, servers, heard } = watch()
  heard('dc1')

  heard('elsewhere', { operation: 'directory.preview' })
  servers.heard('one', 'directory.search', {})

  expect(told).toEqual([])
})
