import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCertificate } from './certificate.ts'
import { context, DerReader, readBoolean, readNamedBits, readOid, readSmallInteger, readWhole, tag } from './der.ts'
import { writeDer, writeInteger, writeOid } from './der-writer.ts'
import { readExtensions } from './extension.ts'
import { makeIdentities } from './test-identities.ts'
import { outcomeOf } from './test-tamper.ts'

const { connector } = await makeIdentities()
const hex = (text: string) => Buffer.from(text, 'hex')

test('reading undoes writing', () => {
  const anyOid = fc
    .tuple(fc.nat({ max: 2 }), fc.nat({ max: 39 }), fc.array(fc.bigInt({ min: 0n, max: 2n ** 128n }), { maxLength: 2 }))
    .map(([root, second, rest]) => [root, second, ...rest].join('.'))

  fc.assert(
    fc.property(fc.nat(), anyOid, fc.uint8Array({ maxLength: 70_000 }), (number, oid, bytes) => {
      const written = writeDer(tag.sequence, writeInteger(number), writeOid(oid), writeDer(context(0, false), bytes))

      const read = readWhole(written, tag.sequence, (from) => [
        readSmallInteger(from.take(tag.integer).value),
        readOid(from.take(tag.oid).value),
        from.take(context(0, false)).value,
      ])

      expect(read).toEqual([number, oid, Buffer.from(bytes)])
    }),
    { numRuns: 30 },
  )
})

describe('what is BER but not DER is refused', () => {
  const take = (text: string) => outcomeOf(() => new DerReader(hex(text)).takeAny())

  test.each([
    ['an indefinite length', '30800000'],
    ['a length that is too long for its number', '04810100'],
    ['a length with a leading zero', `0482007f${'00'.repeat(127)}`],
    ['a length beyond the bytes', '0402ff'],
    ['a length of five bytes', '04850000000001ff'],
    ['a high tag', '1f8101'],
    ['half a tag', '30'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(take(text)).toBe('TRUST_MALFORMED')
  })

  test('other spellings of booleans, integers, bits and OIDs', () => {
    for (const bad of [
      () => readBoolean(hex('01')),
      () => readSmallInteger(hex('0001')),
      () => readSmallInteger(hex('ff')),
      () => readSmallInteger(hex('')),
      () => readNamedBits(hex('0680')),
      () => readNamedBits(hex('0781')),
      () => readNamedBits(hex('0880')),
      () => readNamedBits(hex('07')),
      () => readNamedBits(hex('')),
      () => readOid(hex('2a8001')),
      () => readOid(hex('2a81')),
      () => readOid(hex('')),
    ])
      expect([bad.toString(), outcomeOf(bad)]).toEqual([bad.toString(), 'TRUST_MALFORMED'])
    expect([...readNamedBits(hex('0780'))]).toEqual([0])
  })

  test('an extension twice, and a default that is written out', () => {
    const extension = writeDer(tag.sequence, writeOid('2.5.29.15'), writeDer(tag.octetString, hex('00')))
    const spelledOut = writeDer(
      tag.sequence,
      writeOid('2.5.29.15'),
      hex('010100'),
      writeDer(tag.octetString, hex('00')),
    )
    const read = (...items: readonly Buffer[]) =>
      outcomeOf(() => readExtensions(new DerReader(writeDer(tag.sequence, ...items))))

    expect(read(extension)).toBe('accepted')
    expect(read(extension, extension)).toBe('TRUST_MALFORMED')
    expect(read(spelledOut)).toBe('TRUST_MALFORMED')
    expect(read()).toBe('TRUST_MALFORMED')
  })
})

test('no bytes make the certificate parser do anything but parse or refuse', () => {
  const { der } = connector.certificate
  const position = fc.nat({ max: der.length - 1 })

  fc.assert(
    fc.property(fc.array(fc.tuple(position, fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Buffer.from(der)
      for (const [at, value] of changes) bytes[at] = value

      expect(['accepted', 'TRUST_MALFORMED']).toContain(outcomeOf(() => parseCertificate(bytes)))
    }),
    { numRuns: 3000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(outcomeOf(() => parseCertificate(bytes))).toBe('TRUST_MALFORMED')
    }),
  )
})
