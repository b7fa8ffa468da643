/**
 * Opening requests that were altered or forged on the way.
 *
 * @module
 */
import fc from 'fast-check'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { concat, toHex } from '@sallygate/base/bytes'
import { ConnectorEnd, makeSigner } from '@sallygate/testkit/envelope-ends'
import { flipBit, HostilePipe, overwrite } from '@sallygate/testkit/hostile-pipe'
import { sealLayout } from './fields.ts'
import { REQUEST_HEADER_LENGTH, REQUEST_OVERHEAD, requestHeader, requestStatement } from './request-layout.ts'
import { openRequest } from './request.ts'
import { takeOut, type RequestForgery } from './testing/forge.ts'
import { makeXWingPrivateKey } from './x-wing.ts'
import { cannotOpen, connector, console_, forge, keyOf, readStatement, refusalOf, sealed } from './testing/forger.ts'

test('PROTOCOL M-E8: whatever is sealed is opened as it was', () => {
  const drafts = fc.record({
    actingGroup: fc.constant(console_.group),
    component: fc.constantFrom('deviceServices', 'deviceManagement', 'selfService', 'other'),
    operation: fc.string({ maxLength: 16, unit: 'grapheme' }).filter((text) => Buffer.byteLength(text) <= 64),
    class: fc.constantFrom('R', 'B', 'S', 'N', 'O', 'J'),
    generation: fc.option(fc.maxSafeNat(), { nil: undefined }),
    remainingMs: fc.nat(),
    idempotencyKey: fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex), { nil: undefined }),
    parameters: fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes)),
  })

  fc.assert(
    fc.property(drafts, (change) => {
      const { cargo, digest } = console_.seal(connector.recipient, change)
      const opened = openRequest(cargo, connector.keys.find, () => console_.signer.publicKey)

      expect(opened.request).toMatchObject(change)
      expect(opened.digest).toBe(digest)
    }),
    { numRuns: 60 },
  )
})

test('T33, PROTOCOL M-E9: no bit of a request can be flipped', () => {
  const target = new ConnectorEnd(console_)
  const { cargo } = console_.seal(target.recipient)
  const pipe = new HostilePipe((_, altered) => target.receive(altered))
  pipe.send('connector', cargo)

  for (let bit = 0; bit < cargo.length * 8; bit++) pipe.alter(0, (bytes) => flipBit(bytes, bit))

  expect(cargo).toHaveLength(1024 + REQUEST_OVERHEAD)
  expect(target.executed).toEqual([])
  expect([...target.gate.refusals]).toEqual([['ENVELOPE_CANNOT_OPEN', cargo.length * 8]])
}, 60_000)

