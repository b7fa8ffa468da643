/**
 * Enrollment: from a code or an installer to an identity on the disk.
 *
 * Everything that can fail before the console is asked fails before it is asked, so
 * that a full disk or a wrong clock does not cost a code.
 *
 * @module
 */
import { join } from 'node:path'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { toHex } from '@sallygate/base/bytes'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { ensurePrivateDirectory, readFile, readPrivateFile, writeFileAtomic } from '@sallygate/base/file'
import { silentLog, type Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { inspectionAuthorities, parseRelayUrl, type ProxyEnvironment, type ProxySettings } from '@sallygate/dial'
import type { Enrolled, Invitation } from '@sallygate/envelope'
import {
  certificatePem,
  codeId,
  codeMacKey,
  isPinned,
  makeCertificateRequest,
  makePrivateKey,
  keyIdOf,
  openInstallerFile,
  parseCertificate,
  parseEnrollmentCode,
  verifyChain,
  verifyTrustSet,
  type RootPin,
} from '@sallygate/trust'
import type { KeyObject } from 'node:crypto'
import { exchangeEnrollment, type Exchanged } from './enrollment-exchange.ts'
import { connectorFailure } from './failures.ts'
import { fitting } from './fitting.ts'
import { lockHome } from './home-lock.ts'
import { homeAt, type Home } from './home.ts'
import { defaultName, isEnrolled, writeIdentity, type Enrollment, type Identity } from './identity.ts'
import { policyTemplate } from './policy-template.ts'
import { connectorWayOut } from './way-out.ts'

/** How this host was invited. Secrets come from files or a prompt, never from arguments. */
export type EnrollWith =
  | { readonly kind: 'code'; readonly code: Secret }
  | { readonly kind: 'installer'; readonly file: string; readonly certificatePassword: () => Promise<Secret> }

export interface EnrollOptions {
  readonly home: string
  readonly with: EnrollWith
  /** Needed with a code; an installer brings it, and this one goes before it. */
  readonly relayUrl?: string
  /** PEM file of authorities for the relay's TLS. */
  readonly relayCaFile?: string
  readonly name?: string
  /** How to get out; without it directly. */
  readonly proxy?: ProxySettings
  /** Counts only where the proxy settings say so. */
  readonly environment?: ProxyEnvironment
  /** Gives up the identity that is there. */
  readonly replace?: boolean
  /** `host:port` to add to a new policy file; the only way loopback gets in. */
  readonly allowTargets?: readonly string[]
  readonly clock?: Clock
  readonly log?: Log
}

/** @throws CONNECTOR_ALREADY_ENROLLED, _ALREADY_RUNNING, _RELAY_NEEDED, TRUST_*, DIAL_*, FILE_*, and what the exchange throws. */
export async function enrollConnector(options: EnrollOptions): Promise<Enrollment> {
  const home = homeAt(options.home)
  if (isEnrolled(home) && options.replace !== true)
    throw connectorFailure('ALREADY_ENROLLED', { details: { home: home.root } })
  const invited = await readInvitation(options, options.clock ?? systemClock)
  parseRelayUrl(invited.relayUrl)
  // A connector that runs here would go on with an identity that is being given up.
  const lock = lockHome(home)
  try {
    prepareHome(home, options.allowTargets ?? [])
    return await enrollAs(invited, home, options)
  } finally {
    lock.release()
  }
}

async function enrollAs(invited: Invited, home: Home, options: EnrollOptions): Promise<Enrollment> {
  const { clock = systemClock, log = silentLog } = options
  const { relayUrl, pin, invitation, relayCa } = invited
  const privateKey = makePrivateKey()
  const name = fitting(options.name ?? defaultName(), 128)
  const { proxy, environment } = options
  // Not kept with the identity: what inspects TLS today is a matter of the settings.
  const inspecting = proxy === undefined ? [] : inspectionAuthorities(proxy)
  const ca = [...(relayCa === undefined ? [] : [relayCa]), ...inspecting]
  const wayOut = proxy === undefined ? undefined : connectorWayOut(proxy, { clock, log, environment })
  const certificateRequest = await makeCertificateRequest(privateKey)
  const exchanged = await exchangeEnrollment({
    relayUrl,
    ca,
    wayOut,
    pin,
    invitation,
    certificateRequest,
    name,
    clock,
    log,
  })
  const identity = verified(exchanged, pin, privateKey, { relayUrl, name, relayCa }, clock)
  writeIdentity(home, identity)
  forgetSealedFiles(home)
  log.info('enrolled', { group: identity.enrollment.group, instance: identity.enrollment.instance })
  return identity.enrollment
}

/** A secret on one line of a file with mode 0600. @throws FILE_NOT_PRIVATE, FILE_MISSING, FILE_UNREADABLE. */
export function secretFromFile(path: string): Secret {
  return new Secret(
    readPrivateFile(path)
      .toString('utf8')
      .replace(/\r?\n$/, ''),
  )
}

interface Invited {
  readonly relayUrl: string
  readonly relayCa: string | undefined
  readonly pin: RootPin
  readonly invitation: Invitation
}

async function readInvitation(options: EnrollOptions, clock: Clock): Promise<Invited> {
  const ownCa = options.relayCaFile === undefined ? undefined : readFile(options.relayCaFile).toString('utf8')
  if (options.with.kind === 'code') {
    const code = parseEnrollmentCode(options.with.code.reveal())
    if (options.relayUrl === undefined) throw connectorFailure('RELAY_NEEDED')
    const invitation = { method: 'code', codeId: toHex(codeId(code)), macKey: codeMacKey(code) } as const
    return { relayUrl: options.relayUrl, relayCa: ownCa, pin: { rootDigest: code.rootDigest }, invitation }
  }
  const file = readFile(options.with.file)
  const { facts, bootstrap, bootstrapKey, root } = await openInstallerFile(
    file,
    await options.with.certificatePassword(),
    clock.now(),
  )
  // The relay's certificate may come from the product root itself.
  const certificates = [ownCa, facts.relayTlsCa, certificatePem(root)].filter((pem) => pem !== undefined)
  return {
    relayUrl: options.relayUrl ?? facts.relayUrl,
    relayCa: certificates.join('\n'),
    pin: { root },
    invitation: { method: 'bootstrap', certificate: bootstrap.certificate.der, privateKey: bootstrapKey },
  }
}

/** Room for the identity, tried out before anything is asked for; and a policy, so that an enrolled connector is never without. */
function prepareHome(home: Home, allowTargets: readonly string[]): void {
  ensurePrivateDirectory(home.root)
  const probe = join(home.root, 'probe')
  writeFileAtomic(probe, Buffer.alloc(64 * 1024))
  rmSync(probe, { force: true })
  if (!existsSync(home.policy)) writeFileAtomic(home.policy, policyTemplate(allowTargets), { mode: 0o644 })
}

/** The console signed all of it; it is held against the root and the request all the same. */
function verified(
  { enrolled, descriptor, attachedRelay }: Exchanged,
  pin: RootPin,
  privateKey: KeyObject,
  dialled: { readonly relayUrl: string; readonly name: string; readonly relayCa: string | undefined },
  clock: Clock,
): Identity {
  const { console, group, instance } = enrolled
  const [root, groupAuthority, leaf] = [enrolled.root, enrolled.groupAuthority, enrolled.certificate].map(
    parseCertificate,
  )
  if (root === undefined || groupAuthority === undefined || leaf === undefined) throw new Error('three in, three out')
  const at = clock.now()
  if (!isPinned(root, pin)) throw refused('another product root')
  if (console !== descriptor.console) throw refused('another console')
  if (enrolled.relay !== attachedRelay) throw refused('the console belongs to another relay')
  verifyChain({
    leaf,
    intermediates: [groupAuthority],
    anchors: [root],
    profile: 'instance',
    at,
    console,
    group,
    instance,
  })
  if (leaf.keyId !== keyIdOf(privateKey)) throw refused('a certificate for another key')
  // The console's identity signed the answer, and keys may be being replaced right now.
  const trusting = { root, authorities: [groupAuthority], isVouchedFor: true, group, console, floorNumber: 0, now: at }
  verifyTrustSet(enrolled.trustSet, trusting)
  return {
    enrollment: enrollmentOf(enrolled, dialled, at),
    privateKey,
    certificate: leaf,
    groupAuthority,
    root,
    relayCa: dialled.relayCa,
    firstTrustSet: Buffer.from(enrolled.trustSet),
  }
}

function enrollmentOf(
  { console, group, groupName, instance, relay }: Enrolled,
  { relayUrl, name }: { readonly relayUrl: string; readonly name: string },
  at: Date,
): Enrollment {
  return { console, group, groupName, instance, relay, relayUrl, name, enrolledAt: at.toISOString() }
}

/** Sealed under the key that was given up; nobody can read them any more. */
function forgetSealedFiles(home: Home): void {
  for (const name of readdirSync(home.root)) {
    if (/^settings-[\w-]+\.sealed$/.test(name)) rmSync(join(home.root, name), { force: true })
  }
}

function refused(reason: string) {
  return connectorFailure('ENROLLMENT_REFUSED', { details: { reason } })
}
