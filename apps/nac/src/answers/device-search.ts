/**
 * Searches for one device, whichever words a protocol has for it.
 *
 * @module
 */
import type { NacAccount } from '@sallygate/domain'
import { readMacAddress, type DeviceQuery } from '@sallygate/protocol-ise-mdm/server'
import type { Entry, Key } from '../read-model/device-index.ts'
import type { ReadModel } from '../read-model/read-model.ts'

const keyOf = {
  macaddress: 'mac',
  username: 'username',
  meid: 'meid',
  udid: 'udid',
  imei: 'imei',
  guid: 'guid',
  guidhn: 'hostName',
  serialnumber: 'serial',
} as const satisfies Readonly<Record<string, Key>>

/** Registered devices only: what was wiped or left is told as if it had never been here (contract 3.5). */
export function findRegistered(model: ReadModel, account: NacAccount, query: DeviceQuery): readonly Entry[] {
  if (query.by === 'all' || query.by === 'compliance' || query.by === 'malformed' || query.by === 'unknown') return []
  return model.find(account, keyOf[query.by], query.value).filter(({ device }) => device.registered)
}

export { readMacAddress }
