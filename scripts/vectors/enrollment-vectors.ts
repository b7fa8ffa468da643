/**
 * Vectors of enrollment. Certificates in them are placeholders: what is in a
 * certificate is not the envelope's.
 *
 * @module
 */
import { concat, sha256, toHex } from '@sallygate/base/bytes'
import { publicKeyOf, type ConsoleId, type RelayId } from '@sallygate/trust'
import { sealEnrollmentReply, type EnrollmentAnswer } from '../../packages/envelope/src/enrollment-reply.ts'
import {
  openEnrollment,
  sealEnrollment,
  type EnrollmentDraft,
  type Invitation,
} from '../../packages/envelope/src/enrollment.ts'
import { forgeEnrollment, type EnrollmentForgery } from '../../packages/envelope/src/testing/forge-enrollment.ts'
import { wordsBytes, type EnrollmentReplyVector, type Vector } from '../../packages/envelope/src/testing/vector.ts'
import {
  bootstrapSigner,
  connectorKey,
  group,
  identitySigner,
  instance,
  now,
  receiver as requestReceiver,
  siblingKey,
  strangerSigner,
} from './actors.ts'

const descriptor = wordsBytes('descriptor', 1500)
const codeId = toHex(wordsBytes('code id', 16))
const macKey = wordsBytes('code MAC key', 32)
const certificate = wordsBytes('bootstrap certificate', 600)
const receiver = {
  xWingSeed: requestReceiver.xWingSeed,
  descriptorDigest: toHex(sha256(descriptor)),
  codes: { [codeId]: toHex(macKey) },
  bootstrapCertificate: toHex(certificate),
}
const draft: EnrollmentDraft = {
  certificateRequest: wordsBytes('certificate request', 300),
  name: 'branch office',
  software: '1.0.0',
  descriptor,
  consoleKey: connectorKey.publicKey,
}
const byCode = { method: 'code', codeId, macKey } satisfies Invitation
const byInstaller = { method: 'bootstrap', certificate, privateKey: bootstrapSigner.privateKey } satisfies Invitation

const base = { kind: 'enrollment', receiver, senders: [bootstrapSigner.point] } as const

function good(says: string, invitation: Invitation): Vector {
  const cargos = [toHex(sealEnrollment(draft, invitation).cargo)]
  return { ...base, says, must: ['M-E31'], stage: 'open', expect: 'admitted', cargos }
}

function unopened(says: string, must: string, invitation: Invitation, change: Partial<EnrollmentDraft> = {}): Vector {
  const cargos = [toHex(sealEnrollment({ ...draft, ...change }, invitation).cargo)]
  return { ...base, says, must: [must, 'M-E33'], stage: 'open', expect: 'ENVELOPE_CANNOT_OPEN', cargos }
}

const statement = {
  method: 'code',
  descriptorDigest: receiver.descriptorDigest,
  requestId: toHex(wordsBytes('enrollment request', 16)),
  codeId,
  bootstrapCertificate: undefined,
  certificateRequest: draft.certificateRequest,
  name: draft.name,
  software: draft.software,
} as const

function forged(says: string, change: Partial<EnrollmentForgery>): Vector {
  const cargos = [toHex(forgeEnrollment({ statement, to: connectorKey.publicKey, macKey, ...change }))]
  return { ...base, says, must: ['M-E31', 'M-E33'], stage: 'open', expect: 'ENVELOPE_CANNOT_OPEN', cargos }
}

const repeated = toHex(sealEnrollment(draft, byInstaller).cargo)

const enrolled: EnrollmentAnswer = {
  kind: 'enrolled',
  enrolled: {
    console: toHex(wordsBytes('console', 16)) as ConsoleId,
    group,
    groupName: 'Acme / EMEA',
    instance,
    relay: toHex(wordsBytes('relay', 16)) as RelayId,
    certificate: wordsBytes('instance certificate', 600),
    groupAuthority: wordsBytes('group authority', 600),
    root: wordsBytes('product root', 600),
    trustSet: wordsBytes('trust set', 900),
    time: now,
  },
}

function answered(
  says: string,
  expect: string,
  answer: EnrollmentAnswer,
  change: Partial<EnrollmentReplyVector['pending']> = {},
  signer = identitySigner,
): Vector {
  const { cargo, pending } = sealEnrollment(draft, byInstaller)
  const opened = openEnrollment(cargo, () => connectorKey, {
    macKeyOf: () => undefined,
    bootstrapKeyOf: () => publicKeyOf(bootstrapSigner.privateKey),
    isOwnDescriptor: () => true,
    isNew: () => true,
  })
  const reply = sealEnrollmentReply(opened, answer, signer.privateKey, now)
  return {
    kind: 'enrollmentReply',
    senders: [identitySigner.point],
    says,
    must: ['M-E34'],
    stage: 'open',
    expect,
    pending: { ...pending, secret: toHex(pending.secret), ...change },
    cargos: [toHex(reply)],
  }
}

const cannotOpen = 'ENVELOPE_CANNOT_OPEN'

export const enrollmentVectors: Readonly<Record<string, Vector>> = {
  'enrollment-good-code': good('invited by a code', byCode),
  'enrollment-good-installer': good('invited by an installer', byInstaller),
  'enrollment-bad-mac': unopened('a MAC under another key', 'M-E31', { ...byCode, macKey: wordsBytes('guess', 32) }),
  'enrollment-bad-code': unopened('a code that does not exist', 'M-E31', { ...byCode, codeId: '00'.repeat(16) }),
  'enrollment-bad-signature': unopened('signed by another key than the installer has', 'M-E31', {
    ...byInstaller,
    privateKey: strangerSigner.privateKey,
  }),
  'enrollment-bad-descriptor': unopened('made for a descriptor of somebody else', 'M-E31', byCode, {
    descriptor: wordsBytes('forged descriptor', 1500),
  }),
  'enrollment-bad-key': unopened('sealed to another console', 'M-E33', byCode, { consoleKey: siblingKey.publicKey }),
  'enrollment-bad-version': forged('version 2', { header: { version: 2 } }),
  'enrollment-bad-header-request-id': forged('another request id in the header', {
    header: { requestId: '00'.repeat(16) },
  }),
  'enrollment-bad-label': forged('a MAC with the label of a request', { label: 'request' }),
  'enrollment-bad-two-methods': forged('a bootstrap certificate beside the code', {
    statement: { ...statement, bootstrapCertificate: certificate },
  }),
  'enrollment-bad-bucket': forged('a larger bucket than needed', {
    padded: (body) => concat(body, Buffer.alloc(4096 - body.length)),
  }),
  'enrollment-bad-repeated': {
    ...base,
    says: 'delivered twice',
    must: ['M-E36'],
    stage: 'open',
    expect: cannotOpen,
    cargos: [repeated, repeated],
  },
  'enrollment-reply-good': answered('enrolled', 'enrolled', enrolled),
  'enrollment-reply-good-refused': answered('refused with a reason', 'refused', {
    kind: 'refused',
    failure: 'ENROLLMENT_NAME_TAKEN',
  }),
  'enrollment-reply-bad-signer': answered('signed by somebody else', cannotOpen, enrolled, {}, strangerSigner),
  'enrollment-reply-bad-digest': answered('for another request', cannotOpen, enrolled, {
    requestDigest: '00'.repeat(32),
  }),
  'enrollment-reply-bad-secret': answered('under another key', cannotOpen, enrolled, { secret: '00'.repeat(32) }),
}
