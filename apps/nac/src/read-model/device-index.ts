/**
 * Devices in memory, found by whatever a NAC knows of them.
 *
 * An order of their own, made from the id and so the same after a restart and on
 * every nac, lets a client walk through pages while devices come and go.
 *
 * @module
 */
import type { NacDevice } from '@sallygate/domain'
import { KeyTable } from './key-table.ts'

export interface Entry {
  readonly device: NacDevice
  /** Place in the order; 31 bits of the id. Two devices may share one. */
  readonly place: number
}

export type Key = 'mac' | 'guid' | 'serial' | 'udid' | 'imei' | 'meid' | 'username' | 'hostName'

const keysOf: Readonly<Record<Key, (device: NacDevice) => readonly (string | undefined)[]>> = {
  mac: ({ macs }) => macs,
  guid: ({ guid }) => [guid],
  serial: ({ serial }) => [serial?.toLowerCase()],
  udid: ({ udid }) => [udid?.toLowerCase()],
  imei: ({ imei }) => [imei?.replaceAll(/[\s-]/g, '')],
  meid: ({ meid }) => [meid?.toLowerCase()],
  username: ({ username }) => [username?.toLowerCase()],
  hostName: ({ hostName }) => [hostName?.toLowerCase()],
}

const keys = Object.keys(keysOf) as readonly Key[]

const kindOf = Object.fromEntries(keys.map((key, kind) => [key, kind])) as Readonly<Record<Key, number>>

/** With its place in the table of keys, by which it is removed. */
interface Held extends Entry {
  number: number
}

export class DeviceIndex {
  /** A key may lead to several devices: a dock's address is that of whoever uses the dock. */
  readonly #byKey = new KeyTable<Held>({ of: keysIn, has: hasKey })
  readonly #all = new OrderedEntries()
  readonly #nonCompliant = new OrderedEntries()

  get size(): number {
    return this.#all.size
  }

  get nonCompliant(): number {
    return this.#nonCompliant.size
  }

  /** In the order, where there are several. */
  find(key: Key, value: string): readonly Entry[] {
    const found = this.#byKey.find(kindOf[key], value)
    return found.length < 2 ? found : found.toSorted(inOrder)
  }

  put(device: NacDevice): void {
    this.remove(device.guid)
    const entry: Held = { device, place: placeOf(device.guid), number: 0 }
    entry.number = this.#byKey.add(entry)
    this.#all.add(entry)
    if (isNonCompliant(device)) this.#nonCompliant.add(entry)
  }

  remove(guid: string): void {
    const [entry] = this.#byKey.find(kindOf.guid, guid)
    if (entry === undefined) return
    this.#byKey.remove(entry.number)
    this.#all.remove(entry)
    if (isNonCompliant(entry.device)) this.#nonCompliant.remove(entry)
  }

  /** In the order, from a place on. */
  from(place: number): Iterable<Entry> {
    return this.#all.from(place)
  }

  nonCompliantFrom(place: number): Iterable<Entry> {
    return this.#nonCompliant.from(place)
  }
}

function* keysIn({ device }: Entry): Generator<readonly [kind: number, value: string]> {
  for (const key of keys)
    for (const value of keysOf[key](device)) if (value !== undefined && value !== '') yield [kindOf[key], value]
}

function hasKey({ device }: Entry, kind: number, value: string): boolean {
  const key = keys[kind]
  return key !== undefined && keysOf[key](device).includes(value)
}

/** An unregistered device is nobody's business: it is not in the network's lists at all. */
function isNonCompliant({ registered, compliant }: NacDevice): boolean {
  return registered && compliant !== true
}

/** From 0; ids are random, so places are spread. */
export function placeOf(guid: string): number {
  return Number.parseInt(guid.slice(0, 8), 16) >>> 1
}

/**
 * Entries by place. Added ones wait in a heap of their own until somebody looks, so that
 * a hundred thousand can be loaded without a hundred thousand insertions.
 */
class OrderedEntries {
  #sorted: Entry[] = []
  #added: Entry[] = []
  readonly #removed = new Set<Entry>()

  get size(): number {
    return this.#sorted.length + this.#added.length - this.#removed.size
  }

  add(entry: Entry): void {
    this.#added.push(entry)
  }

  remove(entry: Entry): void {
    this.#removed.add(entry)
  }

  *from(place: number): Generator<Entry> {
    const sorted = this.#settle()
    for (let at = firstAt(sorted, place); at < sorted.length; at++) yield sorted[at] as Entry
  }

  #settle(): readonly Entry[] {
    if (this.#added.length === 0 && this.#removed.size === 0) return this.#sorted
    const added = this.#added.filter((entry) => !this.#removed.has(entry)).toSorted(inOrder)
    const kept = this.#removed.size === 0 ? this.#sorted : this.#sorted.filter((entry) => !this.#removed.has(entry))
    this.#sorted = kept.length === 0 ? added : added.length === 0 ? kept : merge(kept, added)
    this.#added = []
    this.#removed.clear()
    return this.#sorted
  }
}

function inOrder(a: Entry, b: Entry): number {
  return a.place - b.place || (a.device.guid < b.device.guid ? -1 : 1)
}

function merge(a: readonly Entry[], b: readonly Entry[]): Entry[] {
  const merged: Entry[] = []
  let at = 0
  for (const entry of b) {
    while (at < a.length && inOrder(a[at] as Entry, entry) < 0) merged.push(a[at++] as Entry)
    merged.push(entry)
  }
  while (at < a.length) merged.push(a[at++] as Entry)
  return merged
}

function firstAt(sorted: readonly Entry[], place: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as Entry).place < place) low = middle + 1
    else high = middle
  }
  return low
}
