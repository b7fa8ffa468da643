/**
 * The installer of a group: where to dial, whom to believe, and a bootstrap identity.
 *
 * The facts are signed by the console; the root that verifies them comes out of
 * the PKCS#12, whose MAC the certificate password protects. So whoever swaps the
 * facts, or the whole file, does not know the password.
 *
 * @module
 */
import { concat, equalBytes, fromBase64Url, toBase64Url, type Bytes } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import { decodeJson, encodeJson } from '@sallygate/base/json'
import { instant, layout, optional, text, word } from '@sallygate/base/layout'
import type { Secret } from '@sallygate/base/secret'
import type { KeyObject } from 'node:crypto'
import type { Certificate } from './certificate.ts'
import { verifyChain, type VerifiedCertificate } from './chain.ts'
import { malformed } from './der.ts'
import { trustFailure } from './failures.ts'
import { idField, type ConsoleId, type GroupId, type RelayId } from './identity.ts'
import type { Holder } from './issue.ts'
import { readPkcs12 } from './pkcs12-reader.ts'
import { writePkcs12 } from './pkcs12-writer.ts'
import { signatureLength } from './signature.ts'
import { certificateField, makeStatement, readStatement, type StatementKind } from './statement.ts'

export const maxInstallerLength = 256 * 1024
export const installerFormat = 'sallygate-installer/1'

export interface InstallerFacts {
  readonly console: ConsoleId
  readonly group: GroupId
  readonly groupName: string
  readonly relay: RelayId
  readonly relayUrl: string
  /** PEM of the authority of the relay's TLS certificate, where it is not a public one. */
  readonly relayTlsCa?: string
  readonly issuedAt: Date
}

interface FactsRecord extends Omit<InstallerFacts, 'relayTlsCa'> {
  readonly version: 'v1'
  readonly relayTlsCa: string | undefined
  readonly root: Certificate
  readonly certificate: Certificate
}

const kind: StatementKind<FactsRecord> = {
  what: 'installer facts',
  maxLength: 64 * 1024,
  record: layout({
    version: word({ v1: 1 }),
    console: idField<ConsoleId>(),
    group: idField<GroupId>(),
    groupName: text(800),
    relay: idField<RelayId>(),
    relayUrl: text(2048),
    relayTlsCa: optional(text(32 * 1024)),
    issuedAt: instant,
    root: certificateField,
    certificate: certificateField,
  }),
}

export function makeInstallerFacts(facts: InstallerFacts, identity: Holder, root: Certificate): Buffer {
  const { relayTlsCa, ...rest } = facts
  const record = { version: 'v1', ...rest, relayTlsCa, root, certificate: identity.certificate } as const
  return makeStatement(kind, record, identity.privateKey)
}

/** @throws TRUST_MALFORMED, TRUST_UNTRUSTED, TRUST_BAD_SIGNATURE and what a chain fails with. */
export function verifyInstallerFacts(
  encoded: Bytes,
  expected: { readonly root: Certificate; readonly now: Date },
): InstallerFacts {
  const statement = readStatement(kind, encoded)
  const { version: _, root, certificate, relayTlsCa, ...facts } = statement.value
  if (!equalBytes(root.der, expected.root.der))
    throw trustFailure('UNTRUSTED', { details: { because: 'another product root' } })
  const identity = verifyChain({
    leaf: certificate,
    intermediates: [],
    anchors: [expected.root],
    profile: 'consoleIdentity',
    at: expected.now,
    console: facts.console,
  })
  statement.checkSignature(identity.publicKey)
  return relayTlsCa === undefined ? facts : { ...facts, relayTlsCa }
}

export interface InstallerContent {
  readonly facts: InstallerFacts
  readonly identity: Holder
  readonly bootstrap: Holder
  readonly authority: Certificate
  readonly root: Certificate
}

/** The file as text: JSON with the facts, their signature and the PKCS#12. */
export async function makeInstallerFile(content: InstallerContent, password: Secret): Promise<string> {
  const { bootstrap, authority, root } = content
  const signed = makeInstallerFacts(content.facts, content.identity, root)
  const certificates = [bootstrap.certificate, authority, root]
  const pkcs12 = await writePkcs12({ privateKey: bootstrap.privateKey, certificates }, password)
  const cut = signed.length - signatureLength
  return encodeJson({
    format: installerFormat,
    facts: toBase64Url(signed.subarray(0, cut)),
    signature: toBase64Url(signed.subarray(cut)),
    pkcs12: toBase64Url(pkcs12),
  }).toString('utf8')
}

export interface OpenedInstaller {
  readonly facts: InstallerFacts
  readonly bootstrapKey: KeyObject
  readonly bootstrap: VerifiedCertificate
  readonly authority: Certificate
  readonly root: Certificate
}

/** @throws TRUST_WRONG_PASSWORD, TRUST_MALFORMED, TRUST_MALFORMED_BUNDLE, TRUST_EXPIRED and what a chain fails with. */
export async function openInstallerFile(file: Bytes, password: Secret, now: Date): Promise<OpenedInstaller> {
  const { signed, pkcs12 } = readFile(file)
  const bundle = await readPkcs12(pkcs12, password)
  const [leaf, ...others] = bundle.certificates
  const root = only(others, (certificate) => equalBytes(certificate.subject, certificate.issuer))
  const authority = only(others, (certificate) => certificate !== root)
  if (leaf === undefined) throw malformed('a bootstrap certificate')
  const facts = verifyInstallerFacts(signed, { root, now })
  const { console, group } = facts
  const request = { leaf, intermediates: [authority], anchors: [root], at: now, console, group } as const
  const bootstrap = verifyChain({ ...request, profile: 'bootstrap' })
  return { facts, bootstrapKey: bundle.privateKey, bootstrap, authority, root }
}

function only(certificates: readonly Certificate[], isWanted: (certificate: Certificate) => boolean): Certificate {
  const [found, ...more] = certificates.filter(isWanted)
  if (found === undefined || more.length > 0) throw malformed('an installer with one root and one group authority')
  return found
}

function readFile(file: Bytes): { signed: Buffer; pkcs12: Buffer } {
  try {
    const json = decodeJson(trimEnd(file), { maxBytes: maxInstallerLength, maxDepth: 2 })
    const { format, facts, signature, pkcs12, ...more } = (json ?? {}) as Readonly<Record<string, unknown>>
    const isComplete = typeof facts === 'string' && typeof signature === 'string' && typeof pkcs12 === 'string'
    if (format !== installerFormat || !isComplete || Object.keys(more).length > 0) throw malformed(installerFormat)
    return { signed: concat(fromBase64Url(facts), fromBase64Url(signature)), pkcs12: fromBase64Url(pkcs12) }
  } catch (cause) {
    if (cause instanceof Failure && !trustFailure.is(cause)) throw malformed('an installer file', cause)
    throw cause
  }
}

/** Editors and shells like to end a file with a line break. */
function trimEnd(file: Bytes): Bytes {
  let end = file.length
  while (end > 0 && (file[end - 1] === 0x0a || file[end - 1] === 0x0d)) end--
  return file.subarray(0, end)
}
