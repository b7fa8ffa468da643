/**
 * Consent: what cannot be undone is asked for with a note, and with the PIN of whoever has set one, or as the group
 * that it is about wants it.
 *
 * For a program the edit right of its role is the consent; it is slowed instead, so
 * that a key that leaked does not clear an installation in a second.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import type { Passwords, Store } from '@sallygate/store'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { optionalBody } from '../http/optional-body.ts'
import type { Actor } from '../http/policy.ts'
import type { Throttle } from '../http/throttle.ts'
import type { Demand, RestrictedAction } from '../settings/restricted-actions.ts'

/** For bodies that say more than this. */
export const givenFields = { note: z.string().trim().max(500).optional(), pin: z.string().max(64).optional() }

export const consentSchema = optionalBody(z.strictObject(givenFields))

export type Given = z.infer<typeof consentSchema>

const perMinute = 20

export interface ConsentParts {
  readonly store: Store
  readonly clock: Clock
  readonly passwords: Passwords
  readonly throttle: Throttle
  readonly demandFor: (group: string | undefined, action: RestrictedAction) => Promise<Demand>
}

export class Consent {
  readonly #parts: ConsentParts
  readonly #recent = new Map<string, readonly number[]>()

  constructor(parts: ConsentParts) {
    this.#parts = parts
  }

  /**
   * @param group The one it is about, absent for what is of no group.
   * @throws CONSOLE_NOTE_NEEDED, CONSOLE_PIN_NEEDED, CONSOLE_PIN_WRONG, CONSOLE_TOO_MANY_ATTEMPTS.
   */
  async require(actor: Actor, given: Given, action: RestrictedAction, group: string | undefined): Promise<void> {
    return this.demand(actor, given, await this.#parts.demandFor(group, action))
  }

  /** @throws as `require`. */
  async demand(actor: Actor, { note, pin }: Given, demand: Demand): Promise<void> {
    if (actor.kind !== 'admin') return this.#slow(actor)
    if (demand === 'none') return
    const { store, passwords, throttle } = this.#parts
    if (note === undefined || note === '') throw consoleFailure('NOTE_NEEDED')
    const hash = (await store.adminAccounts.find(actor.id))?.pinHash
    if (hash === undefined && demand === 'noteAndPin') throw consoleFailure('PIN_NEEDED')
    if (hash === undefined) return
    throttle.check('pin', actor.id)
    if (pin !== undefined && (await passwords.verify(new Secret(pin), hash))) return throttle.succeeded('pin', actor.id)
    if (pin !== undefined) throttle.failed('pin', actor.id)
    throw consoleFailure('PIN_WRONG')
  }

  #slow(actor: Actor): void {
    const now = this.#parts.clock.monotonicMs()
    const recent = (this.#recent.get(actor.id) ?? []).filter((at) => now - at < 60_000)
    const [oldest] = recent
    if (oldest !== undefined && recent.length >= perMinute)
      throw consoleFailure('TOO_MANY_ATTEMPTS', { details: { retryAfterMs: Math.ceil(oldest + 60_000 - now) } })
    this.#recent.set(actor.id, [...recent, now])
  }
}
