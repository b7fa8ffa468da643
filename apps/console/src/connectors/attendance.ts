/**
 * Attendance: which instances are attached, and since when, as the relay says.
 *
 * Only instances that are in the book are kept: a relay may list whom it likes, and
 * neither our memory nor anybody's group is for it to decide.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { RosterEvent } from '@sallygate/dial'
import type { RosterEntry } from '@sallygate/hop'

interface Attachment {
  sinceMs: number
  isDraining: boolean
  /** It has said, signed, that another one takes its place. */
  hasHandedOver?: true
}

type Attachments = ReadonlyMap<string, ReadonlyMap<string, Attachment>>

/** The group of an instance that may attach; `undefined` for everybody else. */
export type GroupOf = (instance: string) => string | undefined

/** One key that takes more attachments than this is the relay's to cut. */
const mostAttachments = 16
/** Hand-overs whose successor the roster has not shown yet: between two relay nodes the one may overtake the other. */
const mostHeirs = 1024

export class Attendance {
  readonly #clock: Clock
  readonly #groupOf: GroupOf
  #attached = new Map<string, Map<string, Attachment>>()
  /** From before the relay was lost: an attachment that is in its next roster was there all the time. */
  #lost: Attachments = new Map()
  /** Successors that are not there yet, with what they inherit: since when their instance has been attached. */
  readonly #heirs = new Map<string, number>()
  /** By instance; gone from here as soon as it is back, or is not to come back. */
  readonly #leftMs = new Map<string, number>()

  constructor(clock: Clock, groupOf: GroupOf) {
    this.#clock = clock
    this.#groupOf = groupOf
  }

  /** Everybody who is attached; replaces all that was known. @returns the groups in which something has changed. */
  replace(entries: readonly RosterEntry[]): ReadonlySet<string> {
    const before = this.#attached
    this.#attached = new Map()
    for (const entry of entries) this.#join(entry, before)
    this.#lost = new Map()
    for (const instance of before.keys()) if (!this.#attached.has(instance)) this.#left(instance)
    const touched = [...before.keys(), ...this.#attached.keys()].map(this.#groupOf)
    return new Set(touched.filter((group) => group !== undefined))
  }

  /** @returns the group in which something has changed. */
  change(event: RosterEvent, entry: RosterEntry): string | undefined {
    const { instance, attachment } = entry
    if (event === 'joined') this.#join(entry, new Map())
    const held = this.#attached.get(instance)
    const own = held?.get(attachment)
    if (event === 'draining' && own !== undefined) own.isDraining = true
    if (event === 'left' && held?.delete(attachment) === true && held.size === 0) {
      this.#attached.delete(instance)
      this.#left(instance)
    }
    return this.#groupOf(instance)
  }

  /** The relay is away: nobody can be reached, and all may be back in a moment. */
  lose(): ReadonlySet<string> {
    const before = this.#attached
    const touched = this.replace([])
    this.#lost = before
    return touched
  }

  forget(instance: string): void {
    this.#attached.delete(instance)
    this.#leftMs.delete(instance)
  }

  get instances(): readonly string[] {
    return [...this.#attached.keys()]
  }

  has(instance: string): boolean {
    return this.#attached.has(instance)
  }

  /** One attachment goes on as another, and has signed that: the instance has been there all the time. */
  handedOver(instance: string, attachment: string, successor: string): void {
    const held = this.#attached.get(instance)
    const before = held?.get(attachment)
    if (before === undefined) return
    before.hasHandedOver = true
    const heir = held?.get(successor)
    if (heir !== undefined) heir.sinceMs = Math.min(heir.sinceMs, before.sinceMs)
    else {
      if (this.#heirs.size >= mostHeirs) this.#heirs.clear()
      this.#heirs.set(successor, before.sinceMs)
    }
  }

  /** Its attachments, but for those that have handed over; two are a restart that left one behind, or a clone. */
  standing(instance: string): readonly string[] {
    const held = this.#attached.get(instance) ?? new Map<string, Attachment>()
    return [...held].flatMap(([attachment, { hasHandedOver }]) => (hasHandedOver === true ? [] : [attachment]))
  }

  count(instance: string): number {
    return this.standing(instance).length
  }

  /** Monotonic: since when its newest attachment is there. */
  newestMs(instance: string): number | undefined {
    const held = this.#attached.get(instance)
    return held === undefined ? undefined : Math.max(...[...held.values()].map(({ sinceMs }) => sinceMs))
  }

  /** Monotonic: when this one left, if it is not back. */
  leftOf(instance: string): number | undefined {
    return this.#leftMs.get(instance)
  }

  /** When the last of those of the group left who are not back. */
  leftMs(group: string): number {
    const times = [...this.#leftMs].filter(([instance]) => this.#groupOf(instance) === group).map(([, ms]) => ms)
    return Math.max(Number.NEGATIVE_INFINITY, ...times)
  }

  isDraining(instance: string): boolean {
    const held = this.#attached.get(instance)
    return held !== undefined && [...held.values()].every(({ isDraining }) => isDraining)
  }

  #join({ role, instance, attachment, isDraining }: RosterEntry, before: Attachments): void {
    if (role !== 'connector' || this.#groupOf(instance) === undefined) return
    const held = this.#attached.get(instance) ?? new Map<string, Attachment>()
    this.#attached.set(instance, held)
    this.#leftMs.delete(instance)
    if (held.has(attachment) || held.size >= mostAttachments) return
    const known = before.get(instance)?.get(attachment) ?? this.#lost.get(instance)?.get(attachment)
    const sinceMs = known?.sinceMs ?? this.#heirs.get(attachment) ?? this.#clock.monotonicMs()
    this.#heirs.delete(attachment)
    const hasHandedOver = known?.hasHandedOver
    held.set(attachment, { sinceMs, isDraining, ...(hasHandedOver === undefined ? {} : { hasHandedOver }) })
  }

  #left(instance: string): void {
    if (this.#groupOf(instance) !== undefined) this.#leftMs.set(instance, this.#clock.monotonicMs())
  }
}
