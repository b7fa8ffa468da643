/**
 * From a stranger with a code to the first request, with real certificates: what
 * the envelope asks of trust, held together.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeUtf8, fromHex, sha256, toHex } from '@sallygate/base/bytes'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { ConnectorEnd, ConsoleEnd } from '@sallygate/testkit/envelope-ends'
import {
  codeId,
  codeMacKey,
  descriptorDigest,
  findSigner,
  formatEnrollmentCode,
  issueConsoleIdentity,
  issueConsoleSigning,
  issueGroupAuthority,
  keyIdOf,
  makeDescriptor,
  makeEnrollmentCode,
  makeId,
  makePrivateKey,
  makeProductRoot,
  makeTrustSet,
  parseEnrollmentCode,
  verifyDescriptor,
  verifyTrustSet,
  type ConsoleId,
  type GroupId,
  type RelayId,
} from '@sallygate/trust'
import { openEnrollment, sealEnrollment } from './enrollment.ts'
import { hkdfExpand, hkdfExtract } from './hkdf.ts'
import { EncryptionKeyRing } from './key-ring.ts'
import { tablesOf } from './testing/page.ts'
import { layoutOf } from './testing/page-fields.ts'
import { importXWingPublicKey } from './x-wing.ts'

const clock = new FakeClock()
const at = clock.now()
const hours = (count: number) => new Date(at.getTime() + count * 3_600_000)
const [console_, group, relay] = [makeId<ConsoleId>(), makeId<GroupId>(), makeId<RelayId>()]
const root = await makeProductRoot({ console: console_, at })
const [identityKey, authorityKey, signingKey] = [makePrivateKey(), makePrivateKey(), makePrivateKey()]
const identity = {
  certificate: await issueConsoleIdentity({ issuer: root, console: console_, publicKey: identityKey, at }),
  privateKey: identityKey,
}
const authority = {
  certificate: await issueGroupAuthority({ issuer: root, console: console_, group, publicKey: authorityKey, at }),
  privateKey: authorityKey,
}
const signing = await issueConsoleSigning({ issuer: authority, console: console_, group, publicKey: signingKey, at })
const ring = new EncryptionKeyRing({ clock })
const descriptor = makeDescriptor(
  { console: console_, encryptionKey: ring.publicKey.raw, issuedAt: at, notAfter: hours(24) },
  identity,
  root.certificate,
)

function trustSet(number: number, notAfter: Date): Buffer {
  const signers = [{ keyId: signing.keyId, certificate: signing }]
  const content = { console: console_, group, number, issuedAt: at, notAfter, suiteFloor: 1, signers, relay }
  return makeTrustSet({ ...content, authorities: [authority.certificate] }, authorityKey)
}

const expected = { root: root.certificate, authorities: [authority.certificate], group, floorNumber: 5, now: at }

describe('PROTOCOL M-E30: a descriptor is believed for its root', () => {
  test('by the digest in an enrollment code, after which its key can be sealed to', () => {
    const code = parseEnrollmentCode(formatEnrollmentCode(makeEnrollmentCode(root.certificate)))

    const verified = verifyDescriptor(descriptor, { rootDigest: code.rootDigest, now: at })

    expect(importXWingPublicKey(verified.encryptionKey).digest).toBe(ring.publicKey.digest)
  })

  test('and for no other root, no other signature and no other time', async () => {
    const other = await makeProductRoot({ console: console_, at })
    const altered = Buffer.from(descriptor)
    altered[600] = (altered[600] ?? 0) ^ 1

    expect(() => verifyDescriptor(descriptor, { root: other.certificate, now: at })).toThrow(
      expect.objectContaining({ code: 'TRUST_UNTRUSTED' }),
    )
    expect(() => verifyDescriptor(altered, { root: root.certificate, now: at })).toThrow(
      expect.objectContaining({ code: 'TRUST_BAD_SIGNATURE' }),
    )
    expect(() => verifyDescriptor(descriptor, { root: root.certificate, now: hours(25) })).toThrow(
      expect.objectContaining({ code: 'TRUST_EXPIRED' }),
    )
  })
})

test('PROTOCOL M-E32: a code proves itself without travelling', () => {
  const code = makeEnrollmentCode(root.certificate)
  const { cargo } = sealEnrollment(
    { certificateRequest: Buffer.alloc(300), name: 'n', software: 's', descriptor, consoleKey: ring.publicKey },
    { method: 'code', codeId: toHex(codeId(code)), macKey: codeMacKey(code) },
  )

  const opened = openEnrollment(cargo, ring.find, {
    macKeyOf: (id) => (id === toHex(codeId(code)) ? codeMacKey(code) : undefined),
    bootstrapKeyOf: () => undefined,
    isOwnDescriptor: (digest) => digest === toHex(descriptorDigest(descriptor)),
    isNew: () => true,
  })

  expect(cargo.includes(code.secret)).toBe(false)
  expect(JSON.stringify(opened.enrollment)).not.toContain(toHex(code.secret))
})

describe('PROTOCOL M-E38: trust only moves forward', () => {
  test('the number of a trust set never goes down', () => {
    expect(verifyTrustSet(trustSet(5, hours(24)), expected).number).toBe(5)
    expect(() => verifyTrustSet(trustSet(4, hours(24)), expected)).toThrow(
      expect.objectContaining({ code: 'TRUST_SET_LOWER_NUMBER' }),
    )
  })

  test('a trust set is used for a day at most, whatever it says', () => {
    expect(() => verifyTrustSet(trustSet(5, hours(25)), expected)).toThrow(
      expect.objectContaining({ code: 'TRUST_MALFORMED' }),
    )
    expect(() => verifyTrustSet(trustSet(5, hours(24)), { ...expected, now: hours(24.01) })).toThrow(
      expect.objectContaining({ code: 'TRUST_SET_TOO_OLD' }),
    )
  })
})

test('a request signed by a key of the trust set is carried out, with the set as it was verified', () => {
  const set = verifyTrustSet(trustSet(5, hours(24)), expected)
  const end = new ConsoleEnd(clock, group)
  const signer = { keyId: keyIdOf(signingKey), privateKey: signingKey, publicKey: signing.publicKey }
  const sender = Object.assign(end, { signer })
  const connector = new ConnectorEnd(end, {
    senders: (keyId) => findSigner(set, keyId, clock.now()).publicKey,
    trustSet: () => set,
  })

  expect(connector.receive(sender.seal(connector.recipient, { trustSetNumber: 5 }).cargo).kind).toBe('admitted')
  const stranger = new ConsoleEnd(clock, group)
  expect(connector.receive(stranger.seal(connector.recipient).cargo).kind).toBe('unopened')
})

describe('the tables of the page read real statements', () => {
  const tables = tablesOf(readFileSync(join(import.meta.dirname, '../../../docs/protocol/envelope.md'), 'utf8'))

  test('descriptorRecord', () => {
    const read = layoutOf('descriptorRecord', tables).decode(descriptor.subarray(0, -64))

    expect(read).toEqual({
      version: 'v1',
      console: fromHex(console_),
      encryptionKey: ring.publicKey.raw,
      issuedAt: at,
      notAfter: hours(24),
      certificate: Buffer.from(identity.certificate.der),
      root: Buffer.from(root.certificate.der),
    })
  })

  test('trustSetRecord', () => {
    const read = layoutOf('trustSetRecord', tables).decode(trustSet(9, hours(1)).subarray(0, -64))

    expect(read).toEqual({
      version: 'v1',
      console: fromHex(console_),
      group: fromHex(group),
      number: 9,
      issuedAt: at,
      notAfter: hours(1),
      suiteFloor: 1,
      signers: [{ keyId: fromHex(signing.keyId), certificate: Buffer.from(signing.der) }],
      authorities: [Buffer.from(authority.certificate.der)],
      relay: fromHex(relay),
    })
  })

  test('the derivations of a code are those of the page', () => {
    const code = makeEnrollmentCode(root.certificate)
    const derive = (info: string, length: number) =>
      hkdfExpand(hkdfExtract(Buffer.alloc(0), code.secret), encodeUtf8(info), length)

    expect(codeId(code)).toEqual(derive('sallygate code id v1', 16))
    expect(codeMacKey(code)).toEqual(derive('sallygate code mac v1', 32))
    expect(code.rootDigest).toEqual(sha256(root.certificate.der))
  })
})
