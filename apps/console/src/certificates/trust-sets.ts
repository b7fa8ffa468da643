/**
 * Trust sets: who signs for a group right now, numbered, and never older than a day at use.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { NumberedBytes, Store } from '@sallygate/store'
import { makeTrustSet, maxTrustSetLifeMs, type GroupId } from '@sallygate/trust'
import type { GroupAuthorities } from './group-authorities.ts'
import type { Installation } from './installation.ts'
import { numberFloor } from './number-floor.ts'

/** A connector may miss three of them in a row. */
export const renewTrustSetAfterMs = 6 * 3_600_000

/** The one suite there is. */
const suiteFloor = 1

export class TrustSetIssuer {
  readonly #store: Store
  readonly #clock: Clock
  readonly #installation: Installation
  readonly #authorities: GroupAuthorities
  readonly #current = new Map<string, NumberedBytes>()
  readonly #issuing = new Map<string, Promise<NumberedBytes>>()
  /** Groups whose keys are others than when their newest set was signed. */
  readonly #outdated = new Set<string>()
  /** The newest number from before this process, and the first of it. */
  readonly #before = new Map<string, number>()
  readonly #first = new Map<string, number>()

  constructor(store: Store, clock: Clock, installation: Installation, authorities: GroupAuthorities) {
    this.#store = store
    this.#clock = clock
    this.#installation = installation
    this.#authorities = authorities
  }

  /** The newest, made anew when it has become old. */
  async current(group: string): Promise<NumberedBytes> {
    await this.#remember(group)
    const known = this.#outdated.has(group)
      ? undefined
      : (this.#current.get(group) ?? (await this.#store.trustSets.latest(group)))
    if (known !== undefined && this.#clock.now().getTime() - known.issuedAt.getTime() < renewTrustSetAfterMs) {
      this.#current.set(group, known)
      return known
    }
    return this.renew(group)
  }

  /**
   * Whether a number is one this database knows of. After a backup was restored connectors hold sets from the time in
   * between: nobody here knows whom they believe.
   */
  readonly isOurs = (group: string, number: number): boolean => {
    const before = this.#before.get(group)
    return before === undefined || number <= before || number >= (this.#first.get(group) ?? Number.POSITIVE_INFINITY)
  }

  /** The newest, and newer than what somebody holds who holds one that is not ours. */
  async newerThan(group: string, held: number): Promise<NumberedBytes> {
    const newest = await this.current(group)
    return newest.number < held && !this.isOurs(group, held) ? this.reissue(group) : newest
  }

  /** Two that ask at once get one set. */
  renew(group: string): Promise<NumberedBytes> {
    const underWay = this.#issuing.get(group)
    if (underWay !== undefined) return underWay
    const issuing = this.#issue(group).finally(() => this.#issuing.delete(group))
    this.#issuing.set(group, issuing)
    return issuing
  }

  /** The keys of a group have changed: whoever asks from now on gets a set that names the new ones. */
  outdate(group: string): void {
    this.#outdated.add(group)
  }

  /** A set with the keys of now, also where one is being signed with those from before. */
  async reissue(group: string): Promise<NumberedBytes> {
    this.outdate(group)
    await this.#issuing.get(group)?.catch(() => undefined)
    return this.renew(group)
  }

  async #issue(group: string): Promise<NumberedBytes> {
    // Before the keys are read: what changes after that is for the next set.
    this.#outdated.delete(group)
    try {
      return await this.#sign(group)
    } catch (error) {
      this.#outdated.add(group)
      throw error
    }
  }

  async #remember(group: string): Promise<void> {
    if (this.#before.has(group)) return
    const number = (await this.#store.trustSets.latest(group))?.number ?? 0
    if (!this.#before.has(group)) this.#before.set(group, number)
  }

  async #sign(group: string): Promise<NumberedBytes> {
    await this.#remember(group)
    const { authorities, signers } = await this.#authorities.of(group)
    const holder = await this.#authorities.openAuthority(group)
    const { console, relay } = this.#installation
    await this.#store.counters.raise(`trustSet/${group}`, numberFloor(this.#clock.now()))
    const issued = await this.#store.trustSets.issue(group, (number, issuedAt) =>
      makeTrustSet(
        {
          console,
          group: group as GroupId,
          number,
          issuedAt,
          notAfter: new Date(issuedAt.getTime() + maxTrustSetLifeMs),
          suiteFloor,
          signers: signers.map(({ certificate }) => ({ keyId: certificate.keyId, certificate })),
          // The first is the one that signs, and issues certificates: who is under another one renews.
          authorities,
          relay,
        },
        holder.privateKey,
      ),
    )
    this.#current.set(group, issued)
    if (!this.#first.has(group)) this.#first.set(group, issued.number)
    return issued
  }
}
