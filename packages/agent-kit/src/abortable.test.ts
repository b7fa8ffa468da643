import { expect, test } from 'vitest'
import { abortable } from './abortable.ts'

test('what comes in time is passed on, an error as well', async () => {
  const { signal } = new AbortController()

  expect(await abortable(Promise.resolve(7), signal)).toBe(7)
  await expect(abortable(Promise.reject(new Error('no such name')), signal)).rejects.toThrow('no such name')
})

test('nobody waits after the signal, and what still happens bothers nobody', async () => {
  const controller = new AbortController()
  const { promise, reject } = Promise.withResolvers<never>()
  const waiting = abortable(promise, controller.signal)

  controller.abort(new Error('gone'))

  await expect(waiting).rejects.toThrow('gone')
  await expect(abortable(promise, controller.signal)).rejects.toThrow('gone')
  // An unhandled rejection would end the run.
  reject(new Error('too late'))
  await new Promise((resolve) => setImmediate(resolve))
})
