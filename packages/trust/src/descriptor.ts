/**
 * The descriptor of a console: the encryption key to enroll to, signed by its identity.
 *
 * Public bytes that travel through the relay in the clear. Whoever knows the
 * product root, or its digest from an enrollment code, can check them. The key's
 * private half lives in the console's memory only and is not known here.
 *
 * @module
 */
import { equalBytes, sha256, type Bytes } from '@sallygate/base/bytes'
import { fixed, instant, layout, word } from '@sallygate/base/layout'
import type { Certificate } from './certificate.ts'
import { verifyChain, type VerifiedCertificate } from './chain.ts'
import { trustFailure } from './failures.ts'
import { idField, type ConsoleId } from './identity.ts'
import type { Holder } from './issue.ts'
import { certificateField, makeStatement, readStatement, type StatementKind } from './statement.ts'
import { checkBegun, isOver } from './validity.ts'

/** A day, and an hour in which the next one is fetched. */
export const maxDescriptorLifeMs = 25 * 3_600_000

/** An X-Wing public key: ML-KEM-768 and X25519. */
export const encryptionKeyLength = 1216

export interface DescriptorContent {
  readonly console: ConsoleId
  readonly encryptionKey: Bytes
  readonly issuedAt: Date
  readonly notAfter: Date
}

export interface Descriptor extends DescriptorContent {
  readonly identity: VerifiedCertificate
  readonly root: Certificate
  /** SHA-256 of the whole descriptor. */
  readonly digest: Buffer
}

type DescriptorRecord = DescriptorContent & {
  readonly version: 'v1'
  readonly certificate: Certificate
  readonly root: Certificate
}

const kind: StatementKind<DescriptorRecord> = {
  what: 'descriptor',
  maxLength: 16 * 1024,
  record: layout({
    version: word({ v1: 1 }),
    console: idField<ConsoleId>(),
    encryptionKey: fixed(encryptionKeyLength),
    issuedAt: instant,
    notAfter: instant,
    certificate: certificateField,
    root: certificateField,
  }),
}

/** @param root Travels along: a connector with a code knows its digest only. */
export function makeDescriptor(content: DescriptorContent, identity: Holder, root: Certificate): Buffer {
  const record = { version: 'v1', ...content, certificate: identity.certificate, root } as const
  return makeStatement(kind, record, identity.privateKey)
}

export function descriptorDigest(encoded: Bytes): Buffer {
  return sha256(encoded)
}

/** What makes a root the right one. */
export type RootPin = { readonly root: Certificate } | { readonly rootDigest: Bytes }

export function isPinned(root: Certificate, pin: RootPin): boolean {
  return equalBytes(sha256(root.der), 'root' in pin ? sha256(pin.root.der) : pin.rootDigest)
}

/** @throws TRUST_MALFORMED, TRUST_UNTRUSTED, TRUST_BAD_SIGNATURE, TRUST_WRONG_GROUP, TRUST_EXPIRED, TRUST_NOT_YET_VALID. */
export function verifyDescriptor(
  encoded: Bytes,
  expected: RootPin & { readonly now: Date; readonly console?: ConsoleId },
): Descriptor {
  const statement = readStatement(kind, encoded)
  const { certificate, root, version: _, ...content } = statement.value
  if (!isPinned(root, expected)) throw trustFailure('UNTRUSTED', { details: { because: 'another product root' } })
  const identity = verifyChain({
    leaf: certificate,
    intermediates: [],
    anchors: [root],
    profile: 'consoleIdentity',
    at: expected.now,
    console: expected.console ?? content.console,
  })
  if (identity.console !== content.console) throw trustFailure('WRONG_GROUP', { details: { because: 'console' } })
  statement.checkSignature(identity.publicKey)
  checkBegun(content, maxDescriptorLifeMs, expected.now)
  if (isOver(content, expected.now))
    throw trustFailure('EXPIRED', { details: { ended: content.notAfter.toISOString() } })
  return { ...content, identity, root, digest: descriptorDigest(encoded) }
}
