/**
 * Admissions: the signed list of keys the relay lets in, pushed until it is in force.
 *
 * Every change issues a list with a higher number. While the relay is away the newest
 * waits here; it is the first thing pushed when the link is back.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { dialFailure } from '@sallygate/dial'
import { signAdmission, signWith } from '@sallygate/hop'
import type { NumberedBytes, Store } from '@sallygate/store'
import type { Installation } from '../certificates/installation.ts'
import { numberFloor } from '../certificates/number-floor.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { RelayLink } from './relay-link.ts'

const retryAfterMs = 1000

export class Admissions {
  readonly #store: Store
  readonly #installation: Installation
  readonly #book: InstanceBook
  readonly #clock: Clock
  readonly #log: Log
  #link: RelayLink | undefined
  #latest: NumberedBytes | undefined
  #inForce = 0
  #refusal: Failure | undefined
  #working: Promise<void> = Promise.resolve()
  #retry: Timer | undefined

  constructor(parts: { store: Store; installation: Installation; book: InstanceBook; clock: Clock; log: Log }) {
    this.#store = parts.store
    this.#installation = parts.installation
    this.#book = parts.book
    this.#clock = parts.clock
    this.#log = parts.log
  }

  /** From when the link exists. */
  pushBy(link: RelayLink): void {
    this.#link = link
  }

  /** Why the relay does not take our list, if it said so. */
  get refusal(): Failure | undefined {
    return this.#refusal
  }

  /** Who is in the book is admitted from now on, and nobody else. Resolves when the relay has it, or cannot be asked now. */
  async changed(): Promise<void> {
    await this.#inTurn(async () => {
      this.#latest = await this.#issue()
      await this.#push()
    })
  }

  /** The link is back: a relay that was away, or set up anew, gets the newest list. */
  async attached(): Promise<void> {
    await this.#inTurn(async () => {
      this.#inForce = 0
      // The first after a start is made anew: the last run may have ended between revoking and saying so.
      this.#latest ??= await this.#issue()
      await this.#push()
    })
  }

  stop(): void {
    this.#retry?.cancel()
  }

  /** One list after the other: two that overlap could arrive in the wrong order. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#working.then(work)
    this.#working = done.catch((error: unknown) => this.#log.error('admission list not issued', { error }))
    return done
  }

  async #issue(): Promise<NumberedBytes> {
    const { relay, channel } = this.#installation
    await this.#store.counters.raise(`admission/${relay}`, numberFloor(this.#clock.now()))
    const entries = this.#book.list().flatMap((entry) =>
      this.#book.goodKeys(entry).map(({ publicPoint }) => ({
        role: 'connector' as const,
        group: entry.group,
        instance: entry.id,
        publicKey: publicPoint,
      })),
    )
    return this.#store.admissionLists.issue(relay, (number, issuedAt) =>
      signAdmission({ relay, number, issuedAt, entries }, signWith(channel.privateKey)),
    )
  }

  async #push(): Promise<void> {
    const latest = this.#latest
    if (latest === undefined || this.#link?.isAttached !== true || this.#inForce >= latest.number) return
    this.#retry?.cancel()
    try {
      await this.#link.admit(latest.number, latest.bytes)
      this.#inForce = latest.number
      this.#refusal = undefined
      this.#log.info('admission list in force', { number: latest.number })
    } catch (error) {
      if (!dialFailure.is(error)) throw error
      if (error.code === 'DIAL_ADMISSION_REFUSED') {
        this.#refusal = error
        this.#log.error('admission list refused', { failure: error })
      } else this.#later()
    }
  }

  #later(): void {
    this.#retry = this.#clock.after(retryAfterMs, () => void this.#inTurn(() => this.#push()), { background: true })
  }
}
