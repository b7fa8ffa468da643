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
import { Attendance, type GroupOf } from './attendance.ts'
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

/** Who left this short a time ago is waited for. */
export const expectedForMs = 15_000
/** What was under way when somebody left has arrived by now; who is heard after that is attached, whatever the relay says. */
const farewellMs = 1000
/** A dead attachment is gone from the relay after fifteen seconds; a second one that is still there then belongs to somebody. */
const pairAfterMs = 20_000
/** After it attached, an instance whose hello has not come is asked by its old session: it may have lost the relay only. */
const helloWithinMs = 3000

export class Sessions {
  readonly #clock: Clock
  readonly #attendance: Attendance
  readonly #groupOf: GroupOf
  readonly #isOurs: (group: string, trustSetNumber: number) => boolean
  readonly #sessions = new Map<string, Session>()
  /** Instances with a session, by group: a call looks at its own group only. */
  readonly #byGroup = new Map<string, Set<string>>()
  readonly #helloMs = new Map<string, number>()
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #arrivalListeners = new Set<() => void>()
  readonly #heardUnattached = new Set<string>()
  /** By group: the trust set somebody has to hold, and since when. */
  readonly #floors = new Map<string, { readonly number: number; readonly sinceMs: number }>()
  readonly clones: CloneWatch

  /** @param isOurs Whether a trust set that somebody holds is one this console knows of. */
  constructor(clock: Clock, groupOf: GroupOf, isOurs: (group: string, trustSetNumber: number) => boolean = () => true) {
    this.#clock = clock
    this.#isOurs = isOurs
    this.#groupOf = groupOf
    this.#attendance = new Attendance(clock, groupOf)
    this.clones = new CloneWatch(clock)
  }

