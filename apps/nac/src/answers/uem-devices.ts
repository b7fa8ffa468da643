/**
 * Devices as clients of Workspace ONE's REST API name them, and as they are told of.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { NacAccount } from '@sallygate/domain'
import type { Selector, UemSource } from '@sallygate/protocol-workspace-one/server'
import type { Entry, Key } from '../read-model/device-index.ts'
import type { ReadModel } from '../read-model/read-model.ts'
import { readMacAddress } from './device-search.ts'

const keyOf = {
  macaddress: 'mac',
  udid: 'udid',
  serialnumber: 'serial',
  imeinumber: 'imei',
  uuid: 'guid',
} as const satisfies Readonly<Record<string, Key>>

export class UemDevices {
  readonly #model: () => ReadModel

  constructor(model: () => ReadModel) {
    this.#model = model
  }

  /** Enrolled ones first: a serial number may have been enrolled before. */
  find(account: NacAccount, { by, value }: Selector): readonly Entry[] {
    const model = this.#model()
    if (by === 'deviceid') return this.#byNumber(account, Number(value))
    if (by === 'easid') return []
    const wanted = by === 'macaddress' ? readMacAddress(value) : value.toLowerCase()
    if (wanted === undefined || wanted === '') return []
    const found = model.find(account, keyOf[by], wanted)
    return found.toSorted((a, b) => Number(b.device.registered) - Number(a.device.registered))
  }

  /** The number is the beginning of the id, so only those with this beginning can have it. */
  #byNumber(account: NacAccount, number: number): readonly Entry[] {
    const model = this.#model()
    const sees = model.sight(account)
    const place = Math.floor(number / 2 ** 17)
    const found: Entry[] = []
    for (const entry of model.devices.from(place)) {
      if (entry.place !== place) break
      if (numberOf(entry.device.guid) === number && sees(entry)) found.push(entry)
    }
    return found
  }

  source({ device }: Entry): UemSource {
    const groupName = this.#model().group(device.group)?.name ?? ''
    return { ...device, number: numberOf(device.guid), groupNumber: numberOf(device.group), groupName }
  }
}

/** 48 bits of an id: the same on every nac and after every restart, and still a whole number everywhere. */
export function numberOf(id: string): number {
  const hex = id.replaceAll('-', '').slice(0, 12)
  if (/^[0-9a-f]{12}$/.test(hex)) return Number.parseInt(hex, 16)
  return Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 12), 16)
}
