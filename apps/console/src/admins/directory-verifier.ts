/**
 * Passwords of directory accounts: asked of the directory, through a connector, every time.
 *
 * A directory that cannot be asked has not said no. Nothing is remembered in its
 * place: a password that was right yesterday may not be today.
 *
 * @module
 */
import type { Log } from '@sallygate/base/log'
import type { Secret } from '@sallygate/base/secret'
import { directoryContract } from '@sallygate/service-directory/contract'
import { parseResult } from '@sallygate/service-kit'
import type { Store } from '@sallygate/store'
import type { CallOptions } from '../calls/caller.ts'
import { consoleFailure } from '../failures.ts'

const { authenticate } = directoryContract.operations

export interface DirectoryVerifierParts {
  readonly store: Pick<Store, 'groups'>
  readonly log: Log
  readonly call: (
    group: string,
    operation: string,
    parameters: unknown,
    options: CallOptions,
  ) => Promise<{ readonly result: unknown }>
}

export interface DirectoryVerdict {
  readonly isRight: boolean
  /** Why the account is not let in although its password is right; for the person it belongs to. */
  readonly says?: string
}

/**
 * Said only to who has the right password. That an account is locked is said to everybody who asks for it, so it
 * would tell a stranger which names there are.
 */
const saidAfterPassword: ReadonlySet<unknown> = new Set([
  'accountRestricted',
  'notAtThisTime',
  'notFromThisComputer',
  'passwordExpired',
  'disabled',
  'accountExpired',
  'mustChangePassword',
])

export class DirectoryVerifier {
  readonly #parts: DirectoryVerifierParts

  constructor(parts: DirectoryVerifierParts) {
    this.#parts = parts
  }

  /** @throws CONSOLE_COULD_NOT_VERIFY, for everything that is not an answer of the directory. */
  async verify(user: string, password: Secret, group: string | undefined): Promise<DirectoryVerdict> {
    const { store, log, call } = this.#parts
    // LDAP takes an empty password for anonymous and says yes.
    if (password.reveal() === '' || password.reveal().includes('\0')) return { isRight: false }
    const asked = group ?? (await store.groups.list()).find(({ parent }) => parent === undefined)?.id
    if (asked === undefined) throw consoleFailure('COULD_NOT_VERIFY')
    try {
      const parameters = { user, password: password.reveal() }
      const { result } = await call(asked, 'directory.authenticate', parameters, { component: 'deviceManagement' })
      const { outcome, reason, says, logCode } = parseResult(authenticate, result)
      if (outcome === 'accepted') return { isRight: true }
      log.warn('the directory refused a sign-in', { admin: user, code: logCode })
      return { isRight: false, ...(saidAfterPassword.has(reason) ? { says } : {}) }
    } catch (cause) {
      log.warn('a directory account could not be verified', { admin: user, error: cause })
      throw consoleFailure('COULD_NOT_VERIFY', { cause })
    }
  }
}
