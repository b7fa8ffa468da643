import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '@sallygate/base/bytes'
import { codeId, codeMacKey, formatEnrollmentCode, makeEnrollmentCode, parseEnrollmentCode } from './enrollment-code.ts'
import { makeIdentities } from './test-identities.ts'
import { outcomeOf } from './test-tamper.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => Buffer.from(value))
const anyCode = fc.record({ secret: bytes(16), rootDigest: bytes(32) })

test('a code names the console’s root and looks the same every time', async () => {
  const { root } = await makeIdentities()
  const code = makeEnrollmentCode(root.certificate)

  expect(code.rootDigest).toEqual(sha256(root.certificate.der))
  expect(formatEnrollmentCode(code)).toMatch(/^SG1(-[0-9A-HJKMNP-TV-Z]{5}){15}-[0-9A-HJKMNP-TV-Z]{3}$/)
  expect(formatEnrollmentCode(makeEnrollmentCode(root.certificate))).not.toBe(formatEnrollmentCode(code))
})

test('parsing undoes formatting', () => {
  fc.assert(
    fc.property(anyCode, (code) => {
      expect(parseEnrollmentCode(formatEnrollmentCode(code))).toEqual(code)
    }),
  )
})

test('case, spaces, dashes and look-alike characters do not matter', () => {
  fc.assert(
    fc.property(anyCode, fc.infiniteStream(fc.nat({ max: 5 })), (code, choices) => {
      const choose = () => choices.next().value
      const typed = formatEnrollmentCode(code)
        .replaceAll('-', () => ['-', ' ', '', '\u2013', '\n', ' - '][choose()] ?? '')
        .replaceAll('0', () => ['0', 'O', 'o', '0', '0', '0'][choose()] ?? '0')
        .replaceAll('1', () => ['1', 'I', 'l', 'L', 'i', '1'][choose()] ?? '1')
        .replaceAll(/[A-Z]/g, (letter) => (choose() > 2 ? letter.toLowerCase() : letter))

      expect(parseEnrollmentCode(`  ${typed}\r\n`)).toEqual(code)
    }),
  )
})

describe('a typing mistake is named as one', () => {
  const position = fc.nat({ max: 77 })
  const plain = (code: { secret: Buffer; rootDigest: Buffer }) =>
    formatEnrollmentCode(code).replaceAll('-', '').slice(3)
  const parse = (symbols: string) => outcomeOf(() => parseEnrollmentCode(`SG1${symbols}`))

  test('when one character is another', () => {
    fc.assert(
      fc.property(anyCode, position, fc.constantFrom(...alphabet.split('')), (code, at, wrong) => {
        const right = plain(code)
        fc.pre(right[at] !== wrong)

        expect(parse(right.slice(0, at) + wrong + right.slice(at + 1))).toBe('TRUST_CODE_MISTYPED')
      }),
    )
  })

  test('when two neighbors are exchanged', () => {
    fc.assert(
      fc.property(anyCode, fc.nat({ max: 76 }), (code, at) => {
        const right = plain(code)
        fc.pre(right[at] !== right[at + 1])

        expect(parse(right.slice(0, at) + right[at + 1] + right[at] + right.slice(at + 2))).toBe('TRUST_CODE_MISTYPED')
      }),
    )
  })

  test('when a character is missing, doubled or none of ours', () => {
    fc.assert(
      fc.property(anyCode, position, (code, at) => {
        const right = plain(code)

        expect(parse(right.slice(0, at) + right.slice(at + 1))).toBe('TRUST_CODE_MISTYPED')
        expect(parse(right.slice(0, at) + right[at] + right.slice(at))).toBe('TRUST_CODE_MISTYPED')
        expect(parse(`${right.slice(0, at)}U${right.slice(at + 1)}`)).toBe('TRUST_CODE_MISTYPED')
      }),
    )
  })

  test.each(['', 'SG1', 'SG2-00000', 'hello', '\u0000', 'SG1-' + '0'.repeat(100_000)])(
    'when it is no code at all',
    (text) => {
      expect(outcomeOf(() => parseEnrollmentCode(text))).toBe('TRUST_CODE_MISTYPED')
    },
  )
})

test('id and MAC key are the published derivation, and tell different things', () => {
  const code = { secret: Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex') }

  expect(codeId(code)).toHaveLength(16)
  expect(codeMacKey(code)).toHaveLength(32)
  expect(codeId(code).toString('hex')).toBe('2591fc1b335bcbe01ca0967917c6d945')
  expect(codeMacKey(code).toString('hex')).toBe('9b54d1b902b46d519ec19d20f6fe16acb3f525f0cd6efbcad06bddccb2722efb')
})
