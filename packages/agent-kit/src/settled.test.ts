import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { codeOf, settled } from './settled.ts'

const described = (error: Error) => new Error(`it said ${codeOf(error)}`)
const waiting = () => {
  const socket = new Socket()
  const controller = new AbortController()
  return { socket, controller, done: settled(socket, 'connect', controller.signal, described) }
}

test('the event is enough; the socket stays, and nothing of ours stays on it', async () => {
  const { socket, done } = waiting()

  socket.emit('connect')
  await done

  expect(socket.destroyed).toBe(false)
  expect(['connect', 'error', 'close'].map((name) => socket.listenerCount(name))).toEqual([0, 0, 0])
  socket.destroy()
})

test.each([
  [
    'an error',
    (socket: Socket) => socket.emit('error', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
    'ECONNREFUSED',
  ],
  ['an error without a code', (socket: Socket) => socket.emit('error', new Error('y'.repeat(500))), 'y'.repeat(100)],
  ['an end', (socket: Socket) => socket.emit('close'), 'closed by the server'],
])('%s that comes first is described, and the socket is destroyed', async (_name, happens, said) => {
  const { socket, done } = waiting()

  happens(socket)

  await expect(done).rejects.toThrow(`it said ${said}`)
  expect(socket.destroyed).toBe(true)
  // What still goes wrong would end the process if nobody listened.
  socket.emit('error', new Error('later'))
})

test('the signal ends it, also one that had come before', async () => {
  const { socket, controller, done } = waiting()
  const late = new Socket()

  controller.abort(new Error('no time'))

  await expect(done).rejects.toThrow('no time')
  await expect(settled(late, 'connect', controller.signal, described)).rejects.toThrow('no time')
  expect([socket.destroyed, late.destroyed]).toEqual([true, true])
})
