/**
 * Mails about what ends: accounts, API keys and certificates, once for each step of the countdown.
 *
 * Which step it is is in the key of the mail, so looking again, or after a restart, sends
 * nothing twice. What is of no group is the first group's to know.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import { expiring } from '../admins/expiring.ts'
import { expiryStep } from '../certificates/renewal.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import type { CertificateEnd } from '../status/certificate-ends.ts'
import { recipientsOf } from './notifications-page.ts'
import type { Post } from './post.ts'

export interface ExpiryMailParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly pages: Pick<SettingsBook, 'of'>
  readonly post: Post
  readonly certificateEnds: () => Promise<readonly CertificateEnd[]>
}

export const expiryMailsEveryMs = 3_600_000

/** What renews by itself is worth a mail only when it has not: half of the time it had is over then. */
const selfRenewingSteps: readonly number[] = [14, 7, 1, 0]

export class ExpiryMails {
  readonly #parts: ExpiryMailParts
  #timer: Timer | undefined
  #current: Promise<void> = Promise.resolve()

  constructor(parts: ExpiryMailParts) {
    this.#parts = parts
  }

  start(): void {
    const look = () => {
      this.#current = this.#current.then(() => this.look())
    }
    this.#timer = every(this.#parts.clock, expiryMailsEveryMs, look)
    look()
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#current
  }

  /** Never throws. */
  async look(): Promise<void> {
    try {
      await this.#accounts()
      await this.#certificates()
    } catch (error) {
      // The next look says it, under the same keys.
      this.#parts.log.warn('expiry mails not queued', { error })
    }
  }

  async #accounts(): Promise<void> {
    const { store, clock, pages, post } = this.#parts
    for (const { what, about, group, expiresAt, step, when, fix } of await expiring(store, clock)) {
      const home = group ?? (await this.#firstGroup())
      if (home === undefined) continue
      const date = expiresAt.toISOString().slice(0, 10)
      await post.queue(home, {
        template: 'expiry-warning',
        variables: { what, about, when, date, fix },
        to: await recipientsOf(pages, home, 'accounts'),
        key: keyOf(what, about, expiresAt, step),
      })
    }
  }

  async #certificates(): Promise<void> {
    const { clock, pages, post, certificateEnds } = this.#parts
    for (const { what, about, group, notAfter } of await certificateEnds()) {
      const step = expiryStep(notAfter, clock.now())
      const isNac = what.includes('nac')
      if (step === undefined || (!isNac && !selfRenewingSteps.includes(step))) continue
      const home = group ?? (await this.#firstGroup())
      if (home === undefined) continue
      const when = step === 0 ? 'has expired' : `expires within ${step} ${step === 1 ? 'day' : 'days'}`
      await post.queue(home, {
        template: 'certificate-expiry',
        variables: {
          what,
          about: about === '' ? 'this console' : about,
          when,
          date: notAfter.toISOString().slice(0, 10),
          fix: isNac ? nacFix : usualFix,
        },
        to: await recipientsOf(pages, home, 'certificates'),
        key: keyOf(what, about, notAfter, step),
      })
    }
  }

  async #firstGroup(): Promise<string | undefined> {
    const tops = (await this.#parts.store.groups.list()).filter(({ parent }) => parent === undefined)
    return tops.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0]?.id
  }
}

const usualFix =
  'It should have renewed by itself: let the connector reach the console, or look in the console log. When it has ended, enroll the connector again.'
const nacFix =
  'nac renews it by itself while it reaches the console. If it has a certificate of your own, replace that before it ends: afterwards NAC servers refuse it, and with it every device.'

function keyOf(what: string, about: string, end: Date, step: number): string {
  return `expiry ${step} ${end.toISOString()} ${what} ${about}`.slice(0, 200)
}
