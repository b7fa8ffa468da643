/**
 * The identity of this instance: its key, its certificates, and whom it belongs to.
 *
 * The key is made here and never leaves. All files of an identity live in one folder
 * that comes into being by one rename, so there is a whole identity or none, wherever
 * the power goes out.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readFile, readPrivateFile } from '@sallygate/base/file'
import {
  certificatePem,
  exportPrivateKey,
  importPrivateKey,
  keyIdOf,
  parseCertificatePem,
  parseId,
  type Certificate,
  type ConsoleId,
  type GroupId,
  type InstanceId,
  type RelayId,
} from '@sallygate/trust'
import { z } from 'zod'
import { connectorFailure } from './failures.ts'
import type { Home } from './home.ts'
import { systemDisk, type IdentityDisk } from './identity-disk.ts'

const id = z.string().regex(/^[0-9a-f]{32}$/)
const enrollmentSchema = z.strictObject({
  console: id,
  group: id,
  groupName: z.string().max(800),
  instance: id,
  relay: id,
  relayUrl: z.string().max(2048),
  name: z.string().max(128),
  enrolledAt: z.iso.datetime(),
})

export interface Enrollment {
  readonly console: ConsoleId
  readonly group: GroupId
  readonly groupName: string
  readonly instance: InstanceId
  readonly relay: RelayId
  readonly relayUrl: string
  readonly name: string
  readonly enrolledAt: string
}

export interface Identity {
  readonly enrollment: Enrollment
  readonly privateKey: KeyObject
  readonly certificate: Certificate
  readonly groupAuthority: Certificate
  /** Pinned at enrollment: everything else is believed because it leads here. */
  readonly root: Certificate
  /** PEM authorities for the relay's TLS that came with the installer. */
  readonly relayCa: string | undefined
  /** The one that came with the enrollment. Without it nobody's answer to the first hello could be believed. */
  readonly firstTrustSet: Buffer
}

const files = {
  key: 'instance.key',
  certificate: 'instance.pem',
  groupAuthority: 'group-authority.pem',
  root: 'root.pem',
  enrollment: 'enrollment.json',
  relayCa: 'relay-ca.pem',
  trustSet: 'first-trust-set.bin',
} as const

/** @throws CONNECTOR_NOT_ENROLLED, CONNECTOR_IDENTITY_DAMAGED, FILE_NOT_PRIVATE, FILE_UNREADABLE. */
export function readIdentity(home: Home, disk: IdentityDisk = systemDisk): Identity {
  disk.recover(home.identity)
  if (!disk.exists(home.identity)) throw connectorFailure('NOT_ENROLLED', { details: { home: home.root } })
  const at = (name: string) => join(home.identity, name)
  const privateKey = parsed(files.key, () => importKeyPem(readPrivateFile(at(files.key)).toString('utf8')))
  const pem = (name: string) => parsed(name, () => parseCertificatePem(readFile(at(name)).toString('utf8')))
  const certificate = pem(files.certificate)
  if (certificate.keyId !== keyIdOf(privateKey)) throw damaged(files.certificate)
  return {
    enrollment: parsed(files.enrollment, () => readEnrollment(readFile(at(files.enrollment)))),
    privateKey,
    certificate,
    groupAuthority: pem(files.groupAuthority),
    root: pem(files.root),
    relayCa: disk.exists(at(files.relayCa)) ? readFile(at(files.relayCa)).toString('utf8') : undefined,
    firstTrustSet: parsed(files.trustSet, () => readFile(at(files.trustSet))),
  }
}

/** Puts a whole identity in place. The old one, if any, is there until the new one is. */
export function writeIdentity(home: Home, identity: Identity, disk: IdentityDisk = systemDisk): void {
  const { enrollment, relayCa } = identity
  disk.replaceFolder(home.identity, [
    { name: files.key, content: exportKeyPem(identity.privateKey), mode: 0o600 },
    { name: files.certificate, content: certificatePem(identity.certificate), mode: 0o644 },
    { name: files.groupAuthority, content: certificatePem(identity.groupAuthority), mode: 0o644 },
    { name: files.root, content: certificatePem(identity.root), mode: 0o644 },
    ...(relayCa === undefined ? [] : [{ name: files.relayCa, content: relayCa, mode: 0o644 }]),
    { name: files.trustSet, content: identity.firstTrustSet, mode: 0o644 },
    { name: files.enrollment, content: `${JSON.stringify(enrollment, undefined, 2)}\n`, mode: 0o644 },
  ])
}

export function isEnrolled(home: Home, disk: IdentityDisk = systemDisk): boolean {
  disk.recover(home.identity)
  return disk.exists(home.identity)
}

/** What the console shows where nobody gave a name. */
export function defaultName(): string {
  return hostname().slice(0, 100)
}

function readEnrollment(content: Buffer): Enrollment {
  const { console, group, instance, relay, ...rest } = enrollmentSchema.parse(JSON.parse(content.toString('utf8')))
  return {
    ...rest,
    console: parseId<ConsoleId>(console),
    group: parseId<GroupId>(group),
    instance: parseId<InstanceId>(instance),
    relay: parseId<RelayId>(relay),
  }
}

function parsed<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    // Who may read the key is not damage, and has its own fix.
    if (cause instanceof Error && 'code' in cause && cause.code === 'FILE_NOT_PRIVATE') throw cause
    throw damaged(file, cause)
  }
}

const damaged = (file: string, cause?: unknown) =>
  connectorFailure('IDENTITY_DAMAGED', { details: { file }, ...(cause === undefined ? {} : { cause }) })

const [begin, end] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']

function exportKeyPem(key: KeyObject): string {
  const lines =
    exportPrivateKey(key)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [begin, ...lines, end, ''].join('\n')
}

function importKeyPem(pem: string): KeyObject {
  const body = pem.trim()
  if (!body.startsWith(begin) || !body.endsWith(end)) throw new Error('not a private key in PKCS#8 PEM')
  return importPrivateKey(Buffer.from(body.slice(begin.length, -end.length), 'base64'))
}
