import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from './message-encoder.ts'
import { decodeMessage } from './message-decoder.ts'
import { decodeNetlogonAnswer, encodeNetlogonPing } from './netlogon.ts'

const label = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])
const end = Buffer.from([0])
const pointer = (to: number) => Buffer.from([0xc0 | (to >> 8), to & 0xff])

/** NETLOGON_SAM_LOGON_RESPONSE_EX, as MS-ADTS 6.3.1.9 lays it out. */
function response(names: readonly Buffer[], opcode = 23, flags = 0x80): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt16LE(opcode, 0)
  head.writeUInt32LE(flags, 4)
  return Buffer.concat([head, ...names])
}

const domain = Buffer.concat([label('corp'), label('test'), end])
const whole = [
  domain,
  pointer(24),
  Buffer.concat([label('dc1'), pointer(24)]),
  Buffer.concat([label('CORP'), end]),
  Buffer.concat([label('DC1'), end]),
  end,
  Buffer.concat([label('Berlin'), end]),
  Buffer.concat([label('Hamburg'), end]),
]

function datagram(value: Buffer, id = 7): Buffer {
  const entry = { kind: 'searchEntry', dn: '', attributes: [{ type: 'netlogon', values: [value] }] } as const
  const result = { code: 0, matchedDn: '', diagnostic: '', referrals: [] }
  return Buffer.concat([
    encodeMessage({ id, operation: entry, controls: [] }),
    encodeMessage({ id, operation: { kind: 'searchDone', result }, controls: [] }),
  ])
}

describe('the ping of a domain controller', () => {
  test('asks for one domain, and says which form of answer it reads', () => {
    const { operation } = decodeMessage(encodeNetlogonPing(7, 'corp.test'))

    expect(operation).toMatchObject({ kind: 'searchRequest', base: '', scope: 'base', attributes: ['netlogon'] })
  })

  test('answers with both sites, through pointers', () => {
    expect(decodeNetlogonAnswer(7, datagram(response(whole)))).toEqual({
      domain: 'corp.test',
      forest: 'corp.test',
      host: 'dc1.corp.test',
      serverSite: 'Berlin',
      clientSite: 'Hamburg',
      isClosest: true,
    })
  })

  test('another form, another question and no such domain are no answer', () => {
    expect(decodeNetlogonAnswer(7, datagram(response(whole, 21)))).toBeUndefined()
    expect(decodeNetlogonAnswer(8, datagram(response(whole)))).toBeUndefined()
    expect(decodeNetlogonAnswer(7, datagram(Buffer.alloc(3)))).toBeUndefined()
  })

  test('a pointer to itself and a name that is cut short are refused', () => {
    const malformed = expect.objectContaining({ code: 'LDAP_MALFORMED' })

    expect(() => decodeNetlogonAnswer(7, datagram(response([pointer(24)])))).toThrow(malformed)
    expect(() => decodeNetlogonAnswer(7, datagram(response([Buffer.from([60, 65])])))).toThrow(malformed)
  })

  test('whatever comes is read, refused or no answer; nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isInside) => {
        const sent = isInside ? datagram(response([Buffer.from(bytes)])) : Buffer.from(bytes)
        try {
          decodeNetlogonAnswer(7, sent)
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^LDAP_/)
        }
      }),
    )
  })
})
