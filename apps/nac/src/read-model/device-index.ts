/**
 * Devices in memory, found by whatever a NAC knows of them.
 *
 * An order of their own, made from the id and so the same after a restart and on
 * every nac, lets a client walk through pages while devices come and go.
 *
 * @module
 */
import type { NacDevice } from '@sallygate/domain'

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

/** A key may lead to several devices: a dock's address is that of whoever uses the dock. */
type Found = Entry | readonly Entry[]

export class DeviceIndex {
  readonly #by: Readonly<Record<Key, Map<string, Found>>>
  readonly #all = new OrderedEntries()
  readonly #nonCompliant = new OrderedEntries()

  constructor() {
    this.#by = Object.fromEntries(keys.map((key) => [key, new Map()])) as never
  }

  get size(): number {
    return this.#by.guid.size
  }

  get nonCompliant(): number {
    return this.#nonCompliant.size
  }

  find(key: Key, value: string): readonly Entry[] {
    const found = this.#by[key].get(value)
    return found === undefined ? [] : isOne(found) ? [found] : found
  }

  put(device: NacDevice): void {
    this.remove(device.guid)
    const entry: Entry = { device, place: placeOf(device.guid) }
    for (const key of keys) for (const value of keysOf[key](device)) this.#add(key, value, entry)
    this.#all.add(entry)
    if (isNonCompliant(device)) this.#nonCompliant.add(entry)
  }

  remove(guid: string): void {
    const [entry] = this.find('guid', guid)
    if (entry === undefined) return
    for (const key of keys) for (const value of keysOf[key](entry.device)) this.#drop(key, value, entry)
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

  #add(key: Key, value: string | undefined, entry: Entry): void {
    if (value === undefined || value === '') return
    const map = this.#by[key]
    const found = map.get(value)
    if (found === undefined) map.set(value, entry)
    else if (!isOne(found)) map.set(value, found.includes(entry) ? found : [...found, entry])
    else if (found !== entry) map.set(value, [found, entry])
  }

  #drop(key: Key, value: string | undefined, entry: Entry): void {
    const found = value === undefined ? undefined : this.#by[key].get(value)
    if (value === undefined || found === undefined) return
    const left = isOne(found) ? (found === entry ? [] : [found]) : found.filter((one) => one !== entry)
    const [first] = left
    if (first === undefined) this.#by[key].delete(value)
    else this.#by[key].set(value, left.length === 1 ? first : left)
  }
}

function isOne(found: Found): found is Entry {
  return !Array.isArray(found)
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
