/**
 * The key table: which entries have a key, in four bytes or so for each.
 *
 * A map for each kind of key would hold every key a second time, and the collector would
 * look at all of them again and again. Here a slot says only where an entry is; whether it
 * has the key is asked of the entry. Open addressing, linear probing; several entries may
 * have one key.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'

export interface Keys<T> {
  /** Every key of an entry, with the number of its kind. */
  readonly of: (entry: T) => Iterable<readonly [kind: number, value: string]>
  readonly has: (entry: T, kind: number, value: string) => boolean
}

const empty = 0
/** Something was here, and what was put in after it may stand behind it. */
const gone = -1
const fewestSlots = 64
const none: readonly never[] = []

export class KeyTable<T> {
  readonly #keys: Keys<T>
  /** Nobody who chooses names can know it, and so choose ones that all begin at one slot. */
  readonly #seed = randomBytes(4).readInt32LE()
  /** Numbers of entries. A power of two, at most half of it taken. */
  #slots = new Int32Array(fewestSlots)
  #taken = 0
  #live = 0
  /** By number, from 1. */
  readonly #entries: (T | undefined)[] = [undefined]
  readonly #free: number[] = []

  constructor(keys: Keys<T>) {
    this.#keys = keys
  }

  /** @returns the number by which it is removed again. */
  add(entry: T): number {
    const keys = [...this.#keys.of(entry)]
    if (2 * (this.#taken + keys.length) > this.#slots.length) this.#rebuild(keys.length)
    const number = this.#free.pop() ?? this.#entries.length
    this.#entries[number] = entry
    for (const [kind, value] of keys) this.#put(number, kind, value)
    return number
  }

  remove(number: number): void {
    const entry = this.#entries[number]
    if (entry === undefined) return
    // Slots of one entry may stand in for each other: each key takes away one that it comes by.
    for (const [kind, value] of this.#keys.of(entry)) this.#take(number, kind, value)
    this.#entries[number] = undefined
    this.#free.push(number)
  }

  /** In no order. */
  find(kind: number, value: string): readonly T[] {
    const slots = this.#slots
    const mask = slots.length - 1
    let found: T[] | undefined
    for (let at = this.#hash(kind, value) & mask; ; at = (at + 1) & mask) {
      const slot = slots[at] as number
      if (slot === empty) return found ?? none
      const entry = slot === gone ? undefined : this.#entries[slot]
      if (entry === undefined || !this.#keys.has(entry, kind, value)) continue
      if (found === undefined) found = [entry]
      else if (!found.includes(entry)) found.push(entry)
    }
  }

  #put(number: number, kind: number, value: string): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let at = this.#hash(kind, value) & mask
    while (slots[at] !== empty) at = (at + 1) & mask
    slots[at] = number
    this.#taken++
    this.#live++
  }

  #take(number: number, kind: number, value: string): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let at = this.#hash(kind, value) & mask
    while (slots[at] !== number) {
      if (slots[at] === empty) return
      at = (at + 1) & mask
    }
    slots[at] = gone
    this.#live--
  }

  /** Without what is gone, and with room for as much again. */
  #rebuild(more: number): void {
    let length = fewestSlots
    while (length < 4 * (this.#live + more)) length *= 2
    this.#slots = new Int32Array(length)
    this.#taken = 0
    this.#live = 0
    for (const [number, entry] of this.#entries.entries()) {
      if (entry === undefined) continue
      for (const [kind, value] of this.#keys.of(entry)) this.#put(number, kind, value)
    }
  }

  /** FNV-1a, and a last mixing, since the slots are chosen by the lowest bits. */
  #hash(kind: number, value: string): number {
    let hash = this.#seed ^ kind
    for (let at = 0; at < value.length; at++) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    return hash ^ (hash >>> 13)
  }
}
