/**
 * The second factor: codes of an authenticator (RFC 6238), each good once, and codes for when it is lost.
 *
 * @module
 */
import { Secret as TotpSecret, TOTP } from 'otpauth'
import { randomBytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import type { Store } from '@sallygate/store'
import { digestOfCode, makeSpokenCode } from './spoken-code.ts'

const periodMs = 30_000
const recoveryCodes = 10
const label = 'recovery code'

export interface Enrollment {
  /** Base32, for who cannot scan. */
  readonly secret: string
  readonly uri: string
  readonly recoveryCodes: readonly string[]
}

export class SecondFactor {
  readonly #store: Store
  readonly #clock: Clock

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Not asked for before `confirm`. What is shown here is shown once. */
  async enroll(admin: string, name: string): Promise<Enrollment> {
    const secret = randomBytes(20)
    const codes = Array.from({ length: recoveryCodes }, () => makeSpokenCode(3))
    const digests = codes.map((code) => digestOfCode(label, code))
    await this.#store.transaction((inside) => inside.adminAccounts.setTotp(admin, new Secret(secret), digests))
    const totp = totpOf(secret, name)
    return { secret: totp.secret.base32, uri: totp.toString(), recoveryCodes: codes }
  }

  async confirm(admin: string, code: string): Promise<boolean> {
    if (!(await this.#acceptsCode(admin, code))) return false
    await this.#store.adminAccounts.confirmTotp(admin)
    return true
  }

  /** Uses the code up: of two that come with the same one, one is accepted. */
  async accepts(admin: string, code: string): Promise<boolean> {
    if (await this.#acceptsCode(admin, code)) return true
    return this.#store.adminAccounts.useRecoveryCode(admin, digestOfCode(label, code))
  }

  async #acceptsCode(admin: string, code: string): Promise<boolean> {
    const token = code.replaceAll(' ', '')
    if (!/^\d{6}$/.test(token)) return false
    const secret = await this.#store.adminAccounts.totpSecret(admin)
    if (secret === undefined) return false
    const timestamp = this.#clock.now().getTime()
    const delta = totpOf(Buffer.from(secret.reveal()), '').validate({ token, window: 1, timestamp })
    if (delta === null) return false
    return this.#store.adminAccounts.useTotpStep(admin, Math.floor(timestamp / periodMs) + delta)
  }
}

function totpOf(secret: Buffer, name: string): TOTP {
  const own = Uint8Array.from(secret)
  return new TOTP({
    issuer: 'Sallygate',
    label: name,
    secret: new TotpSecret({ buffer: own.buffer }),
    period: periodMs / 1000,
    digits: 6,
  })
}
