/**
 * Enrollment over a hostile pipe: who gets in, and what the pipe can make of it.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { concat, encodeUtf8, randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { flipBit } from '@sallygate/testkit/hostile-pipe'
import { codeId, codeMacKey, keyIdOf, makeEnrollmentCode, makeId, makePrivateKey, publicKeyOf } from '@sallygate/trust'
import type { Enrolled } from './enrollment-layout.ts'
import { openEnrollmentReply, requestIdOfEnrollmentReply, sealEnrollmentReply } from './enrollment-reply.ts'
import {
  openEnrollment,
  sealEnrollment,
  type EnrollmentDraft,
  type Invitation,
  type Invitations,
} from './enrollment.ts'
import { EncryptionKeyRing } from './key-ring.ts'

/** A console with one code and one installer outstanding. */
function consoleWithInvitations() {
  const ring = new EncryptionKeyRing({ clock: new FakeClock() })
  const identity = makePrivateKey()
  const bootstrap = makePrivateKey()
  const code = makeEnrollmentCode({ der: randomBytes(100) } as never)
  const secret = { id: toHex(codeId(code)), macKey: codeMacKey(code) }
  const descriptor = concat(encodeUtf8('descriptor'), ring.publicKey.raw)
  const bootstrapCertificate = encodeUtf8('the certificate of the installer')
  const unused = new Set([secret.id])
  const seen = new Set<string>()
  const invitations: Invitations = {
    macKeyOf: (id) => (unused.has(id) ? secret.macKey : undefined),
    bootstrapKeyOf: (certificate) => (bootstrapCertificate.equals(certificate) ? publicKeyOf(bootstrap) : undefined),
    isOwnDescriptor: (digest) => digest === toHex(sha256(descriptor)),
    isNew: (requestId) => seen.size < seen.add(requestId).size,
  }
  const draft: EnrollmentDraft = {
    certificateRequest: randomBytes(300),
    name: 'branch office',
    software: '1.0.0',
    descriptor,
    consoleKey: ring.publicKey,
  }
  const byCode: Invitation = { method: 'code', codeId: secret.id, macKey: secret.macKey }
  const byInstaller: Invitation = { method: 'bootstrap', certificate: bootstrapCertificate, privateKey: bootstrap }
  const open = (cargo: Uint8Array) => openEnrollment(cargo, ring.find, invitations)
  return { ring, identity, unused, draft, byCode, byInstaller, open }
}

const enrolled: Enrolled = {
  console: makeId(),
  group: makeId(),
  groupName: 'Acme / EMEA',
  instance: makeId(),
  relay: makeId(),
  certificate: randomBytes(500),
  groupAuthority: randomBytes(500),
  root: randomBytes(500),
  trustSet: randomBytes(2000),
  time: new Date('2026-11-22T12:00:00Z'),
}

const cannotOpen = expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN', details: {} })

describe.each(['byCode', 'byInstaller'] as const)('invited %s', (how) => {
  test('PROTOCOL M-E31: a stranger proves its invitation and gets an identity', () => {
    const console_ = consoleWithInvitations()
    const { cargo, pending } = sealEnrollment(console_.draft, console_[how])

    const opened = console_.open(cargo)
    const reply = sealEnrollmentReply(opened, { kind: 'enrolled', enrolled }, console_.identity, enrolled.time)
    const answer = openEnrollmentReply(reply, pending, publicKeyOf(console_.identity))

    expect(opened.enrollment).toMatchObject({ name: 'branch office', software: '1.0.0' })
    expect(opened.enrollment.certificateRequest).toEqual(console_.draft.certificateRequest)
    expect(requestIdOfEnrollmentReply(reply)).toBe(pending.requestId)
    expect(answer).toEqual({ kind: 'enrolled', enrolled, issuedAt: enrolled.time })
  })

  test('PROTOCOL M-E32: neither the code nor anything that proves it can be read on the way', () => {
    const console_ = consoleWithInvitations()
    const { cargo } = sealEnrollment(console_.draft, console_[how])

    for (const part of [console_.draft.certificateRequest, encodeUtf8('branch office')])
      expect(cargo.includes(part)).toBe(false)
    if (console_.byCode.method === 'code') expect(cargo.includes(console_.byCode.macKey)).toBe(false)
  })

  test('T33: no byte of it can be altered', () => {
    const console_ = consoleWithInvitations()
    const { cargo } = sealEnrollment(console_.draft, console_[how])

    for (let bit = 0; bit < cargo.length * 8; bit += 61)
      expect(() => console_.open(flipBit(cargo, bit))).toThrow(cannotOpen)
  })
})

