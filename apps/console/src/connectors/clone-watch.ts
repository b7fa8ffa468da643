/**
 * The clone watch: one identity, two processes.
 *
 * A new hello while an older attachment is still there means a copied disk, or a host
 * that lost its power a moment ago; the second passes by itself when the relay finds
 * the old attachment dead. A process whose successor has said hello and that still
 * speaks is a clone, and stays one until somebody acts. Two attachments of one program
 * are no clones: the older one signs that it hands over to the newer.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'

export interface CloneAlarm {
  readonly instance: string
  readonly since: Date
  /** True: both have spoken since. False: it may still turn out to be a restart. */
  readonly isCertain: boolean
}

export class CloneWatch {
  readonly #clock: Clock
  readonly #alarms = new Map<string, CloneAlarm>()
  /** Boot nonces that a later hello has replaced; the last few, which is all a clone needs to be told by. */
  readonly #replaced = new Map<string, string[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get alarms(): readonly CloneAlarm[] {
    return [...this.#alarms.values()]
  }

  isAlarmed(instance: string): boolean {
    return this.#alarms.has(instance)
  }

  /** @returns whether this raised an alarm. */
  hello(instance: string, before: string | undefined, now: string, attachments: number): boolean {
    if (before === undefined || before === now) return false
    const replaced = this.#replaced.get(instance) ?? []
    const isBack = replaced.includes(now)
    this.#replaced.set(instance, [...replaced.filter((nonce) => nonce !== now), before].slice(-8))
    if (isBack || attachments > 1) return this.#raise(instance, isBack)
    return false
  }

  /** Somebody speaks for a session that another has replaced. */
  stranger(instance: string, bootNonce: string): void {
    if (this.#replaced.get(instance)?.includes(bootNonce) === true) this.#raise(instance, true)
  }

  /** Two attachments stand beside each other for longer than a dead one can, and neither has handed over. */
  pair(instance: string): void {
    this.#raise(instance, false)
  }

  /** Only one attachment is left: a suspicion, unlike a certainty, is over. */
  single(instance: string): void {
    if (this.#alarms.get(instance)?.isCertain === false) this.#alarms.delete(instance)
  }

  forget(instance: string): void {
    this.#alarms.delete(instance)
    this.#replaced.delete(instance)
  }

  #raise(instance: string, isCertain: boolean): boolean {
    const known = this.#alarms.get(instance)
    if (known !== undefined && (known.isCertain || !isCertain)) return false
    this.#alarms.set(instance, { instance, since: known?.since ?? this.#clock.now(), isCertain })
    return known === undefined
  }
}
