import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { innerSocket, lineOver } from './line.ts'

async function pair() {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const near = new Promise<WebSocket>((resolve) => server.once('connection', resolve))
  const far = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  await new Promise((resolve) => far.once('open', resolve))
  return {
    near: await near,
    far,
    [Symbol.asyncDispose]: async () => {
      far.terminate()
      await new Promise((resolve) => server.close(() => http.close(resolve)))
    },
  }
}

test('ws still has the socket that corking needs', async () => {
  await using sockets = await pair()
  const socket = innerSocket(sockets.near)

  expect(socket).toBeInstanceOf(Duplex)
})

test('everything sent in one turn leaves in one write', async () => {
  await using sockets = await pair()
  const line = lineOver(sockets.near)
  const socket = innerSocket(sockets.near) as unknown as { _writev: (...args: unknown[]) => unknown }
  let writes = 0
  const writev = socket._writev.bind(socket)
  socket._writev = (...args) => {
    writes++
    return writev(...args)
  }
  let received = 0
  const all = new Promise<void>((resolve) => sockets.far.on('message', () => ++received === 100 && resolve()))

  for (let count = 0; count < 100; count++) line.send(Buffer.alloc(1024))
  await all

  expect(writes).toBe(1)
})

test('a line to somebody who has left takes frames without an error', async () => {
  await using sockets = await pair()
  const line = lineOver(sockets.near)
  const closed = new Promise<void>((resolve) =>
    line.listen({ frame() {}, controlPing() {}, broken() {}, closed: resolve }),
  )

  sockets.far.terminate()
  for (let count = 0; count < 100; count++) {
    line.send(Buffer.alloc(1024))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await closed

  expect(() => {
    line.send(Buffer.alloc(10))
    line.controlPong()
    line.close(1001)
    line.cut()
  }).not.toThrow()
})
