/**
 * Opening requests that were altered, forged or malformed on the way.
 *
 * @module
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, randomBytes, toHex } from '@sallygate/base/bytes'
import { ConnectorEnd, ConsoleEnd, makeSigner } from '@sallygate/testkit/envelope-ends'
import { flipBit, HostilePipe, overwrite } from '@sallygate/testkit/hostile-pipe'
import { sealLayout } from './fields.ts'
import { BUCKETS, MAX_PARAMETERS } from './limits.ts'
import { REQUEST_HEADER_LENGTH, REQUEST_OVERHEAD, requestHeader, requestStatement } from './request-layout.ts'
import { openRequest } from './request.ts'
import { forgeRequest, takeOut, type RequestForgery } from './testing/forge.ts'
import { makeXWingPrivateKey } from './x-wing.ts'

const console_ = new ConsoleEnd()
const connector = new ConnectorEnd(console_)
const sealed = console_.seal(connector.recipient)

/** A forgery that is right in everything not given. */
function forge(change: Partial<RequestForgery> = {}): Buffer {
  const key = keyOf(connector)
  const { padded } = takeOut(console_.seal(connector.recipient).cargo, key)
  return forgeRequest({
    statement: readStatement(padded),
    to: connector.keys.publicKey,
    privateKey: console_.signer.privateKey,
    ...change,
  })
}

function keyOf(end: ConnectorEnd) {
  const key = end.keys.find(Buffer.from(end.keys.publicKey.digest, 'hex').subarray(0, 8))
  if (key === undefined) throw new Error('the ring has its own key')
  return key
}

/** Statement of a padded body: everything before path and signature. */
function readStatement(padded: Buffer) {
  for (let end = padded.length; end > 0; end--) {
    try {
      return requestStatement.decode(padded.subarray(0, end))
    } catch {
      // Longer than the statement; the layout takes no byte too many.
    }
  }
  throw new Error('no statement')
}

/** What the receiving end says, in full, save for the stack. */
function refusalOf(cargo: Uint8Array): unknown {
  const receipt = connector.receive(cargo)
  if (receipt.kind === 'admitted') return 'admitted'
  const { failure } = receipt
  return {
    ...Object.fromEntries(Object.entries(failure)),
    kind: receipt.kind,
    message: failure.message,
    cause: failure.cause,
  }
}

const cannotOpen = expect.objectContaining({
  kind: 'unopened',
  code: 'ENVELOPE_CANNOT_OPEN',
  details: {},
  cause: undefined,
})

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
  expect(sealed.cargo).toHaveLength(1024 + REQUEST_OVERHEAD)
  const pipe = new HostilePipe((_, cargo) => connector.receive(cargo))
  pipe.send('connector', sealed.cargo)

  for (let bit = 0; bit < sealed.cargo.length * 8; bit++) pipe.alter(0, (cargo) => flipBit(cargo, bit))

  expect(connector.executed).toEqual([])
  expect(connector.gate.refusals.get('ENVELOPE_CANNOT_OPEN')).toBe(sealed.cargo.length * 8)
}, 60_000)