describe('TC1, PROTOCOL M-E33: who is not invited learns nothing', () => {
  const console_ = consoleWithInvitations()
  const stranger = makePrivateKey()
  const { byCode, byInstaller, draft } = console_
  const other = consoleWithInvitations()
  if (byCode.method !== 'code' || byInstaller.method !== 'bootstrap') throw new Error('as made above')
  const attempts: [string, Partial<EnrollmentDraft>, Invitation][] = [
    ['a code that does not exist', {}, { ...byCode, codeId: '00'.repeat(16) }],
    ['the right code id with a guessed key', {}, { ...byCode, macKey: randomBytes(32) }],
    ['a code of another console', {}, other.byCode],
    ['an installer of another console', {}, { ...byInstaller, certificate: encodeUtf8('another') }],
    ['the certificate of the installer without its key', {}, { ...byInstaller, privateKey: stranger }],
    ['another descriptor than the console signed', { descriptor: encodeUtf8('forged') }, byCode],
    ['sealed to the key of another console', { consoleKey: other.draft.consoleKey }, byCode],
  ]

  test.each(attempts)('%s', (_, change, invitation) => {
    const { cargo } = sealEnrollment({ ...draft, ...change }, invitation)

    expect(() => console_.open(cargo)).toThrow(cannotOpen)
  })

  test('a code that was used fails like one that never was', () => {
    const { cargo } = sealEnrollment(draft, byCode)
    console_.open(cargo)
    console_.unused.clear()

    expect(() => console_.open(cargo)).toThrow(cannotOpen)
    expect(() => console_.open(sealEnrollment(draft, byCode).cargo)).toThrow(cannotOpen)
  })

  test('PROTOCOL M-E36: a request that is repeated does not use up an installer', () => {
    const { cargo } = sealEnrollment(draft, byInstaller)
    console_.open(cargo)

    expect(() => console_.open(cargo)).toThrow(cannotOpen)
    expect(console_.open(sealEnrollment(draft, byInstaller).cargo).enrollment.name).toBe(draft.name)
  })

  test('PROTOCOL M-E37: a request above 4 KiB is neither made nor looked at', () => {
    const certificateRequest = Buffer.alloc(4000)

    expect(() => sealEnrollment({ ...draft, certificateRequest }, byCode)).toThrow(
      expect.objectContaining({ code: 'ENVELOPE_TOO_LARGE' }),
    )
    expect(() => console_.open(Buffer.alloc(16_384 + 1163, 5))).toThrow(cannotOpen)
  })

  test.each([0, 1024, 1200, 2187, 2188, 300_000])('%i random bytes', (length) => {
    const bytes = randomBytes(length)
    bytes[0] = 5

    expect(() => console_.open(bytes)).toThrow(cannotOpen)
  })
})

describe('PROTOCOL M-E34: the answer is the console’s, and for this request', () => {
  const console_ = consoleWithInvitations()
  const identity = publicKeyOf(console_.identity)
  const exchange = () => {
    const { cargo, pending } = sealEnrollment(console_.draft, console_.byInstaller)
    const opened = console_.open(cargo)
    const reply = sealEnrollmentReply(opened, { kind: 'enrolled', enrolled }, console_.identity, enrolled.time)
    return { cargo, opened, pending, reply }
  }

  test('a refusal carries a code that a person can look up', () => {
    const { opened, pending } = exchange()
    const answer = { kind: 'refused', failure: 'ENROLLMENT_NAME_TAKEN' } as const

    const reply = sealEnrollmentReply(opened, answer, console_.identity, enrolled.time)

    expect(openEnrollmentReply(reply, pending, identity)).toEqual({ ...answer, issuedAt: enrolled.time })
  })

  test('swapped, echoed, altered, or signed by anybody else, it is refused', () => {
    const [first, second] = [exchange(), exchange()]
    const impostor = makePrivateKey()
    const forged = sealEnrollmentReply(first.opened, { kind: 'enrolled', enrolled }, impostor, enrolled.time)

    for (const cargo of [second.reply, first.cargo, forged, first.reply.subarray(1), Buffer.alloc(0)])
      expect(() => openEnrollmentReply(cargo, first.pending, identity)).toThrow(cannotOpen)
    for (let bit = 0; bit < first.reply.length * 8; bit += 97)
      expect(() => openEnrollmentReply(flipBit(first.reply, bit), first.pending, identity)).toThrow(cannotOpen)
    expect(openEnrollmentReply(first.reply, first.pending, identity).kind).toBe('enrolled')
    expect(keyIdOf(impostor)).not.toBe(keyIdOf(console_.identity))
  })

  test('a request that reaches the console in another wrapping is not the one that was answered', () => {
    const { cargo, reply } = exchange()
    const again = exchange()

    const pending = { ...again.pending, requestId: requestIdOfEnrollmentReply(reply) ?? '' }

    expect(() => openEnrollmentReply(reply, pending, identity)).toThrow(cannotOpen)
    expect(requestIdOfEnrollmentReply(cargo)).toBeUndefined()
  })
})
