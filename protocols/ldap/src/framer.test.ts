import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from './message-encoder.ts'
import { MessageFramer } from './framer.ts'
import type { LdapMessage } from './message.ts'

const message = (id: number, dn: string): LdapMessage => ({
  id,
  operation: { kind: 'searchEntry', dn, attributes: [] },
  controls: [],
})

test('messages come out whole, however the stream is cut', () => {
  const arbitrary = fc.record({
    sizes: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 }),
    cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
  })
  fc.assert(
    fc.property(arbitrary, ({ sizes, cuts }) => {
      const sent = sizes.map((size, index) => encodeMessage(message(index + 1, 'x'.repeat(size))))
      const stream = Buffer.concat(sent)
      const framer = new MessageFramer(10_000)
      const got: Buffer[] = []
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const step = cuts[turn % cuts.length] as number
        got.push(...framer.push(stream.subarray(at, at + step)))
        at += step
      }

      expect(Buffer.concat(got).equals(stream)).toBe(true)
      expect(got.length).toBe(sent.length)
      expect(framer.heldBytes).toBe(0)
    }),
  )
})

test('a message that is too large is passed over where somebody wants that, however the stream is cut', () => {
  const [before, large, after] = [message(1, 'a'), message(2, 'b'.repeat(30_000)), message(3, 'c')].map(encodeMessage)
  const stream = Buffer.concat([before as Buffer, large as Buffer, after as Buffer])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1 }), (cuts) => {
      const framer = new MessageFramer(20_000)
      const got: string[] = []
      framer.passOver = (head) =>
        got.push(`over ${head.length} ${head.equals((large as Buffer).subarray(0, head.length))}`)
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const step = cuts[turn % cuts.length] as number
        for (const bytes of framer.push(stream.subarray(at, at + step))) got.push(String(bytes.length))
        at += step
      }

      expect(got).toEqual([String(before?.length), 'over 16384 true', String(after?.length)])
      expect(framer.heldBytes).toBe(0)
    }),
    { numRuns: 30 },
  )
})

test('more than twice too large is refused all the same', () => {
  const framer = new MessageFramer(20_000)
  framer.passOver = () => {}

  expect(() => [...framer.push(encodeMessage(message(1, 'a'.repeat(40_001))))]).toThrow(
    expect.objectContaining({ code: 'LDAP_TOO_LARGE' }),
  )
})

describe('a stream that cannot be LDAP is refused at its first bytes', () => {
  const cases: [string, Buffer, string, RegExp | undefined][] = [
    ['2 GiB - 1 promised', Buffer.from('30847fffffff', 'hex'), 'LDAP_TOO_LARGE', undefined],
    ['indefinite length', Buffer.from('3080', 'hex'), 'LDAP_MALFORMED', /indefinite/],
    ['a length of eight bytes', Buffer.from('3088', 'hex'), 'LDAP_MALFORMED', /more than four/],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'LDAP_MALFORMED', /HTTP server/],
    ['SMTP', Buffer.from('220 mail ESMTP'), 'LDAP_MALFORMED', /another service/],
    ['a TLS alert', Buffer.from('15030300020228', 'hex'), 'LDAP_MALFORMED', /TLS/],
    ['an empty sequence', Buffer.from('3000', 'hex'), 'LDAP_MALFORMED', /too short/],
    ['a set', Buffer.from('3105', 'hex'), 'LDAP_MALFORMED', /0x31/],
  ]
  test.each(cases)('%s', (_what, bytes, code, why) => {
    const framer = new MessageFramer(16 * 1024 * 1024)

    expect(() => [...framer.push(bytes)]).toThrow(expect.objectContaining({ code }))
    if (why !== undefined) {
      expect(() => [...new MessageFramer(1000).push(bytes)]).toThrow(
        expect.objectContaining({ details: { why: expect.stringMatching(why) } }),
      )
    }
  })

  test('also when it comes byte by byte', () => {
    const framer = new MessageFramer(1000)
    const feed = () => {
      for (const byte of Buffer.from('30847fffffff', 'hex')) expect([...framer.push(Buffer.from([byte]))]).toEqual([])
    }

    expect(feed).toThrow(expect.objectContaining({ code: 'LDAP_TOO_LARGE' }))
    expect(framer.heldBytes).toBeLessThanOrEqual(6)
  })
})
