/**
 * What a hostile relay can do to a cargo, one trick each.
 *
 * A tamper gets one cargo that passes and says what is delivered in its place. Tricks
 * keep what they need (to swap, to replay) in their own closure.
 *
 * @module
 */
import type { Address } from '@sallygate/hop'
import type { SeededRandom } from './seeded-random.ts'

/** A cargo between two peers, as the relay sees it. */
export interface PassingCargo {
  readonly from: Address
  readonly to: Address
  readonly token: string
  readonly ttlMs: number
  readonly cargo: Buffer
}

export interface Delivery extends PassingCargo {
  readonly afterMs?: number
}

export type Tamper = (passing: PassingCargo, random: SeededRandom) => readonly Delivery[]

export const honest: Tamper = (passing) => [passing]

export const drop: Tamper = () => []

export function delay(ms: number): Tamper {
  return (passing) => [{ ...passing, afterMs: ms }]
}

export function duplicate(times: number, gapMs = 0): Tamper {
  return (passing) => Array.from({ length: times + 1 }, (_, index) => ({ ...passing, afterMs: index * gapMs }))
}

/** Holds `count` cargos back and lets them go in random order. */
export function reorder(count: number): Tamper {
  const held: PassingCargo[] = []
  return (passing, random) => {
    held.push(passing)
    if (held.length < count) return []
    const batch = held.splice(0)
    return batch
      .map((cargo) => ({ cargo, rank: random.next() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ cargo }) => cargo)
  }
}

/** Two cargos for the same receiver trade contents; the first waits for the second. */
export function swap(): Tamper {
  const held = new Map<string, PassingCargo>()
  return (passing) => {
    const key = JSON.stringify(passing.to)
    const first = held.get(key)
    held.delete(key)
    if (first !== undefined) {
      return [
        { ...first, cargo: passing.cargo },
        { ...passing, cargo: first.cargo },
      ]
    }
    held.set(key, passing)
    return []
  }
}

/** Cuts `bytes` off the end; all but one byte at most. */
export function truncate(bytes: number): Tamper {
  return (passing) => [{ ...passing, cargo: passing.cargo.subarray(0, Math.max(1, passing.cargo.length - bytes)) }]
}

/** Appends what came before, or zeros for the first. */
export function concatenate(): Tamper {
  let previous: Buffer = Buffer.alloc(16)
  return (passing) => {
    const cargo = Buffer.concat([passing.cargo, previous])
    previous = passing.cargo
    return [{ ...passing, cargo }]
  }
}

/** Flips one bit: the given one, or a random one. */
export function flipBit(bit?: number): Tamper {
  return (passing, random) => {
    const cargo = Buffer.from(passing.cargo)
    const at = bit ?? random.below(cargo.length * 8)
    cargo[at >> 3] = (cargo[at >> 3] ?? 0) ^ (1 << (at & 7))
    return [{ ...passing, cargo }]
  }
}

/** Delivers something of our own beside every cargo. */
export function inject(forged: (passing: PassingCargo, random: SeededRandom) => Buffer): Tamper {
  return (passing, random) => [passing, { ...passing, cargo: forged(passing, random) }]
}

/** Delivers to somebody else. */
export function readdress(to: Address): Tamper {
  return (passing) => [{ ...passing, to }]
}

/** Says it came from somebody else. */
export function forgeSender(from: Address): Tamper {
  return (passing) => [{ ...passing, from }]
}

/** Sends a cargo back to where it came from. */
export const echo: Tamper = (passing) => [{ ...passing, to: passing.from, from: passing.to }]

/** Delivers every cargo and, with each, one that passed earlier. */
export function replayEarlier(): Tamper {
  const seen: PassingCargo[] = []
  return (passing, random) => {
    const earlier = seen[random.below(seen.length)]
    if (seen.length < 1000) seen.push(passing)
    return earlier === undefined ? [passing] : [passing, earlier]
  }
}

/** One trick for the cargos that `applies` picks, honesty for the others. */
export function only(applies: (passing: PassingCargo) => boolean, tamper: Tamper): Tamper {
  return (passing, random) => (applies(passing) ? tamper(passing, random) : [passing])
}

/** One trick after the other. */
export function all(...tampers: readonly Tamper[]): Tamper {
  return (passing, random) =>
    tampers.reduce<readonly Delivery[]>(
      (deliveries, tamper) =>
        deliveries.flatMap((delivery) =>
          tamper(delivery, random).map((next) => ({ ...next, afterMs: (next.afterMs ?? 0) + (delivery.afterMs ?? 0) })),
        ),
      [passing],
    )
}
