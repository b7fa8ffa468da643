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

  constructor(store: Store, clock: Clock, installation: Installation, authorities: GroupAuthorities) {
    this.#store = store
    this.#clock = clock
    this.#installation = installation
    this.#authorities = authorities
  }

  /** The newest, made anew when it has become old. */
  async current(group: string): Promise<NumberedBytes> {
    const known = this.#outdated.has(group)
      ? undefined
      : (this.#current.get(group) ?? (await this.#store.trustSets.latest(group)))
    if (known !== undefined && this.#clock.now().getTime() - known.issuedAt.getTime() < renewTrustSetAfterMs) {
      this.#current.set(group, known)
      return known
    }
    return this.renew(group)
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

  async #sign(group: string): Promise<NumberedBytes> {
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
    return issued
  }
}
