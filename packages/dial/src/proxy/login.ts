/**
 * Logging in to a proxy: what a scheme is, whoever brings it.
 *
 * Basic and Digest are here. NTLM and Negotiate are schemes of tokens whose maker is
 * handed in, because this package computes nothing of Windows.
 *
 * @module
 */
import type { Challenge } from './challenges.ts'

/** Strongest first. */
export const schemeNames = ['negotiate', 'ntlm', 'digest', 'basic'] as const
export type SchemeName = (typeof schemeNames)[number]

export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface LoginContext {
  /** Absent where none are configured. Only Kerberos does without. */
  readonly credentials: Credentials | undefined
  readonly proxyHost: string
  /** `host:port` of what the CONNECT is for. */
  readonly target: string
  /** Nobody on the way to the proxy can read along. */
  readonly isEncrypted: boolean
  readonly now: Date
}

/** What a challenge gets. */
export type Response =
  | { readonly kind: 'send'; readonly authorization: string }
  /** The proxy has seen the whole login, and wants another: user or password are wrong. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'broken'; readonly reason: string }

/** One login on one proxy, from the first challenge to the last. */
export interface Login {
  /** @param offered Everything the last 407 offered. */
  respond(offered: readonly Challenge[]): Promise<Response>
}

export interface Scheme {
  readonly name: SchemeName
  /** The legs of the login belong to one connection; another one starts anew. */
  readonly isConnectionBound: boolean
  /** Why it cannot be used here and now. `undefined`: it can. */
  obstacle(context: LoginContext, offered: readonly Challenge[]): string | undefined | Promise<string | undefined>
  begin(context: LoginContext): Login | Promise<Login>
}

export const offeredBy = (scheme: string, offered: readonly Challenge[]) =>
  offered.find((challenge) => challenge.scheme === scheme)

export const noCredentials = 'no user and password are configured'
