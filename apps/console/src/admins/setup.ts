/**
 * The setup of a console without an administrator: a code in its home is who may make the first one.
 *
 * Whoever can read the console's own files is its administrator anyway. The code is
 * new at every start and is never logged. That there is one first administrator is a
 * rule of the database: of two that come at the same time one wins.
 *
 * @module
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { equalBytes } from '@sallygate/base/bytes'
import { writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import type { Secret } from '@sallygate/base/secret'
import { storeFailure, type Admin, type Passwords, type Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Throttle } from '../http/throttle.ts'
import { addFirstAdmin } from './first-admin.ts'
import { digestOfCode, makeSpokenCode } from './spoken-code.ts'

const label = 'setup code'
/** No name of an account: those have no NUL. */
const account = '\0setup'

export interface SetupParts {
  readonly store: Store
  readonly passwords: Passwords
  readonly throttle: Throttle
  readonly log: Log
  readonly home: string
}

export class Setup {
  readonly #parts: SetupParts
  readonly #path: string
  #digest: Buffer | undefined

  private constructor(parts: SetupParts) {
    this.#parts = parts
    this.#path = join(parts.home, 'setup-code')
  }

  /** Writes a code where there is no administrator yet. @throws FILE_*. */
  static async open(parts: SetupParts): Promise<Setup> {
    const setup = new Setup(parts)
    if ((await parts.store.admins.list()).length > 0) setup.#forget()
    else setup.#write()
    return setup
  }

  get isNeeded(): boolean {
    return this.#digest !== undefined
  }

  /** @throws CONSOLE_NOT_FOUND once there is an administrator, CONSOLE_SETUP_CODE_WRONG, CONSOLE_TOO_MANY_ATTEMPTS, STORE_*. */
  async run(options: {
    readonly code: string
    readonly name: string
    readonly password: Secret
    readonly source: string
  }): Promise<Admin> {
    const { store, passwords, throttle, log } = this.#parts
    const { code, name, password, source } = options
    if (this.#digest === undefined) throw consoleFailure('NOT_FOUND')
    throttle.check(account, source)
    if (!equalBytes(digestOfCode(label, code), this.#digest)) {
      throttle.failed(account, source)
      throw consoleFailure('SETUP_CODE_WRONG')
    }
    const passwordHash = await passwords.hash(password)
    try {
      const admin = await store.transaction((inside) => addFirstAdmin(inside, { name, passwordHash }))
      this.#forget()
      log.info('first administrator made', { admin: admin.name })
      return admin
    } catch (error) {
      if (storeFailure.is(error) && error.code === 'STORE_FIRST_ADMIN_EXISTS') this.#forget()
      throw error
    }
  }

  #write(): void {
    const { log } = this.#parts
    const code = makeSpokenCode(5)
    writeFileAtomic(this.#path, `${code}\n`, { mode: 0o600 })
    this.#digest = digestOfCode(label, code)
    log.warn('there is no administrator yet: open the console in a browser and enter the code from this file', {
      path: this.#path,
    })
  }

  #forget(): void {
    this.#digest = undefined
    rmSync(this.#path, { force: true })
  }
}
