/**
 * A hostile relay, as a pipe in memory: everything a box in the middle can do.
 *
 * It holds what is sent until a test says what becomes of it. What it writes
 * down in `view` is all that a relay learns.
 *
 * @module
 */

export interface Passing<Address> {
  readonly to: Address
  readonly cargo: Buffer
}

export class HostilePipe<Address = string> {
  readonly #deliver: (to: Address, cargo: Buffer) => void
  readonly #held: Passing<Address>[] = []
  /** Recipient and size of everything that was ever sent through here. */
  readonly view: { readonly to: Address; readonly length: number }[] = []

  constructor(deliver: (to: Address, cargo: Buffer) => void) {
    this.#deliver = deliver
  }

  send(to: Address, cargo: Uint8Array): void {
    this.view.push({ to, length: cargo.length })
    this.#held.push({ to, cargo: Buffer.from(cargo) })
  }

  /** What waits here, oldest first. Delivering does not remove it: recordings are for ever. */
  get held(): readonly Passing<Address>[] {
    return this.#held
  }

  at(index: number): Passing<Address> {
    const passing = this.#held.at(index)
    if (passing === undefined) throw new Error(`nothing was sent as number ${index}`)
    return passing
  }

  /** Delivers what was sent as these numbers, in this order; a number given twice is a replay. */
  deliver(...indexes: readonly number[]): void {
    for (const index of indexes) this.inject(this.at(index).to, this.at(index).cargo)
  }

  /** Delivers to somebody else. */
  readdress(index: number, to: Address): void {
    this.inject(to, this.at(index).cargo)
  }

  /** Delivers two messages, each to the recipient of the other. */
  swap(first: number, second: number): void {
    this.inject(this.at(second).to, this.at(first).cargo)
    this.inject(this.at(first).to, this.at(second).cargo)
  }

  /** Delivers an altered copy. */
  alter(index: number, change: (cargo: Buffer) => Uint8Array): void {
    this.inject(this.at(index).to, change(Buffer.from(this.at(index).cargo)))
  }

  /** Delivers anything to anybody. */
  inject(to: Address, cargo: Uint8Array): void {
    this.#deliver(to, Buffer.from(cargo))
  }

  drop(index: number): void {
    this.#held.splice(this.#held.indexOf(this.at(index)), 1)
  }
}

/** Bits are numbered from the highest of the first byte. */
export function flipBit(cargo: Uint8Array, bit: number): Buffer {
  const flipped = Buffer.from(cargo)
  const at = bit >> 3
  flipped[at] = (flipped[at] ?? 0) ^ (0x80 >> (bit & 7))
  return flipped
}

/** Replaces bytes in place. */
export function overwrite(cargo: Uint8Array, at: number, bytes: Uint8Array): Buffer {
  const changed = Buffer.from(cargo)
  changed.set(bytes, at)
  return changed
}
