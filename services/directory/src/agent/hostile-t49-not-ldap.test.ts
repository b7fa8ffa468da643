/**
 * T49: what answers is no directory, or lies about lengths.
 *
 * @module
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { berElement } from '@sallygate/protocol-ldap'
import { afterEach, describe, expect, test } from 'vitest'
import { connect, measured, megabyte, open, search, stopAll, stops } from './testing/hostile.ts'

afterEach(stopAll)

describe('T49 what is not LDAP', () => {
  let nested: Buffer = Buffer.from([0x30, 0])
  for (let depth = 0; depth < 10_000; depth++) nested = berElement(0x30, nested)
  const floods: [string, Uint8Array | string, string][] = [
    [
      'a length of 2^31 - 1, and 50 MB of it',
      Buffer.concat([Buffer.from('30847fffffff', 'hex'), Buffer.alloc(50 * megabyte)]),
      'DIRECTORY_TOO_LARGE',
    ],
    ['an indefinite length', Buffer.from('30800201010000', 'hex'), 'DIRECTORY_PROTOCOL_VIOLATION'],
    ['10,000 levels', nested, 'DIRECTORY_PROTOCOL_VIOLATION'],
    ['a wrong tag', Buffer.from('310c020101610700', 'hex'), 'DIRECTORY_PROTOCOL_VIOLATION'],
    ['an HTTP banner', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', 'DIRECTORY_PROTOCOL_VIOLATION'],
    [
      'a million empty messages',
      Buffer.alloc(2 * megabyte, Buffer.from('3000', 'hex')),
      'DIRECTORY_PROTOCOL_VIOLATION',
    ],
  ]
  test.each(floods)(
    '%s is refused with less than a second of work, and nothing of it is kept',
    async (_what, bytes, code) => {
      const answering = await open({
        script(reply) {
          reply.raw(bytes)
          return true
        },
      })
      const { workMs, keptBytes } = await measured(() => expect(search(answering.life)).rejects.toMatchObject({ code }))

      expect(workMs).toBeLessThan(1000)
      expect(keptBytes).toBeLessThan(20 * megabyte)
    },
  )

  test.each(['startTls', 'none'] as const)(
    'a port that waits for TLS (LDAPS) is told by name, where the settings say %s',
    async (encryption) => {
      const port = createServer({}).listen(0, '127.0.0.1')
      stops.push(() => new Promise((done) => port.close(() => done())))
      await once(port, 'listening')
      const life = await connect((port.address() as AddressInfo).port, { encryption })

      await expect(search(life)).rejects.toMatchObject({
        code: 'DIRECTORY_CLEAR_NOT_ANSWERED',
        fix: expect.stringContaining('choose LDAPS'),
      })
    },
  )

  test('a banner before anything was asked is refused too', async () => {
    const { life } = await open({ banner: '220 mail.example.com ESMTP\r\n' })

    await expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_PROTOCOL_VIOLATION' })
  })
})
