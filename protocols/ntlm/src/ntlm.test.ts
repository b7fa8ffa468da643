import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { avId, decodeAvPairs, encodeAvPairs, withMic } from './av-pairs.ts'
import { accountOf, NtlmClient } from './client.ts'
import { flags } from './flags.ts'
import { md4 } from './md4.ts'
import { decodeChallenge, encodeNegotiate, micOffset } from './messages.ts'
import { rc4 } from './rc4.ts'
import { computeResponses, hmacMd5, passwordKey, utf16 } from './response.ts'

interface Hashes {
  readonly md4: { readonly cases: readonly { readonly inputText: string; readonly digest: string }[] }
  readonly rc4: {
    readonly cases: readonly {
      readonly key: string
      readonly stream: readonly { readonly offset: number; readonly bytes: string }[]
    }[]
  }
}

interface Published {
  readonly common: Readonly<Record<string, string>>
  readonly ntlmv1: { readonly challengeMessage: string }
  readonly ntlmv2: Readonly<Record<string, string>> & {
    readonly authenticateMessageFields: { readonly flags: string; readonly version: string }
  }
}

const hex = (text: string | undefined) => Buffer.from(text ?? '', 'hex')
const account = { user: 'User', domain: 'Domain', password: 'Password' }
/** Time zero of a FILETIME, as the published example has it. */
const beginning = new Date(-11_644_473_600_000)

const absent = vectorsDirectory() === undefined
if (absent) console.log(`skipped: NTLM against MS-NLMP 4.2, ${vectorsAbsence}`)

describe.skipIf(absent)('published values', () => {
  const hashes = absent ? undefined : readVectors<Hashes>('ntlm/md4-rc4.json')
  const published = absent ? undefined : readVectors<Published>('ntlm/ms-nlmp-4.2.json')

  test('MD4 agrees with RFC 1320', () => {
    const cases = hashes?.md4.cases ?? []

    expect(cases.map(({ inputText }) => md4(Buffer.from(inputText)).toString('hex'))).toEqual(
      cases.map(({ digest }) => digest),
    )
    expect(cases.length).toBeGreaterThan(5)
  })

  test('RC4 agrees with RFC 6229', () => {
    const blocks = (hashes?.rc4.cases ?? []).flatMap(({ key, stream }) => {
      const produced = rc4(hex(key), Buffer.alloc(4112))
      return stream.map(({ offset, bytes }) => [produced.subarray(offset, offset + 16).toString('hex'), bytes] as const)
    })

    expect(blocks.map(([produced]) => produced)).toEqual(blocks.map(([, expected]) => expected))
    expect(blocks.length).toBeGreaterThan(100)
  })

  test('NTLMv2 agrees with MS-NLMP 4.2.4, value by value', () => {
    const { ntlmv2 } = published as Published
    const { serverChallenge, targetInfo } = decodeChallenge(hex(ntlmv2['challengeMessage']))

    const responses = computeResponses({
      account,
      serverChallenge,
      clientChallenge: Buffer.alloc(8, 0xaa),
      time: Buffer.alloc(8),
      targetInfo,
    })

    expect(passwordKey(account).toString('hex')).toBe(ntlmv2['ntowfv2'])
    expect(responses.nt.toString('hex')).toBe(ntlmv2['ntChallengeResponse'])
    expect(responses.lm.toString('hex')).toBe(ntlmv2['lmChallengeResponse'])
    expect(responses.sessionBaseKey.toString('hex')).toBe(ntlmv2['sessionBaseKey'])
  })

  test('the whole AUTHENTICATE message of MS-NLMP 4.2.4.3 comes out byte by byte', () => {
    const { ntlmv2 } = published as Published
    const client = new NtlmClient({
      account,
      now: beginning,
      workstation: 'COMPUTER',
      flags: Number(ntlmv2.authenticateMessageFields.flags),
      version: hex(ntlmv2.authenticateMessageFields.version),
      random: (length) => Buffer.alloc(length, length === 8 ? 0xaa : 0x55),
    })

    const message = client.authenticate(hex(ntlmv2['challengeMessage']))

    expect(message.toString('hex')).toBe(ntlmv2['authenticateMessage'])
  })

  test('a server that speaks version 1 only is refused', () => {
    const { ntlmv1 } = published as Published
    const client = new NtlmClient({ account, now: new Date() })

    expect(() => client.authenticate(hex(ntlmv1.challengeMessage))).toThrow(
      expect.objectContaining({ code: 'NTLM_ONLY_OLD_VERSIONS' }) as Error,
    )
  })
})

