/**
 * Sessions: who is attached, as the relay says, and who said hello, as they signed.
 *
 * Only the two together make a connector that can be asked. The relay's word alone
 * makes nobody; without it nothing could be delivered.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { ServiceReport, XWingPublicKey } from '@sallygate/envelope'
import type { RosterEntry } from '@sallygate/hop'
import type { RosterEvent } from '@sallygate/dial'
import { CloneWatch } from './clone-watch.ts'

export interface Session {
  readonly instance: string
  readonly group: string
  readonly bootNonce: string
  readonly encryptionKey: XWingPublicKey
  readonly software: string
  /** Operations it offers. */
  readonly operations: ReadonlySet<string>
  readonly policyDigest: string
  readonly trustSetNumber: number
  readonly tableVersion: number
  readonly services: readonly ServiceReport[]
  readonly inFlight: number
  readonly since: Date
  readonly lastHeard: Date
}

interface Attachment {
  readonly sinceMs: number
  isDraining: boolean
}

/** Who left this short a time ago is waited for. */
export const expectedForMs = 15_000
/** After it attached, an instance whose hello has not come is asked by its old session: it may have lost the relay only. */
const helloWithinMs = 3000

export class Sessions {
  readonly #clock: Clock
  readonly #attachments = new Map<string, Map<string, Attachment>>()
  /** From before the relay was lost: an attachment that is in its next roster was there all the time. */
  #lost = new Map<string, Map<string, Attachment>>()
  readonly #groups = new Map<string, string>()
  readonly #sessions = new Map<string, Session>()
  readonly #helloMs = new Map<string, number>()
  readonly #leftMs = new Map<string, number>()
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly clones: CloneWatch

  constructor(clock: Clock) {
    this.#clock = clock
    this.clones = new CloneWatch(clock)
  }

  /** Everybody who is attached; replaces all that was known. */
  roster(entries: readonly RosterEntry[]): void {
    const before = new Map(this.#attachments)
    const touched = new Set(this.#groups.values())
    this.#attachments.clear()
    for (const entry of entries) if (entry.role === 'connector') this.#join(entry, before)
    this.#lost = new Map()
    for (const instance of before.keys()) if (!this.#attachments.has(instance)) this.#left(instance)
    for (const group of new Set([...touched, ...this.#groups.values()])) this.#tell(group)
  }

  change(event: RosterEvent, entry: RosterEntry): void {
    if (entry.role !== 'connector') return
    const { instance, attachment } = entry
    if (event === 'joined') this.#join(entry)
    const held = this.#attachments.get(instance)
    if (event === 'draining') {
      const draining = held?.get(attachment)
      if (draining !== undefined) draining.isDraining = true
    }
    if (event === 'left' && held?.delete(attachment) === true) {
      if (held.size <= 1) this.clones.single(instance)
      if (held.size === 0) {
        this.#attachments.delete(instance)
        this.#left(instance)
      }
    }
    this.#tell(entry.group)
  }

  /** The relay is away: nobody can be reached, and all may be back in a moment. */
  relayLost(): void {
    const before = new Map(this.#attachments)
    this.roster([])
    this.#lost = before
  }

  /** @returns whether another process of the same identity seems to be alive. */
  hello(session: Session): boolean {
    const { instance, group, bootNonce } = session
    const before = this.#sessions.get(instance)
    const attachments = this.#attachments.get(instance)?.size ?? 0
    this.#sessions.set(instance, session)
    this.#helloMs.set(instance, this.#clock.monotonicMs())
    this.#groups.set(instance, group)
    const isClone = this.clones.hello(instance, before?.bootNonce, bootNonce, attachments)
    this.#tell(group)
    return isClone
  }

  /** @returns `undefined` when the session is not the current one. */
  report(instance: string, bootNonce: string, said: Partial<Session>): Session | undefined {
    const session = this.#sessions.get(instance)
    if (session === undefined || session.bootNonce !== bootNonce) {
      if (session !== undefined) this.clones.stranger(instance, bootNonce)
      return undefined
    }
    const updated = { ...session, ...said, lastHeard: this.#clock.now() }
    this.#sessions.set(instance, updated)
    this.#tell(session.group)
    return updated
  }

  end(instance: string): void {
    const group = this.#groups.get(instance)
    this.#sessions.delete(instance)
    this.#helloMs.delete(instance)
    this.#attachments.delete(instance)
    this.clones.forget(instance)
    if (group !== undefined) this.#tell(group)
  }

  of(instance: string): Session | undefined {
    return this.#sessions.get(instance)
  }

  isAttached(instance: string): boolean {
    return this.#attachments.has(instance)
  }

  get attachedCount(): number {
    return this.#attachments.size
  }

  /** Attached, and not heard of since: they may not know that this console has a new key. */
  strangers(): readonly { readonly instance: string; readonly group: string }[] {
    return [...this.#attachments.keys()]
      .filter((instance) => !this.#sessions.has(instance))
      .map((instance) => ({ instance, group: this.#groups.get(instance) ?? '' }))
  }

  isDraining(instance: string): boolean {
    const held = this.#attachments.get(instance)
    return held !== undefined && [...held.values()].every(({ isDraining }) => isDraining)
  }

  /** Can be asked now. */
  live(group: string): readonly Session[] {
    return [...this.#sessions.values()].filter((session) => session.group === group && this.isLive(session.instance))
  }

  isLive(instance: string): boolean {
    const attachments = this.#attachments.get(instance)
    const helloMs = this.#helloMs.get(instance)
    if (attachments === undefined || helloMs === undefined) return false
    const newestMs = Math.max(...[...attachments.values()].map(({ sinceMs }) => sinceMs))
    return helloMs >= newestMs || this.#clock.monotonicMs() - newestMs >= helloWithinMs
  }

  /** Somebody left a moment ago, or is attached and has yet to say hello. */
  isSomebodyExpected(group: string): boolean {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - (this.#leftMs.get(group) ?? Number.NEGATIVE_INFINITY) < expectedForMs) return true
    return [...this.#attachments].some(
      ([instance, held]) =>
        this.#groups.get(instance) === group &&
        !this.isLive(instance) &&
        [...held.values()].some(({ sinceMs }) => nowMs - sinceMs < expectedForMs),
    )
  }

  onChange(group: string, action: () => void): () => void {
    const listeners = this.#listeners.get(group) ?? new Set()
    this.#listeners.set(group, listeners)
    listeners.add(action)
    return () => {
      listeners.delete(action)
      if (listeners.size === 0 && this.#listeners.get(group) === listeners) this.#listeners.delete(group)
    }
  }

  #join(
    { instance, group, attachment, isDraining }: RosterEntry,
    before: ReadonlyMap<string, ReadonlyMap<string, Attachment>> = new Map(),
  ): void {
    const held = this.#attachments.get(instance) ?? new Map<string, Attachment>()
    this.#attachments.set(instance, held)
    this.#groups.set(instance, group)
    const known = before.get(instance)?.get(attachment) ?? this.#lost.get(instance)?.get(attachment)
    const sinceMs = known?.sinceMs ?? this.#clock.monotonicMs()
    if (!held.has(attachment)) held.set(attachment, { sinceMs, isDraining })
  }

  #left(instance: string): void {
    const group = this.#groups.get(instance)
    if (group !== undefined) this.#leftMs.set(group, this.#clock.monotonicMs())
  }

  #tell(group: string): void {
    for (const listener of Array.from(this.#listeners.get(group) ?? [])) listener()
  }
}
