import { silentLog } from '@sallygate/base/log'
import type { NewEvent } from '@sallygate/store'
import { expect, test } from 'vitest'
import { Events } from './events.ts'

test('events beyond those that may wait for the store are counted, and told of when it can be written again', async () => {
  const written: NewEvent[] = []
  let isFull = true
  const add = async (event: NewEvent) => {
    if (isFull) throw new Error('database or disk is full')
    written.push(event)
  }
  const events = new Events({ events: { add } } as never, silentLog)
  for (let at = 0; at < 250; at++) events.raise('relayLost', { about: String(at) })
  await events.flush()
  isFull = false

  await events.flush()

  expect(written.slice(0, 200).map(({ about }) => about)).toEqual(Array.from({ length: 200 }, (_, at) => String(at)))
  expect(written.slice(200)).toMatchObject([{ id: 'SG-5011', details: { events: 50 } }])
})