describe('T40, T43: everything before a good signature fails alike (PROTOCOL M-E11)', () => {
  const stranger = makeSigner()
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ed25519 = generateKeyPairSync('ed25519')
  const wrongKeys = {
    RSA: rsa.publicKey,
    Ed25519: ed25519.publicKey,
    'P-384': createPublicKey(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey),
  }
  const others = [1, 2, 3].map((byte) => Buffer.alloc(32, byte))
  const statement = readStatement(takeOut(sealed.cargo, keyOf(connector)).padded)
  const forgeries: Record<string, Partial<RequestForgery>> = {
    'version 0 (PROTOCOL M-E9)': { header: { version: 0 } },
    'version 2': { header: { version: 2 } },
    'suite 0, "none"': { header: { suite: 0 } },
    'suite 2': { header: { suite: 2 } },
    'another kind of cargo': { header: { kind: 5 } },
    'a sequence number beyond those of a context (PROTOCOL M-E39)': { header: { sequence: 256 }, sequence: 256 },
    'a sequence number that the header hides': { sequence: 1 },
    'another request id in the header': { header: { requestId: '11'.repeat(16) } },
    'a key hint of nobody': { header: { keyHint: Buffer.alloc(8) } },
    'a key of somebody else behind our hint': {
      to: makeXWingPrivateKey().publicKey,
      header: { keyHint: Buffer.from(connector.keys.publicKey.digest, 'hex').subarray(0, 8) },
    },
    'info of another exchange': { info: 'sallygate enrollment v1' },
    'a sender that is not trusted (PROTOCOL M-E10)': {
      statement: { ...statement, senderKeyId: stranger.keyId },
      privateKey: stranger.privateKey,
    },
    'a stranger who claims to be the console': { privateKey: stranger.privateKey },
    'a label of another statement': { label: 'reply' },
    'a signature over another header': {
      signedHeader: requestHeader.encode({
        kind: 1,
        version: 1,
        suite: 2,
        keyHint: Buffer.alloc(8),
        sequence: 0,
        requestId: statement.requestId,
      }),
    },
    'an empty signature': { signature: () => Buffer.alloc(0) },
    'a signature of zeros': { signature: () => Buffer.alloc(64) },
    'a signature cut short': { signature: (right) => right.subarray(0, 32) },
    'a signature that follows another': { signature: (right) => concat(right, right) },
    'a blind without a path (PROTOCOL M-E41)': { path: [Buffer.alloc(32)] },
    'a path longer than any, to nowhere': { path: Array.from({ length: 32 }, () => Buffer.alloc(32)) },
    'a path that ends a step early': { batch: { others, alterPath: (right) => right.slice(0, -1) } },
    'a path that goes a step too far': { batch: { others, alterPath: (right) => [...right, Buffer.alloc(32)] } },
    'a path with two steps swapped': { batch: { others, alterPath: ([blind, a, b]) => [blind, b, a] as Buffer[] } },
    'another blind': { batch: { others, alterPath: ([, ...steps]) => [Buffer.alloc(32), ...steps] } },
    'the root of a batch signed as a message': { batch: { others, label: 'request' } },
    'a batch of replies': { label: 'reply', batch: { others } },
    'a batch signed by a stranger': { batch: { others }, privateKey: stranger.privateKey },
    'a statement changed after its batch was signed': {
      batch: { others },
      afterSigning: (signed) => flipBit(signed, signed.length * 8 - 1),
    },
    'a statement changed after signing': { afterSigning: (signed) => flipBit(signed, signed.length * 8 - 1) },
    'an unknown direction (PROTOCOL M-E1)': { beforeSigning: (right) => overwrite(right, 0, Uint8Array.of(3)) },
  }

  test.each(Object.entries(forgeries))('%s', (_, forgery) => {
    expect(refusalOf(forge(forgery))).toEqual(cannotOpen)
  })

  test.each(Object.entries(wrongKeys))('T43: a sender whose registered key is %s', (_, key) => {
    const open = () => openRequest(forge(), connector.keys.find, () => key)

    expect(open).toThrow(expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN' }))
  })

  test('T43, PROTOCOL M-E5: a certificate in the ciphertext slot', () => {
    const spki = rsa.publicKey.export({ format: 'der', type: 'spki' })

    expect(refusalOf(overwrite(forge(), REQUEST_HEADER_LENGTH, spki))).toEqual(cannotOpen)
  })

  test('T43, PROTOCOL M-E6: a low-order point in the ciphertext', () => {
    expect(refusalOf(overwrite(forge(), REQUEST_HEADER_LENGTH + 1088, Buffer.alloc(32)))).toEqual(cannotOpen)
  })

  test('T43, PROTOCOL M-E4: a tag of 4 bytes followed by zeros', () => {
    const forged = forge()

    expect(refusalOf(overwrite(forged, forged.length - 12, Buffer.alloc(12)))).toEqual(cannotOpen)
  })

  test('the failures are equal to the last detail', () => {
    const refusals = Object.values(forgeries).map((forgery) => refusalOf(forge(forgery)))
    const stacks = Object.values(forgeries).map((forgery) => {
      const receipt = connector.receive(forge(forgery))
      return receipt.kind === 'unopened' ? receipt.failure.stack : undefined
    })

    for (const refusal of refusals) expect(refusal).toStrictEqual(refusals[0])
    expect(new Set(stacks).size).toBe(1)
  })

  test('a forgery that is wrong in nothing is admitted: the tests above test what they say', () => {
    expect(refusalOf(forge())).toBe('admitted')
    expect(refusalOf(forge({ batch: { others } }))).toBe('admitted')
    expect(refusalOf(forge({ header: { sequence: 255 }, sequence: 255 }))).toBe('admitted')
  })
})

test('PROTOCOL M-E12: what is handed on is a decoding of the very bytes that were verified', () => {
  const { header, padded } = takeOut(sealed.cargo, keyOf(connector))
  const opened = openRequest(sealed.cargo, connector.keys.find, () => console_.signer.publicKey)

  const signed = requestStatement.encode(opened.request)

  expect(padded.subarray(0, signed.length)).toEqual(signed)
  expect(header).toHaveLength(REQUEST_HEADER_LENGTH)
  expect(sealLayout.decode(padded.subarray(signed.length, signed.length + 66)).path).toEqual([])
})
