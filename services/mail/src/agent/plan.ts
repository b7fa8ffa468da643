/**
 * The plan: settings read once, with everything that belongs together held together.
 *
 * What cannot be used is said at start, not with the first message.
 *
 * @module
 */
import { createPrivateKey } from 'node:crypto'
import { readAuthorities, type Authorities } from '@sallygate/agent-kit'
import { mailFailure, type MailSettings } from '../contract.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface TokenSource {
  readonly endpoint: URL
  readonly authorities: Authorities
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string | undefined
}

export type Authentication =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'plain' | 'login' | 'cramMd5' } & Credentials)
  | { readonly kind: 'xoauth2'; readonly user: string; readonly token: TokenSource }

export interface Signing {
  readonly domainName: string
  readonly keySelector: string
  readonly privateKey: string
}

export interface MailPlan {
  readonly settings: MailSettings
  readonly authorities: Authorities
  /** Lower-case hex without colons. */
  readonly pin: string | undefined
  readonly authentication: Authentication
  readonly signing: Signing | undefined
}

/** @throws MAIL_SETTING_INVALID. */
export function planMail(settings: MailSettings): MailPlan {
  return {
    settings,
    authorities: authoritiesOf('trust', settings.trust),
    pin: settings.certificatePin?.replaceAll(':', '').toLowerCase(),
    authentication: authenticationOf(settings),
    signing: signingOf(settings),
  }
}

function authenticationOf(settings: MailSettings): Authentication {
  const { authentication: kind, user, password } = settings
  if (kind === 'none') return { kind }
  if (user === undefined) throw invalid('user', 'a user, or no authentication')
  if (kind === 'xoauth2') return { kind, user, token: tokenOf(settings) }
  if (password === undefined) throw invalid('password', 'a password, or no authentication')
  return { kind, user, password }
}

function tokenOf(settings: MailSettings): TokenSource {
  const { tokenEndpoint, clientId, clientSecret, tokenScope: scope } = settings
  if (tokenEndpoint === undefined || !URL.canParse(tokenEndpoint)) throw invalid('tokenEndpoint', 'an https:// address')
  if (clientId === undefined) throw invalid('clientId', 'the id of the client')
  if (clientSecret === undefined) throw invalid('clientSecret', 'the secret of the client')
  const endpoint = new URL(tokenEndpoint)
  return { endpoint, authorities: authoritiesOf('tokenTrust', settings.tokenTrust), clientId, clientSecret, scope }
}

function signingOf({ dkimDomain, dkimSelector, dkimPrivateKey }: MailSettings): Signing | undefined {
  const given = [dkimDomain, dkimSelector, dkimPrivateKey].filter((one) => one !== undefined).length
  if (given === 0) return undefined
  if (dkimDomain === undefined) throw invalid('dkimDomain', 'the domain, with selector and key')
  if (dkimSelector === undefined) throw invalid('dkimSelector', 'the selector, with domain and key')
  if (dkimPrivateKey === undefined) throw invalid('dkimPrivateKey', 'the key, with domain and selector')
  return { domainName: dkimDomain, keySelector: dkimSelector, privateKey: checkedKey(dkimPrivateKey) }
}

function checkedKey(pem: string): string {
  try {
    const { asymmetricKeyType: type } = createPrivateKey(pem)
    // RFC 6376 3.3 and RFC 8463; what else Node can sign with, no receiver can check.
    if (type === 'rsa' || type === 'ed25519') return pem
  } catch {
    // Said below, without what the parser quotes of it.
  }
  throw invalid('dkimPrivateKey', 'an RSA or Ed25519 private key in PEM form, without a password')
}

const authoritiesOf = (setting: string, pem: string | undefined) =>
  readAuthorities(pem, (expected) => invalid(setting, expected))

const invalid = (setting: string, expected: string) =>
  mailFailure('SETTING_INVALID', { details: { setting, expected } })
