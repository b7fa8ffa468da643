/**
 * Verdicts of the directory about passwords of `DOMAIN\user` accounts, kept under a key of this process.
 *
 * Asked through the console and a connector. What was accepted holds for a while
 * without asking, and for at most a day when nobody can be asked. What the directory
 * refuses is forgotten at once. Only so many refusals are let through that guessing
 * here never locks the account there.
 *
 * @module
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import type { NacAccount } from '@sallygate/domain'
import type { Credentials } from './credentials.ts'
import { Buckets } from './throttle.ts'

/** Asks the directory. @throws when it could not be asked, which is not a no. */
export type AskDirectory = (account: NacAccount, credentials: Credentials, source: string) => Promise<boolean>

/** Accepted: `cached` when nobody could be asked. `capped`: not asked, since too many were refused. */
export type DirectoryVerdict = 'accepted' | 'cached' | 'refused' | 'capped' | 'unknown'

const askAgainAfterMs = 5 * 60_000
const longestOutageMs = 24 * 3_600_000
/** Windows and others lock after three to five; this leaves room for the person himself. */
const refusalsPerHour = 2

export class DirectoryVerdicts {
  readonly #clock: Clock
  readonly #ask: AskDirectory
  readonly #key = randomBytes(32)
  /** By account: the digest that was accepted, and when the directory last said so. */
  readonly #accepted = new Map<string, { digest: string; atMs: number }>()
  readonly #refusals: Buckets
  readonly #asking = new Map<string, Promise<DirectoryVerdict>>()

  constructor(clock: Clock, ask: AskDirectory) {
    this.#clock = clock
    this.#ask = ask
    this.#refusals = new Buckets(clock, 3_600_000)
  }

  /** One question at a time for the same password, however many wait for the answer. */
  verify(account: NacAccount, credentials: Credentials, source: string): Promise<DirectoryVerdict> {
    const digest = this.#digest(account, credentials)
    const known = this.#accepted.get(account.id)
    const nowMs = this.#clock.monotonicMs()
    if (known?.digest === digest && nowMs - known.atMs < askAgainAfterMs) return Promise.resolve('accepted')
    const asking = this.#asking.get(digest)
    if (asking !== undefined) return asking
    const asked = this.#decide(account, credentials, source, digest).finally(() => this.#asking.delete(digest))
    this.#asking.set(digest, asked)
    return asked
  }

  forget(account: string): void {
    this.#accepted.delete(account)
  }

  async #decide(
    account: NacAccount,
    credentials: Credentials,
    source: string,
    digest: string,
  ): Promise<DirectoryVerdict> {
    const known = this.#accepted.get(account.id)
    const isKnown = known?.digest === digest
    if (!isKnown && !this.#refusals.hasLeft(account.id, refusalsPerHour)) return 'capped'
    try {
      const isRight = await this.#ask(account, credentials, source)
      if (isRight) {
        this.#accepted.set(account.id, { digest, atMs: this.#clock.monotonicMs() })
        return 'accepted'
      }
    } catch {
      const isFresh = known !== undefined && this.#clock.monotonicMs() - known.atMs < longestOutageMs
      return isKnown && isFresh ? 'cached' : 'unknown'
    }
    if (isKnown) this.#accepted.delete(account.id)
    this.#refusals.take(account.id, refusalsPerHour)
    return 'refused'
  }

  #digest({ id }: NacAccount, { user, password }: Credentials): string {
    return createHmac('sha256', this.#key).update(`${id}\0${user}\0${password.reveal()}`).digest('base64')
  }
}
