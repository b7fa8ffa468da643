/**
 * Authentication: what a request carries becomes an actor, or one and the same refusal.
 *
 * An API key and a session are 256 random bits, so looking one up by its digest tells
 * nothing by its time.
 *
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import type { Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Authenticate } from '../http/listener.ts'
import type { Actor } from '../http/policy.ts'
import type { Throttle } from '../http/throttle.ts'
import { grantsOf } from './grants.ts'
import type { SignIn } from './sign-in.ts'

export interface AuthenticationOptions {
  readonly store: Store
  readonly signIn: SignIn
  readonly throttle: Throttle
}

export function authentication(options: AuthenticationOptions): Authenticate {
  return async ({ authorization, session, source }) => {
    if (authorization === undefined && session !== undefined) return bySession(options, session)
    const [scheme, credentials] = split(authorization)
    if (scheme === 'bearer') return byApiKey(options, credentials, source)
    if (scheme === 'basic') return byPassword(options, credentials, source)
    throw consoleFailure('UNAUTHENTICATED')
  }
}

function split(header: string | undefined): readonly [string, string] {
  const at = header?.indexOf(' ') ?? -1
  if (header === undefined || at < 0) return ['', '']
  return [header.slice(0, at).toLowerCase(), header.slice(at + 1).trim()]
}

async function bySession({ store, signIn }: AuthenticationOptions, token: string): Promise<Actor> {
  const session = await store.sessions.check(token)
  const known = session === undefined ? undefined : await signIn.known(session.admin)
  if (known === undefined) throw consoleFailure('UNAUTHENTICATED')
  return adminActor(store, known.admin)
}

async function byApiKey({ store, throttle }: AuthenticationOptions, key: string, source: string): Promise<Actor> {
  const verdict = await store.apiKeys.check(key)
  if (verdict.kind === 'known') {
    const { id, name } = verdict.apiKey
    return { kind: 'apiKey', id, name, grants: await grantsOf(store, 'apiKey', id) }
  }
  // Nobody guesses 256 bits; a program that goes on with an ended key is slowed, and not its neighbors with good ones.
  throttle.check('', source)
  throttle.failed('', source)
  throw consoleFailure('UNAUTHENTICATED')
}

async function byPassword(options: AuthenticationOptions, credentials: string, source: string): Promise<Actor> {
  const { store, signIn } = options
  const decoded = Buffer.from(credentials, 'base64').toString('utf8')
  const at = decoded.indexOf(':')
  if (at < 0) throw consoleFailure('UNAUTHENTICATED')
  const password = new Secret(decoded.slice(at + 1))
  const { admin } = await signIn.byPassword({ user: decoded.slice(0, at), password, source })
  return adminActor(store, admin)
}

async function adminActor(store: Store, { id, name }: { readonly id: string; readonly name: string }): Promise<Actor> {
  return { kind: 'admin', id, name, grants: await grantsOf(store, 'admin', id) }
}
