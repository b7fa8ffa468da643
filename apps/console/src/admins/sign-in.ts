/**
 * Signing in with a name and a password.
 *
 * An unknown name, a wrong password, a disabled and an expired account cost the same
 * and read the same. What it really was is in the log.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { foldName, type Admin, type AdminAccount, type Passwords, type Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Throttle } from '../http/throttle.ts'

export interface SignInParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly passwords: Passwords
  readonly throttle: Throttle
}

export interface Attempt {
  readonly user: string
  readonly password: Secret
  readonly source: string
}

export interface KnownAdmin {
  readonly admin: Admin
  readonly account: AdminAccount
}

/** Longer than any name there can be. */
const longestName = 1024

export class SignIn {
  readonly #parts: SignInParts

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /** @throws CONSOLE_UNAUTHENTICATED, CONSOLE_TOO_MANY_ATTEMPTS. */
  async byPassword({ user, password, source }: Attempt): Promise<KnownAdmin> {
    const { passwords, throttle, log } = this.#parts
    const name = user.length > longestName || user.includes('\0') ? '' : foldName(user)
    throttle.check(name, source)
    const found = await this.#find(name)
    const isRight =
      found === undefined || found.account.kind !== 'local'
        ? await passwords.verifyNobody(password)
        : await passwords.verify(password, found.admin.passwordHash)
    if (found === undefined || !isRight || !this.isUsable(found)) {
      throttle.failed(name, source)
      log.warn('sign-in refused', { source, ...(found === undefined ? {} : { admin: found.admin.name }) })
      throw consoleFailure('UNAUTHENTICATED')
    }
    throttle.succeeded(name, source)
    return found
  }

  /** For somebody who is signed in already. */
  async known(id: string): Promise<KnownAdmin | undefined> {
    const { store } = this.#parts
    const [admin, account] = await Promise.all([store.admins.find(id), store.adminAccounts.find(id)])
    if (admin === undefined || account === undefined) return undefined
    return this.isUsable({ admin, account }) ? { admin, account } : undefined
  }

  /** The caller answers no differently; only the log does. */
  isUsable({ admin, account }: KnownAdmin): boolean {
    const { clock, log } = this.#parts
    const isExpired = account.expiresAt !== undefined && account.expiresAt.getTime() <= clock.now().getTime()
    if (!isExpired && account.disabledAt === undefined) return true
    log.warn(isExpired ? 'an expired account was used' : 'a disabled account was used', { admin: admin.name })
    return false
  }

  async #find(name: string): Promise<KnownAdmin | undefined> {
    const { store } = this.#parts
    const admin = await store.admins.findByName(name)
    const account = admin === undefined ? undefined : await store.adminAccounts.find(admin.id)
    return admin === undefined || account === undefined ? undefined : { admin, account }
  }
}
