/**
 * What an administrator does to his own account: password, second factor, PIN.
 *
 * All of it asks for the password again, so that a screen left open gives nothing away.
 *
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import type { Passwords, Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Actor } from '../http/policy.ts'
import type { Throttle } from '../http/throttle.ts'
import type { DirectoryVerifier } from './directory-verifier.ts'
import type { Enrollment, SecondFactor } from './second-factor.ts'
import type { KnownAdmin, SignIn } from './sign-in.ts'

export interface SelfServiceParts {
  readonly store: Store
  readonly passwords: Passwords
  readonly throttle: Throttle
  readonly signIn: SignIn
  readonly secondFactor: SecondFactor
  readonly directory: DirectoryVerifier
}

export class SelfService {
  readonly #parts: SelfServiceParts

  constructor(parts: SelfServiceParts) {
    this.#parts = parts
  }

  /** Ends every other session of the account. @throws CONSOLE_PASSWORD_WRONG, CONSOLE_PASSWORD_ELSEWHERE. */
  async changePassword(actor: Actor, current: Secret, next: Secret, session: string | undefined): Promise<void> {
    const { store, passwords } = this.#parts
    const { admin, account } = await this.#prove(actor, current)
    if (account.kind !== 'local') throw consoleFailure('PASSWORD_ELSEWHERE')
    const passwordHash = await passwords.hash(next)
    await store.transaction(async (inside) => {
      await inside.admins.setPasswordHash(admin.id, passwordHash)
      await inside.sessions.endAll(admin.id, session)
    })
  }

  /** A factor that is on already is taken off first, with one of its codes. */
  async enrollTotp(actor: Actor, password: Secret, code: string | undefined): Promise<Enrollment> {
    const { admin, account } = await this.#prove(actor, password)
    await this.#proveFactor({ admin, account }, code)
    return this.#parts.secondFactor.enroll(admin.id, admin.name)
  }

  async confirmTotp(actor: Actor, code: string): Promise<void> {
    this.#slowly(actor)
    if (await this.#parts.secondFactor.confirm(actor.id, code)) return this.#fine(actor)
    this.#wrong(actor)
    throw consoleFailure('TOTP_WRONG')
  }

  async removeTotp(actor: Actor, password: Secret, code: string): Promise<void> {
    const { admin, account } = await this.#prove(actor, password)
    await this.#proveFactor({ admin, account }, code)
    await this.#parts.store.transaction((inside) => inside.adminAccounts.clearTotp(admin.id))
  }

  async setPin(actor: Actor, password: Secret, pin: Secret | undefined): Promise<void> {
    const { store, passwords } = this.#parts
    const { admin } = await this.#prove(actor, password)
    const pinHash = pin === undefined ? undefined : await passwords.hash(pin)
    await store.adminAccounts.change(admin.id, { pinHash })
  }

  async #prove(actor: Actor, password: Secret): Promise<KnownAdmin> {
    const { passwords, signIn, directory } = this.#parts
    const known = actor.kind === 'admin' ? await signIn.known(actor.id) : undefined
    if (known === undefined) throw consoleFailure('FORBIDDEN', { details: { because: 'not an administrator' } })
    this.#slowly(actor)
    const isRight =
      known.account.kind === 'local'
        ? await passwords.verify(password, known.admin.passwordHash)
        : (await directory.verify(known.admin.name, password, known.account.group)).isRight
    if (isRight) {
      this.#fine(actor)
      return known
    }
    this.#wrong(actor)
    throw consoleFailure('PASSWORD_WRONG')
  }

  async #proveFactor({ admin, account }: KnownAdmin, code: string | undefined): Promise<void> {
    if (!account.hasTotp) return
    if (code !== undefined && (await this.#parts.secondFactor.accepts(admin.id, code))) return
    throw consoleFailure('TOTP_WRONG')
  }

  #slowly({ id }: Actor): void {
    this.#parts.throttle.check('own', id)
  }

  #wrong({ id }: Actor): void {
    this.#parts.throttle.failed('own', id)
  }

  #fine({ id }: Actor): void {
    this.#parts.throttle.succeeded('own', id)
  }
}
