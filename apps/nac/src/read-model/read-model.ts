/**
 * The read-model: all that nac knows, and nothing else is asked.
 *
 * Built from records of the console's feed, whether they come from the file or from
 * the wire. Who may see what is decided here, so that no answer can forget to ask.
 *
 * @module
 */
import {
  GroupTree,
  type NacAccount,
  type NacEntry,
  type NacFacts,
  type NacGroup,
  type NacRecord,
} from '@sallygate/domain'
import { DeviceIndex, type Entry, type Key } from './device-index.ts'

export interface Cursor {
  /** Which history the numbers are of. */
  readonly epoch: string
  readonly through: number
  /** When the console said so: the age of all answers. */
  readonly asOfMs: number
}

/** What holds until the console has said something else. */
const untold: NacFacts = {
  id: 'nac',
  redirectUrl: '',
  queryMaxSize: 1000,
  serverBusyWaitSeconds: 0,
  messaging: true,
  fullWipe: false,
  actionsPerMinute: 60,
  missesPerMinute: 6000,
}

export class ReadModel {
  readonly devices = new DeviceIndex()
  readonly #groups = new Map<string, NacGroup>()
  readonly #accounts = new Map<string, NacAccount>()
  readonly #byUser = new Map<string, NacAccount>()
  /** Groups at and below one, made when first asked for after a change of the tree. */
  readonly #within = new Map<string, ReadonlySet<string>>()
  #facts = untold
  #cursor: Cursor | undefined
  #accountsVersion = 0

  /** Absent: nothing was ever read, and nothing can be said. */
  get cursor(): Cursor | undefined {
    return this.#cursor
  }

  get facts(): NacFacts {
    return this.#facts
  }

  /** Rises with every change of an account: what was concluded from an older one is worthless. */
  get accountsVersion(): number {
    return this.#accountsVersion
  }

  account(id: string): NacAccount | undefined {
    return this.#accounts.get(id)
  }

  accountOf(user: string): NacAccount | undefined {
    return this.#byUser.get(userKey(user))
  }

  get accounts(): Iterable<NacAccount> {
    return this.#accounts.values()
  }

  group(id: string): NacGroup | undefined {
    return this.#groups.get(id)
  }

  groupsSeenBy({ group }: Pick<NacAccount, 'group'>): readonly NacGroup[] {
    const within = group === undefined ? undefined : this.#groupsWithin(group)
    return [...this.#groups.values()].filter(({ id }) => within === undefined || within.has(id))
  }

  /** What an account sees of the devices with this key. */
  find(viewer: Pick<NacAccount, 'group'>, key: Key, value: string): readonly Entry[] {
    const found = this.devices.find(key, value)
    return viewer.group === undefined || found.length === 0 ? found : found.filter(this.sight(viewer))
  }

  /** Whether an account sees a device: for lists that are filtered anyway. */
  sight({ group }: Pick<NacAccount, 'group'>): (entry: Entry) => boolean {
    if (group === undefined) return () => true
    const within = this.#groupsWithin(group)
    return ({ device }) => within.has(device.group)
  }

  apply(record: NacRecord): void {
    if (record.kind === 'device') {
      if (record.value === undefined) this.devices.remove(record.id)
      else this.devices.put(record.value)
    } else if (record.kind === 'account') this.#applyAccount(record.id, record.value)
    else if (record.kind === 'group') {
      if (record.value === undefined) this.#groups.delete(record.id)
      else this.#groups.set(record.id, record.value)
      this.#within.clear()
    } else this.#facts = record.value ?? untold
  }

  applyPage(records: readonly NacEntry[], cursor: Cursor): void {
    for (const record of records) this.apply(record)
    this.#cursor = cursor
  }

  /** Every record that makes this model anew, for a file without history. */
  *records(): Generator<NacRecord> {
    for (const value of this.#groups.values()) yield { kind: 'group', id: value.id, value }
    if (this.#facts !== untold) yield { kind: 'settings', id: 'nac', value: this.#facts }
    for (const value of this.#accounts.values()) yield { kind: 'account', id: value.id, value }
    for (const { device } of this.devices.from(0)) yield { kind: 'device', id: device.guid, value: device }
  }

  #applyAccount(id: string, value: NacAccount | undefined): void {
    const before = this.#accounts.get(id)
    if (before !== undefined) this.#byUser.delete(userKey(before.user))
    this.#accountsVersion++
    if (value === undefined) this.#accounts.delete(id)
    else {
      this.#accounts.set(id, value)
      this.#byUser.set(userKey(value.user), value)
    }
  }

  #groupsWithin(top: string): ReadonlySet<string> {
    const known = this.#within.get(top)
    if (known !== undefined) return known
    const tree = new GroupTree([...this.#groups.values()].map(({ id, parent }) => ({ id, parent })))
    const within = new Set(tree.subtree(top).map(({ id }) => id))
    this.#within.set(top, within)
    return within
  }
}

function userKey(user: string): string {
  return user.normalize('NFC').toLowerCase()
}
