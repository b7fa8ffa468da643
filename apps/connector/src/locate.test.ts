import { createSocket, type Socket } from 'node:dgram'
import { createServer, type AddressInfo, type Server } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { locator } from './locate.ts'
import { decodeSrvAnswer, encodeSrvQuestion } from './srv-message.ts'

const name = '_ldap._tcp.corp.test'
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** The question again, and one record whose target is the host and a pointer to the name that was asked for. */
function answer(question: Buffer, { compressed = true, code = 0, isCut = false } = {}): Buffer {
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180 | code | (isCut ? 0x0200 : 0), 2)
  head.writeUInt16BE(code === 0 && !isCut ? 1 : 0, 6)
  const rest = question.subarray(12)
  // `corp.test` begins behind `_ldap` and `_tcp`.
  const domain = compressed ? Buffer.from([0xc0, 12 + 6 + 5]) : Buffer.from('\x04corp\x04test\0', 'latin1')
  const target = Buffer.concat([Buffer.from('\x03dc1', 'latin1'), domain])
  const data = Buffer.concat([Buffer.from([0, 1, 0, 2, 0x01, 0x85]), target])
  const fixed = Buffer.from([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, data.length])
  return Buffer.concat([head, rest, ...(code === 0 && !isCut ? [fixed, data] : [])])
}

/** A name server, for both ways at one port. */
async function serve(reply: (question: Buffer, isTcp: boolean) => Buffer | undefined): Promise<string> {
  const tcp: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      const sent = reply(chunk.subarray(2), true)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(sent?.length ?? 0)
      // In two pieces, as it comes from a network.
      if (sent !== undefined) {
        socket.write(length)
        setImmediate(() => socket.end(sent))
      }
    })
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  const { port } = tcp.address() as AddressInfo
  const udp: Socket = createSocket('udp4')
  udp.on('message', (question, from) => {
    const sent = reply(question, false)
    if (sent !== undefined) udp.send(sent, from.port, from.address)
  })
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve))
  closing.push(
    () => tcp.close(),
    () => udp.close(),
  )
  return `127.0.0.1:${port}`
}

const dc1 = { host: 'dc1.corp.test', port: 389, priority: 1, weight: 2 }

describe('hosts of a service', () => {
  test.each([true, false])('are read, the target compressed or not (%s)', async (compressed) => {
    const server = await serve((question) => answer(question, { compressed }))

    expect(await locator([server])(name)).toEqual([dc1])
  })

  test('that do not fit into a datagram are asked for again over TCP', async () => {
    const server = await serve((question, isTcp) => answer(question, { isCut: !isTcp }))

    expect(await locator([server])(name)).toEqual([dc1])
  })

  test('are none where there is no such name', async () => {
    const server = await serve((question) => answer(question, { code: 3 }))

    expect(await locator([server])(name)).toEqual([])
  })

  test('of a name server that fails are a failure, not nothing', async () => {
    const server = await serve((question) => answer(question, { code: 2 }))

    await expect(locator([server])(name)).rejects.toMatchObject({ code: 'CONNECTOR_TARGET_NOT_FOUND' })
  })
})

test('whatever comes is read, refused or no answer; nothing else', () => {
  const question = encodeSrvQuestion(7, name)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isInside) => {
      const head = answer(question).subarray(0, question.length)
      const sent = isInside ? Buffer.concat([head, Buffer.from(bytes)]) : Buffer.from(bytes)
      try {
        decodeSrvAnswer(7, name, sent)
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONNECTOR_TARGET_NOT_FOUND' })
      }
    }),
  )
})