const timestamp = hex('0090d336b734c301')

/** A challenge of today’s servers: with a timestamp, so that a code over all three messages is expected. */
function challengeOf(pairs: ReadonlyMap<number, Buffer>): Buffer {
  const targetInfo = encodeAvPairs(pairs)
  const message = Buffer.alloc(56)
  message.write('NTLMSSP\0', 'latin1')
  message.writeUInt32LE(2, 8)
  message.writeUInt32LE((flags.unicode | flags.ntlm | flags.targetInfo | flags.extendedSessionSecurity) >>> 0, 20)
  Buffer.from('0123456789abcdef', 'hex').copy(message, 24)
  message.writeUInt16LE(targetInfo.length, 40)
  message.writeUInt16LE(targetInfo.length, 42)
  message.writeUInt32LE(56, 44)
  return Buffer.concat([message, targetInfo])
}

describe('a challenge with a timestamp', () => {
  const pairs = new Map([
    [avId.domainName, utf16('CORP')],
    [avId.timestamp, timestamp],
  ])
  const challenge = challengeOf(pairs)
  const client = new NtlmClient({ account, now: new Date(), targetName: 'HTTP/proxy.example' })
  const message = client.authenticate(challenge)
  const nt = message.subarray(message.readUInt32LE(24), message.readUInt32LE(24) + message.readUInt16LE(20))

  test('is answered with its own time, zeros for the older response, and who was meant', () => {
    const answered = decodeAvPairs(nt.subarray(44, nt.length - 4))

    expect(nt.subarray(24, 32)).toEqual(timestamp)
    expect(message.subarray(message.readUInt32LE(16)).subarray(0, message.readUInt16LE(12))).toEqual(Buffer.alloc(24))
    expect(answered.get(avId.flags)?.readUInt32LE(0)).toBe(withMic)
    expect(answered.get(avId.targetName)).toEqual(utf16('HTTP/proxy.example'))
    expect(answered.get(avId.domainName)).toEqual(utf16('CORP'))
  })

  test('is answered with a code over all three messages, under the key that the response proves', () => {
    const sessionKey = hmacMd5(passwordKey(account), nt.subarray(0, 16))
    const without = Buffer.from(message)
    without.fill(0, micOffset, micOffset + 16)

    const expected = hmacMd5(sessionKey, client.negotiate, challenge, without)

    expect(message.subarray(micOffset, micOffset + 16)).toEqual(expected)
  })
})

describe('what a server sends', () => {
  const challenge = challengeOf(new Map([[avId.domainName, utf16('CORP')]]))
  const answer = (bytes: Buffer) => new NtlmClient({ account, now: new Date() }).authenticate(bytes)
  const isNamed = (error: unknown) => ((error as { code?: string }).code ?? '').startsWith('NTLM_')

  test('is refused by name when it is cut anywhere, or is another message', () => {
    for (let length = 0; length < challenge.length; length++) {
      try {
        answer(challenge.subarray(0, length))
        expect.unreachable()
      } catch (error) {
        expect(isNamed(error)).toBe(true)
      }
    }
    expect(() => answer(encodeNegotiate(0))).toThrow(expect.objectContaining({ code: 'NTLM_BAD_CHALLENGE' }) as Error)
  })

  test('never makes anything but an answer or a named refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(challenge.length - 1), fc.nat(255)), { maxLength: 12 }), (changes) => {
        const altered = Buffer.from(challenge)
        for (const [at, byte] of changes) altered[at] = byte
        try {
          return answer(altered).length > 64
        } catch (error) {
          return isNamed(error)
        }
      }),
    )
  })

  test('decoding undoes encoding of target information', () => {
    const anyPairs = fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.uint8Array({ maxLength: 40 })), {
        selector: ([id]) => id,
        maxLength: 12,
      })
      .filter((list) => list.every(([id]) => id !== avId.flags && id !== avId.timestamp))
    fc.assert(
      fc.property(anyPairs, (list) => {
        const pairs = new Map(list.map(([id, value]) => [id, Buffer.from(value)]))
        expect(decodeAvPairs(encodeAvPairs(pairs))).toEqual(pairs)
      }),
    )
  })
})

test.each([
  ['CORP\\ada', { user: 'ada', domain: 'CORP' }],
  ['ada@corp.test', { user: 'ada@corp.test', domain: '' }],
  ['ada', { user: 'ada', domain: '' }],
])('%s names an account', (name, expected) => {
  expect(accountOf(name, 'x')).toEqual({ ...expected, password: 'x' })
})
