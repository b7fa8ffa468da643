/**
 * A console with one code and one installer outstanding, for tests of enrollment.
 *
 * @module
 */
import { expect } from 'vitest'
import { concat, encodeUtf8, randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { codeId, codeMacKey, makeEnrollmentCode, makeId, makePrivateKey, publicKeyOf } from '@sallygate/trust'
import type { Enrolled } from '../enrollment-layout.ts'
import { openEnrollment, type EnrollmentDraft, type Invitation, type Invitations } from '../enrollment.ts'
import { EncryptionKeyRing } from '../key-ring.ts'

/** A console with one code and one installer outstanding. */
export function consoleWithInvitations() {
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

export const enrolled: Enrolled = {
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

export const cannotOpen = expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN', details: {} })
