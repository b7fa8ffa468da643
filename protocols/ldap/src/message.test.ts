import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessage } from './message-decoder.ts'
import { encodeMessage } from './message-encoder.ts'
import type { LdapMessage, LdapOperation, LdapResult } from './message.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((one) => one.isWellFormed())
/** A diagnostic is made printable when it is read, so only what is printable comes back as it was. */
const words = fc.stringMatching(/^([a-z0-9]( ?[a-z0-9]){0,20})?$/)
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value))
const result: fc.Arbitrary<LdapResult> = fc.record({
  code: fc.integer({ min: 0, max: 123 }),
  matchedDn: text,
  diagnostic: words,
  referrals: fc.array(text, { maxLength: 3 }),
})
const attributes = fc.array(
  fc.record({ type: text.filter((type) => type !== ''), values: fc.array(bytes, { maxLength: 4 }) }),
  { maxLength: 4 },
)
const operation = fc.oneof(
  fc.record({
    kind: fc.constant('bindRequest'),
    version: fc.constant(3),
    name: text,
    credentials: fc.record({ kind: fc.constant('simple'), password: bytes }),
  }),
  fc.record({ kind: fc.constant('bindResponse'), result }),
  fc.record({ kind: fc.constant('unbindRequest') }),
  fc.record({
    kind: fc.constant('searchRequest'),
    base: text,
    scope: fc.constantFrom('base', 'one', 'subtree'),
    sizeLimit: fc.nat(),
    timeLimitSeconds: fc.nat(),
    typesOnly: fc.boolean(),
    filter: fc.record({ kind: fc.constant('equal'), attribute: text, value: bytes }),
    attributes: fc.array(text, { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('searchEntry'), dn: text, attributes }),
  fc.record({ kind: fc.constant('searchReference'), uris: fc.array(text, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('searchDone'), result }),
  fc.record({ kind: fc.constant('abandonRequest'), target: fc.nat() }),
  fc.record({ kind: fc.constant('extendedRequest'), oid: fc.constant('1.2.3'), value: bytes }),
  fc.record({ kind: fc.constant('extendedResponse'), result, oid: fc.constant('1.2.3') }),
) as fc.Arbitrary<LdapOperation>
const control = fc.oneof(
  fc.record({ oid: fc.constant('1.2.840.113556.1.4.319'), isCritical: fc.boolean(), value: bytes }),
  fc.record({ oid: fc.constant('1.2.3'), isCritical: fc.boolean() }),
)
const message: fc.Arbitrary<LdapMessage> = fc.record({
  id: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  operation,
  controls: fc.array(control, { maxLength: 3 }),
})

test('decoding undoes encoding', () => {
  fc.assert(
    fc.property(message, (one) => {
      expect(decodeMessage(encodeMessage(one))).toEqual(one)
    }),
    { numRuns: 500 },
  )
})

test('bytes that were changed are a message or a typed failure, never anything else', () => {
  const changed = fc.tuple(message, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat())
  fc.assert(
    fc.property(changed, ([one, at, flip, cut]) => {
      const whole = encodeMessage(one)
      whole[at % whole.length] = (whole[at % whole.length] as number) ^ flip
      const part = cut % 3 === 0 ? whole.subarray(0, cut % whole.length) : whole
      try {
        decodeMessage(part)
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^LDAP_(MALFORMED|TOO_LARGE)$/) })
      }
    }),
    { numRuns: 5000 },
  )
})

test('lengths in the long form of Active Directory are read', () => {
  const short = encodeMessage({ id: 1, operation: { kind: 'unbindRequest' }, controls: [] })
  const long = Buffer.concat([Buffer.from('308400000005', 'hex'), short.subarray(2)])

  expect(decodeMessage(long)).toEqual(decodeMessage(short))
})

test('what a server says is made printable and short', () => {
  const diagnostic = `80090308: LdapErr\u0000\u001b[31m${'x'.repeat(1000)}`
  const operation_: LdapOperation = {
    kind: 'bindResponse',
    result: { code: 49, matchedDn: '', diagnostic, referrals: [] },
  }

  const read = decodeMessage(encodeMessage({ id: 1, operation: operation_, controls: [] })).operation

  const said = read.kind === 'bindResponse' ? read.result.diagnostic : ''
  expect(said.length).toBeLessThanOrEqual(500)
  expect(said).toMatch(/^80090308: LdapErr \[31mx+$/)
})
