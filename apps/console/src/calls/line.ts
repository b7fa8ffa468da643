/**
 * The line: who is served next when there is not room for all.
 *
 * The more urgent lane first; within it the connector group that has least under way, then
 * the acting group that has least, then who came first. So one group that floods waits for
 * itself, and a synchronization never stands in front of a sign-in.
 *
 * A thousand may stand in it while a relay is started again, and each of them comes and goes:
 * nothing here looks at all of them for one.
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

export type By = Pick<InLine, 'group' | 'actingGroup'>

/** What one group has, in all or for one acting group. */
interface Account {
  underWay: number
  waiting: number
}

/** Those of one lane, acting group and key, in the order they came. */
interface Queue {
  readonly lane: Lane
  readonly key: string
  readonly ofGroup: Account
  readonly ofActing: Account
  /** With the number each came with. */
  readonly members: Map<InLine, number>
}

export class Line {
  readonly #bounds: LineBounds
  readonly #accounts = new Map<string, Account>()
  readonly #queues = new Map<string, Queue>()
  readonly #places = new Map<InLine, Queue>()
  #comers = 0
  #all = 0
  #isServing = false

  constructor(bounds: LineBounds) {
    this.#bounds = bounds
  }

  get length(): number {
    return this.#places.size
  }

  get hasRoom(): boolean {
    return this.#all < this.#bounds.mostUnderWay
  }

  /** Whether the group has more under way and waiting than it may. */
  isFull(group: string): boolean {
    const { underWay = 0, waiting = 0 } = this.#accounts.get(nameOf({ group })) ?? {}
    return underWay + waiting >= this.#bounds.mostPerGroup
  }

  /** Whether somebody waits whom this one must not overtake. */
  isBehind(comer: InLine): boolean {
    const rank = lanes.indexOf(comer.lane)
    for (const { key, lane, members } of this.#queues.values()) {
      if (key !== comer.key || lanes.indexOf(lane) > rank) continue
      if (members.size > (members.has(comer) ? 1 : 0)) return true
    }
    return false
  }

  began(by: By): void {
    this.#count(by, 'underWay', 1)
    this.#all++
  }

  ended(by: By): void {
    this.#count(by, 'underWay', -1)
    this.#all--
    this.serve()
  }

  /** @returns false when the group has as much waiting as it may, and nobody of it gives way to this one. */
  join(one: InLine): boolean {
    if (this.isFull(one.group) && !this.#makeRoom(one)) return false
    this.#count(one, 'waiting', 1)
    const queue = this.#queueFor(one)
    queue.members.set(one, this.#comers++)
    this.#places.set(one, queue)
    return true
  }

  leave(one: InLine): void {
    const queue = this.#places.get(one)
    if (queue === undefined) return
    this.#places.delete(one)
    queue.members.delete(one)
    if (queue.members.size === 0) this.#queues.delete(queueName(one))
    this.#count(one, 'waiting', -1)
  }

  /** Serves whoever can be served now. */
  serve(): void {
    // Serving may end something, and what ends serves again.
    if (this.#isServing || this.length === 0) return
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
    let best: Queue | undefined
    for (const queue of this.#queues.values()) {
      if (queue.lane !== lane || stuck.has(queue.key)) continue
      if (best === undefined || isBefore(queue, best)) best = queue
    }
    return best?.members.keys().next().value
  }

  /** The newest of the least urgent lane goes, or of the acting group that has most, if that is not the one who comes. */
  #makeRoom(comer: InLine): boolean {
    const victim = this.#victimOf(comer)
    if (victim === undefined) return false
    const isMoreUrgent = lanes.indexOf(comer.lane) < lanes.indexOf(victim.queue.lane)
    const share = this.#accounts.get(nameOf(comer))?.waiting ?? 0
    if (!isMoreUrgent && victim.queue.ofActing.waiting <= share + 1) return false
    this.leave(victim.one)
    victim.one.evict()
    return true
  }

  #victimOf(comer: InLine): { readonly queue: Queue; readonly one: InLine } | undefined {
    const ofGroup = this.#accounts.get(nameOf({ group: comer.group }))
    let found: { queue: Queue; one: InLine; number: number } | undefined
    for (const queue of this.#queues.values()) {
      if (queue.ofGroup !== ofGroup || lanes.indexOf(queue.lane) < lanes.indexOf(comer.lane)) continue
      if (found !== undefined && gives(queue, found.queue) < 0) continue
      const [one, number] = lastOf(queue.members)
      if (found === undefined || gives(queue, found.queue) > 0 || number > found.number) found = { queue, one, number }
    }
    return found
  }

  #queueFor(one: InLine): Queue {
    const name = queueName(one)
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const { lane, key, group } = one
    const made = {
      lane,
      key,
      ofGroup: this.#account(nameOf({ group })),
      ofActing: this.#account(nameOf(one)),
      members: new Map(),
    }
    this.#queues.set(name, made)
    return made
  }

  #account(name: string): Account {
    const known = this.#accounts.get(name)
    if (known !== undefined) return known
    const made = { underWay: 0, waiting: 0 }
    this.#accounts.set(name, made)
    return made
  }

  #count(by: By, what: keyof Account, change: number): void {
    for (const name of [nameOf({ group: by.group }), nameOf(by)]) {
      const account = this.#account(name)
      account[what] += change
      if (account.underWay === 0 && account.waiting === 0) this.#accounts.delete(name)
    }
  }
}

const nameOf = ({ group, actingGroup = '' }: { readonly group: string; readonly actingGroup?: string }) =>
  `${group} ${actingGroup}`

const queueName = (one: InLine) => `${one.lane} ${one.actingGroup} ${one.key}`

function isBefore(one: Queue, other: Queue): boolean {
  const byGroup = one.ofGroup.underWay - other.ofGroup.underWay
  if (byGroup !== 0) return byGroup < 0
  const byActing = one.ofActing.underWay - other.ofActing.underWay
  if (byActing !== 0) return byActing < 0
  return firstNumber(one) < firstNumber(other)
}

const firstNumber = ({ members }: Queue) => members.values().next().value ?? 0

/** Above zero: the first gives way before the second. */
function gives(one: Queue, other: Queue): number {
  return lanes.indexOf(one.lane) - lanes.indexOf(other.lane) || one.ofActing.waiting - other.ofActing.waiting
}

function lastOf(members: ReadonlyMap<InLine, number>): readonly [InLine, number] {
  let last: readonly [InLine, number] | undefined
  for (const entry of members) last = entry
  if (last === undefined) throw new Error('a queue nobody stands in')
  return last
}
