/**
 * Issuing: certificates from the profile table.
 *
 * Each function says who the certificate is for; everything else is the table's.
 * Whether somebody may have one is the caller's decision.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { type Certificate } from './certificate.ts'
import { trustFailure } from './failures.ts'
import {
  groupHost,
  parseIdentityUri,
  type ConsoleId,
  type GroupId,
  type IdentityName,
  type InstanceId,
} from './identity.ts'
import { makePrivateKey, publicKeyOf } from './key.ts'
import { profileOf, type ProfileName } from './profile.ts'
import { signCertificate } from './certificate-writer.ts'

/** A certificate together with its private key. */
export interface Holder {
  readonly certificate: Certificate
  readonly privateKey: KeyObject
}

interface ForWhom {
  readonly issuer: Holder
  readonly console: ConsoleId
  /** The subject's public key; a private key is taken as its public half. */
  readonly publicKey: KeyObject
  readonly at: Date
}

interface ForGroup extends ForWhom {
  readonly group: GroupId
}

/** A new product root with a key of its own. */
export async function makeProductRoot(options: { readonly console: ConsoleId; readonly at: Date }): Promise<Holder> {
  const privateKey = makePrivateKey(profileOf('productRoot').curve)
  const certificate = await signCertificate({
    profile: 'productRoot',
    commonName: `Sallygate root ${options.console}`,
    publicKey: publicKeyOf(privateKey),
    signingKey: privateKey,
    at: options.at,
    names: [],
  })
  return { certificate, privateKey }
}

/** Its name constraint lets it speak for this group only. */
export function issueGroupAuthority(to: ForGroup): Promise<Certificate> {
  const identity = { role: 'authority', console: to.console, group: to.group } as const
  return issueNamed('groupAuthority', `Sallygate group ${to.group}`, to, identity)
}

export function issueConsoleSigning(to: ForGroup): Promise<Certificate> {
  const identity = { role: 'consoleSigning', console: to.console, group: to.group } as const
  return issueNamed('consoleSigning', `Sallygate console ${to.console}`, to, identity)
}

export function issueInstance(to: ForGroup & { readonly instance: InstanceId }): Promise<Certificate> {
  const identity = { role: 'connector', console: to.console, group: to.group, instance: to.instance } as const
  return issueNamed('instance', `Sallygate connector ${to.instance}`, to, identity)
}

/** @param to.days Its life, 1 to 90. */
export function issueBootstrap(to: ForGroup & { readonly days: number }): Promise<Certificate> {
  const { lifeDays } = profileOf('bootstrap')
  if (!Number.isInteger(to.days) || to.days < 1 || to.days > lifeDays)
    throw trustFailure('WRONG_PROFILE', { details: { expected: `a life of 1 to ${lifeDays} days`, got: to.days } })
  const identity = { role: 'bootstrap', console: to.console, group: to.group } as const
  return issueNamed('bootstrap', `Sallygate installer ${to.group}`, to, identity, to.days)
}

export function issueConsoleIdentity(to: ForWhom): Promise<Certificate> {
  const identity = { role: 'consoleIdentity', console: to.console } as const
  return issueNamed('consoleIdentity', `Sallygate console ${to.console}`, to, identity)
}

/** For the relay or the console where the customer brings no certificate. At least one host or address. */
export function issueTlsServer(
  to: Omit<ForWhom, 'console'> & { readonly hosts: readonly string[]; readonly addresses?: readonly string[] },
): Promise<Certificate> {
  const names = [
    ...to.hosts.map((value) => ({ type: 'dns' as const, value })),
    ...(to.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ]
  const [first] = names
  if (first === undefined) throw trustFailure('WRONG_PROFILE', { details: { expected: 'a host or an address' } })
  return signCertificate({
    profile: 'tlsServer',
    commonName: 'Sallygate server',
    issuer: to.issuer.certificate,
    publicKey: publicKeyOf(to.publicKey),
    signingKey: to.issuer.privateKey,
    at: to.at,
    names,
  })
}

function issueNamed(
  profile: ProfileName,
  commonName: string,
  to: ForWhom,
  identity: IdentityName,
  days?: number,
): Promise<Certificate> {
  checkIssuer(profile, to.issuer.certificate, identity)
  return signCertificate({
    profile,
    commonName,
    issuer: to.issuer.certificate,
    publicKey: publicKeyOf(to.publicKey),
    signingKey: to.issuer.privateKey,
    at: to.at,
    identity,
    ...(identity.role === 'authority' ? { confinedTo: groupHost(identity.console, identity.group) } : {}),
    ...(days === undefined ? {} : { days }),
  })
}

/** Refuses to make what nobody would accept: a certificate under the wrong kind of authority, or another group's. */
function checkIssuer(profile: ProfileName, issuer: Certificate, identity: IdentityName): void {
  const expected = profileOf(profile).issuer
  const [name] = issuer.names
  const own = name?.kind === 'uri' ? parseIdentityUri(name.value) : undefined
  const isFitting =
    expected === 'groupAuthority'
      ? own?.role === 'authority' &&
        'group' in identity &&
        own.group === identity.group &&
        own.console === identity.console
      : issuer.isAuthority && issuer.pathLength === profileOf('productRoot').pathLength
  if (!isFitting) throw trustFailure('WRONG_PROFILE', { details: { expected, because: 'issuer' } })
}
