/**
 * Authentication: a header becomes an actor, or one and the same refusal.
 *
 * An unknown name and a wrong password cost the same and read the same. An API key
 * is 256 random bits, so looking it up by its digest tells nothing by its time.
 *
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import { foldName, Passwords, type Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Authenticate } from '../http/guard.ts'
import type { Actor } from '../http/policy.ts'
import type { Throttle } from '../http/throttle.ts'

export interface AuthenticationOptions {
  readonly store: Pick<Store, 'admins' | 'apiKeys'>
  readonly passwords: Passwords
  readonly throttle: Throttle
}

export function authentication(options: AuthenticationOptions): Authenticate {
  return async ({ authorization, source }) => {
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

async function byApiKey({ store, throttle }: AuthenticationOptions, key: string, source: string): Promise<Actor> {
  throttle.check('', source)
  const verdict = await store.apiKeys.check(key)
  if (verdict.kind === 'known')
    return { kind: 'apiKey', id: verdict.apiKey.id, name: verdict.apiKey.name, rights: 'all' }
  throttle.failed('', source)
  throw consoleFailure('UNAUTHENTICATED')
}

async function byPassword(options: AuthenticationOptions, credentials: string, source: string): Promise<Actor> {
  const { store, passwords, throttle } = options
  const decoded = Buffer.from(credentials, 'base64').toString('utf8')
  const at = decoded.indexOf(':')
  if (at < 0 || at > 256) throw consoleFailure('UNAUTHENTICATED')
  const name = foldName(decoded.slice(0, at))
  const password = new Secret(decoded.slice(at + 1))
  throttle.check(name, source)
  const admin = await store.admins.findByName(name)
  const isRight =
    admin === undefined ? await passwords.verifyNobody(password) : await passwords.verify(password, admin.passwordHash)
  if (admin === undefined || !isRight) {
    throttle.failed(name, source)
    throw consoleFailure('UNAUTHENTICATED')
  }
  throttle.succeeded(name, source)
  return { kind: 'admin', id: admin.id, name: admin.name, rights: 'all' }
}