  /** Everybody who is attached; replaces all that was known. */
  roster(entries: readonly RosterEntry[]): void {
    for (const group of this.#attendance.replace(entries)) this.#tell(group)
    for (const instance of this.#attendance.instances) this.#watchPair(instance)
    this.#tellOfArrival()
  }

  change(event: RosterEvent, entry: RosterEntry): void {
    const group = this.#attendance.change(event, entry)
    if (event === 'joined') this.#watchPair(entry.instance)
    if (event === 'left' && this.#attendance.count(entry.instance) <= 1) this.clones.single(entry.instance)
    if (group !== undefined) this.#tell(group)
  }

  /** An attachment goes on as another. The caller has verified that the instance signed it. */
  handedOver(instance: string, attachment: string, successor: string): void {
    this.#attendance.handedOver(instance, attachment, successor)
    if (this.#attendance.count(instance) <= 1) this.clones.single(instance)
    const group = this.#groupOf(instance)
    if (group !== undefined) this.#tell(group)
  }

  relayLost(): void {
    for (const group of this.#attendance.lose()) this.#tell(group)
  }

  /** @returns whether another process of the same identity seems to be alive. */
  hello(session: Session): boolean {
    const { instance, group, bootNonce } = session
    const before = this.#sessions.get(instance)
    this.#sessions.set(instance, session)
    this.#byGroup.set(group, (this.#byGroup.get(group) ?? new Set()).add(instance))
    this.#helloMs.set(instance, this.#clock.monotonicMs())
    const isClone = this.clones.hello(instance, before?.bootNonce, bootNonce, this.#attendance.count(instance))
    this.#tell(group)
    this.#tellOfArrival()
    return isClone
  }

  /** @returns `undefined` when the session is not the current one. */
  report(instance: string, bootNonce: string, said: Partial<Session>): Session | undefined {
    const session = this.#sessions.get(instance)
    if (session === undefined || session.bootNonce !== bootNonce) {
      if (session !== undefined) this.clones.stranger(instance, bootNonce)
      return undefined
    }
    const leftMs = this.#attendance.leftOf(instance) ?? Number.NEGATIVE_INFINITY
    if (!this.isAttached(instance) && this.#clock.monotonicMs() - leftMs >= farewellMs)
      this.#heardUnattached.add(instance)
    const updated = { ...session, ...said, lastHeard: this.#clock.now() }
    this.#sessions.set(instance, updated)
    this.#tell(session.group)
    return updated
  }

  /** Revoked: neither its session nor its attachments count any more. */
  end(instance: string): void {
    const group = this.#sessions.get(instance)?.group ?? this.#groupOf(instance)
    this.#sessions.delete(instance)
    this.#helloMs.delete(instance)
    this.#attendance.forget(instance)
    this.clones.forget(instance)
    this.#heardUnattached.delete(instance)
    if (group === undefined) return
    this.#byGroup.get(group)?.delete(instance)
    this.#tell(group)
  }

  of(instance: string): Session | undefined {
    return this.#sessions.get(instance)
  }

  isAttached(instance: string): boolean {
    return this.#attendance.has(instance)
  }

  /** Those the relay calls absent while they report through it. */
  get hidden(): readonly string[] {
    for (const instance of this.#heardUnattached) if (this.isAttached(instance)) this.#heardUnattached.delete(instance)
    return [...this.#heardUnattached]
  }

  isDraining(instance: string): boolean {
    return this.#attendance.isDraining(instance)
  }

  /** Attached, and not heard of since, or behind: they may not know that this console has a new key. */
  strangers(): readonly { readonly instance: string; readonly group: string }[] {
    return this.#attendance.instances.flatMap((instance) => {
      const group = this.#groupOf(instance)
      const isKnown = this.#sessions.has(instance) && !this.#isBehind(instance)
      return group === undefined || isKnown ? [] : [{ instance, group }]
    })
  }

  /** Attached, whether or not they have said hello. */
  attached(group: string): readonly { readonly instance: string; readonly group: string }[] {
    return this.#attendance.instances
      .filter((instance) => this.#groupOf(instance) === group)
      .map((instance) => ({ instance, group }))
  }

  /** From now on nobody of the group can be asked who holds an older trust set: what it believes is signed no more. */
  require(group: string, trustSetNumber: number): void {
    if (this.#floors.get(group)?.number === trustSetNumber) return
    this.#floors.set(group, { number: trustSetNumber, sinceMs: this.#clock.monotonicMs() })
    this.#tell(group)
  }

  #isBehind(instance: string): boolean {
    const session = this.#sessions.get(instance)
    if (session === undefined) return false
    const { group, trustSetNumber } = session
    return trustSetNumber < (this.#floors.get(group)?.number ?? 0) || !this.#isOurs(group, trustSetNumber)
  }

  /** Can be asked now. */
  live(group: string): readonly Session[] {
    return [...(this.#byGroup.get(group) ?? [])].flatMap((instance) => {
      const session = this.#sessions.get(instance)
      return session !== undefined && this.isLive(instance) ? [session] : []
    })
  }

  isLive(instance: string): boolean {
    const newestMs = this.#attendance.newestMs(instance)
    const helloMs = this.#helloMs.get(instance)
    if (newestMs === undefined || helloMs === undefined || this.#isBehind(instance)) return false
    return helloMs >= newestMs || this.#clock.monotonicMs() - newestMs >= helloWithinMs
  }

  /** Somebody left a moment ago, or is attached and has yet to say hello. */
  isSomebodyExpected(group: string): boolean {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#attendance.leftMs(group) < expectedForMs) return true
    const floorMs = this.#floors.get(group)?.sinceMs ?? Number.NEGATIVE_INFINITY
    return this.#attendance.instances.some((instance) => {
      const sinceMs = Math.max(floorMs, this.#attendance.newestMs(instance) ?? Number.NEGATIVE_INFINITY)
      return this.#groupOf(instance) === group && !this.isLive(instance) && nowMs - sinceMs < expectedForMs
    })
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

  /** Somebody can be asked who could not be: he said hello, or the relay is back. */
  onArrival(action: () => void): () => void {
    this.#arrivalListeners.add(action)
    return () => this.#arrivalListeners.delete(action)
  }

  /** Two that stand beside each other now are two processes when they still do after a dead one would be gone. */
  #watchPair(instance: string): void {
    const pair = this.#attendance.standing(instance)
    if (pair.length < 2) return
    const look = () => {
      const standing = new Set(this.#attendance.standing(instance))
      if (pair.filter((attachment) => standing.has(attachment)).length > 1) this.clones.pair(instance)
    }
    this.#clock.after(pairAfterMs, look, { background: true })
  }

  #tellOfArrival(): void {
    for (const listener of this.#arrivalListeners) listener()
  }

  #tell(group: string): void {
    for (const listener of Array.from(this.#listeners.get(group) ?? [])) listener()
  }
}
