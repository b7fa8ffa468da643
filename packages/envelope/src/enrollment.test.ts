/**
 * Enrollment over a hostile pipe: who gets in, and what the pipe can make of it.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { concat, encodeUtf8, randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import { flipBit } from '@sallygate/testkit/hostile-pipe'
import { makePrivateKey, publicKeyOf } from '@sallygate/trust'
import type { EnrollmentStatement } from './enrollment-layout.ts'
import { openEnrollmentReply, requestIdOfEnrollmentReply, sealEnrollmentReply } from './enrollment-reply.ts'
import { sealEnrollment, type EnrollmentDraft, type Invitation } from './enrollment.ts'
import { forgeEnrollment, type EnrollmentForgery } from './testing/forge-enrollment.ts'
import { cannotOpen, consoleWithInvitations, enrolled } from './testing/invitations.ts'

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

describe('PROTOCOL M-E31, M-E33: an invited one who does not keep to the form is a stranger', () => {
  const console_ = consoleWithInvitations()
  const { byCode, byInstaller, draft } = console_
  if (byCode.method !== 'code' || byInstaller.method !== 'bootstrap') throw new Error('as made above')
  const right = (): EnrollmentForgery => ({
    statement: {
      method: 'code',
      descriptorDigest: toHex(sha256(draft.descriptor)),
      requestId: toHex(randomBytes(16)),
      codeId: byCode.codeId,
      bootstrapCertificate: undefined,
      certificateRequest: draft.certificateRequest,
      name: draft.name,
      software: draft.software,
    },
    to: draft.consoleKey,
    macKey: byCode.macKey,
  })
  const stated = (change: Partial<EnrollmentStatement>) => ({ statement: { ...right().statement, ...change } })
  const wrong: [string, Partial<EnrollmentForgery>][] = [
    ['another version', { header: { version: 2 } }],
    ['another suite', { header: { suite: 2 } }],
    ['another kind', { header: { kind: 1 } }],
    ['another request id in the header', { header: { requestId: '00'.repeat(16) } }],
    ['a hint of no key', { header: { keyHint: Buffer.alloc(8) } }],
    ['a MAC with another label', { label: 'request' }],
    ['a larger bucket than needed', { padded: (body) => concat(body, Buffer.alloc(4096 - body.length)) }],
    ['a certificate beside the code', stated({ bootstrapCertificate: byInstaller.certificate })],
    ['no code id', stated({ codeId: undefined })],
    ['a code that claims to be an installer', stated({ method: 'bootstrap' })],
  ]

  test.each(wrong)('%s', (_, change) => {
    expect(() => console_.open(forgeEnrollment({ ...right(), ...change }))).toThrow(cannotOpen)
  })

  test('a forgery that is wrong in nothing is opened', () => {
    expect(console_.open(forgeEnrollment(right())).enrollment.name).toBe(draft.name)
  })
})
