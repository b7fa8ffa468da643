/**
 * The line: who is served next when there is not room for all.
 *
 * The more urgent lane first; within it the connector group that has least under way, then
 * the acting group that has least, then who came first. So one group that floods waits for
 * itself, and a synchronization never stands in front of a sign-in.
 *
 * @module
 */
import { lanes, type Lane } from '@sallygate/service-kit'

export interface InLine {
  readonly lane: Lane
  readonly group: string
  readonly actingGroup: string
  /** Those with one key are served by the same connectors: where one finds no room, no other does. */
  readonly key: string
  /** Tries again. @returns false when there is no room yet. */
  serve(): boolean
  /** Is sent away for somebody more urgent, or of a group that has less. */
  evict(): void
}

export interface LineBounds {
  /** Under way and waiting together, of one connector group. */
  readonly mostPerGroup: number
  /** Under way together, of all. */
  readonly mostUnderWay: number
}

type By = Pick<InLine, 'group' | 'actingGroup'>

export class Line {
  readonly #bounds: LineBounds
  readonly #waiting: InLine[] = []
  readonly #underWay = new Map<string, number>()
  #all = 0
  #isServing = false

  constructor(bounds: LineBounds) {
    this.#bounds = bounds
  }

  get length(): number {
    return this.#waiting.length
  }

  get hasRoom(): boolean {
    return this.#all < this.#bounds.mostUnderWay
  }

  /** Whether the group has more under way and waiting than it may. */
  isFull(group: string): boolean {
    return this.#of(group) + this.#waitingOf(group).length >= this.#bounds.mostPerGroup
  }

  /** Whether somebody waits whom this one must not overtake. */
  isBehind(comer: InLine): boolean {
    const { key, lane } = comer
    return this.#waiting.some(
      (one) => one !== comer && one.key === key && lanes.indexOf(one.lane) <= lanes.indexOf(lane),
    )
  }

  began(by: By): void {
    this.#count(by, 1)
  }

  ended(by: By): void {
    this.#count(by, -1)
    this.serve()
  }

  /** @returns false when the group has as much waiting as it may, and nobody of it gives way to this one. */
  join(one: InLine): boolean {
    if (this.isFull(one.group) && !this.#makeRoom(one)) return false
    this.#waiting.push(one)
    return true
  }

  leave(one: InLine): void {
    const at = this.#waiting.indexOf(one)
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  /** Serves whoever can be served now. */
  serve(): void {
    // Serving may end something, and what ends serves again.
    if (this.#isServing || this.#waiting.length === 0) return
    this.#isServing = true
    try {
      for (const lane of lanes) this.#serveLane(lane)
    } finally {
      this.#isServing = false
    }
  }

  #serveLane(lane: Lane): void {
    const stuck = new Set<string>()
    for (;;) {
      if (!this.hasRoom) return
      const next = this.#next(lane, stuck)
      if (next === undefined) return
      if (next.serve()) this.leave(next)
      else stuck.add(next.key)
    }
  }

  #next(lane: Lane, stuck: ReadonlySet<string>): InLine | undefined {
    let best: InLine | undefined
    for (const one of this.#waiting) {
      if (one.lane !== lane || stuck.has(one.key)) continue
      if (best === undefined || this.#hasLess(one, best)) best = one
    }
    return best
  }

  #hasLess(one: By, other: By): boolean {
    const byGroup = this.#of(one.group) - this.#of(other.group)
    if (byGroup !== 0) return byGroup < 0
    return this.#of(one.group, one.actingGroup) < this.#of(other.group, other.actingGroup)
  }

  /** The newest of the least urgent lane goes, or of the acting group that has most, if that is not the one who comes. */
  #makeRoom(comer: InLine): boolean {
    const waiting = this.#waitingOf(comer.group)
    const rank = (lane: Lane) => lanes.indexOf(lane)
    const share = (actingGroup: string) => waiting.filter((one) => one.actingGroup === actingGroup).length
    const victim = waiting
      .filter((one) => rank(one.lane) >= rank(comer.lane))
      .reduce<InLine | undefined>((worst, one) => {
        if (worst === undefined) return one
        const byLane = rank(one.lane) - rank(worst.lane)
        if (byLane !== 0) return byLane > 0 ? one : worst
        return share(one.actingGroup) >= share(worst.actingGroup) ? one : worst
      }, undefined)
    if (victim === undefined) return false
    const isMoreUrgent = rank(comer.lane) < rank(victim.lane)
    if (!isMoreUrgent && share(victim.actingGroup) <= share(comer.actingGroup) + 1) return false
    this.leave(victim)
    victim.evict()
    return true
  }

  #waitingOf(group: string): readonly InLine[] {
    return this.#waiting.filter((one) => one.group === group)
  }

  #of(group: string, actingGroup = ''): number {
    return this.#underWay.get(`${group} ${actingGroup}`) ?? 0
  }

  #count({ group, actingGroup }: By, change: number): void {
    this.#all += change
    for (const key of [`${group} `, `${group} ${actingGroup}`]) {
      const now = (this.#underWay.get(key) ?? 0) + change
      if (now === 0) this.#underWay.delete(key)
      else this.#underWay.set(key, now)
    }
  }
}