describe('T42, PROTOCOL M-E3: a cargo has one length and one padding', () => {
  const { cargo } = sealed
  const shapes: Record<string, Buffer> = {
    'nothing at all': Buffer.alloc(0),
    'one byte': cargo.subarray(0, 1),
    'a header alone': cargo.subarray(0, REQUEST_HEADER_LENGTH),
    'one byte less': cargo.subarray(0, -1),
    'one byte more': concat(cargo, Buffer.alloc(1)),
    'a request twice': concat(cargo, cargo),
    'zeros up to the next bucket': concat(cargo, Buffer.alloc(4096 - 1024)),
    'a cargo larger than any bucket': Buffer.alloc(1024 * 1024, cargo),
    'random bytes of a right length': randomBytes(cargo.length),
  }

  test.each(Object.entries(shapes))('%s is refused', (_, shape) => {
    expect(refusalOf(shape)).toEqual(cannotOpen)
  })

  test('a larger bucket than the body needs is refused, though its signature is right', () => {
    const padded = (body: Buffer) => concat(body, Buffer.alloc(4096 - body.length))

    expect(refusalOf(forge({ padded }))).toEqual(cannotOpen)
  })

  test('padding that is not zero is refused, though its signature is right', () => {
    const padded = (body: Buffer) => concat(body, Buffer.alloc(1023 - body.length), Buffer.from('x'))

    expect(refusalOf(forge({ padded }))).toEqual(cannotOpen)
  })

  test('PROTOCOL M-E2: a length field of 1 GiB allocates nothing', () => {
    const gigabyte = Buffer.from('40000000', 'hex')
    const parametersLength = console_.draft().parameters.length
    const beforeSigning = (right: Buffer) => overwrite(right, right.length - parametersLength - 4, gigabyte)
    const forged = forge({ beforeSigning })
    const before = process.memoryUsage().arrayBuffers

    expect(refusalOf(forged)).toEqual(cannotOpen)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  })
})

describe('T40, T43: everything before a good signature fails alike (PROTOCOL M-E11)', () => {
  const stranger = makeSigner()
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ed25519 = generateKeyPairSync('ed25519')
  const wrongKeys = {
    RSA: rsa.publicKey,
    Ed25519: ed25519.publicKey,
    'P-384': createPublicKey(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey),
  }
  const statement = readStatement(takeOut(sealed.cargo, keyOf(connector)).padded)
  const forgeries: Record<string, Partial<RequestForgery>> = {
    'version 0 (PROTOCOL M-E9)': { header: { version: 0 } },
    'version 2': { header: { version: 2 } },
    'suite 0, "none"': { header: { suite: 0 } },
    'suite 2': { header: { suite: 2 } },
    'another kind of cargo': { header: { kind: 5 } },
    'a sequence number (PROTOCOL M-E8)': { header: { sequence: 1 }, sequence: 1 },
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
    'a path, which version 1 has not': { path: [Buffer.alloc(32)] },
    'a path longer than any': { path: Array.from({ length: 32 }, () => Buffer.alloc(32)) },
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
  })
})

test('P15, PROTOCOL M-E3: the relay sees one of five sizes, and no word of what is inside', () => {
  const pipe = new HostilePipe<string>(() => undefined)
  const sizes = [0, 1, 700, 3000, 15_000, 60_000, MAX_PARAMETERS]

  for (const size of sizes) {
    const { cargo } = console_.seal(connector.recipient, { parameters: Buffer.alloc(size, 'canary') })
    expect(cargo.includes('canary')).toBe(false)
    expect(cargo.includes('directory.search')).toBe(false)
    pipe.send('connector', cargo)
  }

  const lengths = pipe.view.map(({ length }) => length - REQUEST_OVERHEAD)
  expect(lengths.every((length) => (BUCKETS as readonly number[]).includes(length))).toBe(true)
  expect(new Set(lengths).size).toBe(5)
})

test('one byte more than the parameters may have is refused before anything is sealed', () => {
  const seal = () => console_.seal(connector.recipient, { parameters: Buffer.alloc(MAX_PARAMETERS + 1) })

  expect(seal).toThrow(expect.objectContaining({ code: 'BASE_TOO_LARGE' }))
})

test('PROTOCOL M-E12: what is handed on is a decoding of the very bytes that were verified', () => {
  const { header, padded } = takeOut(sealed.cargo, keyOf(connector))
  const opened = openRequest(sealed.cargo, connector.keys.find, () => console_.signer.publicKey)

  const signed = requestStatement.encode(opened.request)

  expect(padded.subarray(0, signed.length)).toEqual(signed)
  expect(header).toHaveLength(REQUEST_HEADER_LENGTH)
  expect(sealLayout.decode(padded.subarray(signed.length, signed.length + 66)).path).toEqual([])
})
