/**
 * Signing in with a name and a password.
 *
 * An unknown name, a wrong password, a disabled and an expired account cost the same
 * and read the same. What it really was is in the log. Only what a directory says of an account
 * whose password was right reaches the person.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { foldName, type Admin, type AdminAccount, type Passwords, type Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Throttle } from '../http/throttle.ts'
import type { DirectoryVerdict, DirectoryVerifier } from './directory-verifier.ts'
import type { SecondFactor } from './second-factor.ts'

export interface SignInParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly passwords: Passwords
  readonly throttle: Throttle
  readonly secondFactor: SecondFactor
  readonly directory: DirectoryVerifier
  /** An account that may not be used any more was used by who could. */
  readonly onEnded: (admin: string, reason: 'expired' | 'disabled') => void
}

export interface Attempt {
  readonly user: string
  readonly password: Secret
  readonly source: string
  readonly totp?: string | undefined
}

export interface KnownAdmin {
  readonly admin: Admin
  readonly account: AdminAccount
}

/** Longer than any name there can be. */
const longestName = 1024

/** A program that tries every second is told of once an hour. */
const tellAgainMs = 3_600_000

export class SignIn {
  readonly #told = new Map<string, number>()
  readonly #parts: SignInParts

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /** @throws CONSOLE_UNAUTHENTICATED, CONSOLE_DIRECTORY_REFUSED, CONSOLE_TOTP_NEEDED, CONSOLE_TOO_MANY_ATTEMPTS, CONSOLE_COULD_NOT_VERIFY. */
  async byPassword({ user, password, source, totp }: Attempt): Promise<KnownAdmin> {
    const { throttle } = this.#parts
    const name = user.length > longestName || user.includes('\0') ? '' : foldName(user)
    throttle.check(name, source)
    const found = await this.#find(name)
    const { isRight, says } = await this.#isRight(found, password)
    if (found === undefined || !isRight || !this.isUsable(found)) return this.#refuse(name, source, found, says)
    if (found.account.hasTotp) {
      if (totp === undefined) throw consoleFailure('TOTP_NEEDED')
      if (!(await this.#parts.secondFactor.accepts(found.admin.id, totp))) return this.#refuse(name, source, found)
    }
    throttle.succeeded(name, source)
    return found
  }

  async #isRight(found: KnownAdmin | undefined, password: Secret): Promise<DirectoryVerdict> {
    const { passwords, directory } = this.#parts
    if (found === undefined) return { isRight: await passwords.verifyNobody(password) }
    if (found.account.kind === 'local') return { isRight: await passwords.verify(password, found.admin.passwordHash) }
    return directory.verify(found.admin.name, password, found.account.group)
  }

  #refuse(name: string, source: string, found: KnownAdmin | undefined, because?: string): never {
    const { throttle, log } = this.#parts
    throttle.failed(name, source)
    log.warn('sign-in refused', { source, ...(found === undefined ? {} : { admin: found.admin.name }) })
    if (because !== undefined) throw consoleFailure('DIRECTORY_REFUSED', { details: { because } })
    throw consoleFailure('UNAUTHENTICATED')
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
    const { clock, log, onEnded } = this.#parts
    const isExpired = account.expiresAt !== undefined && account.expiresAt.getTime() <= clock.now().getTime()
    if (!isExpired && account.disabledAt === undefined) return true
    log.warn(isExpired ? 'an expired account was used' : 'a disabled account was used', { admin: admin.name })
    const now = clock.monotonicMs()
    if (now - (this.#told.get(admin.id) ?? -tellAgainMs) >= tellAgainMs) {
      this.#told.set(admin.id, now)
      onEnded(admin.name, isExpired ? 'expired' : 'disabled')
    }
    return false
  }

  async #find(name: string): Promise<KnownAdmin | undefined> {
    const { store } = this.#parts
    const admin = await store.admins.findByName(name)
    const account = admin === undefined ? undefined : await store.adminAccounts.find(admin.id)
    return admin === undefined || account === undefined ? undefined : { admin, account }
  }
}
