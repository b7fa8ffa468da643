/**
 * Counts of devices, for the filters beside a list and for reports.
 *
 * @module
 */
import type { DeviceFacet, DeviceFilter, Store } from '@sallygate/store'

type Lists = Pick<Store, 'deviceList'>

/** A facet is counted as if nothing of it had been chosen: otherwise what was not chosen could not be. */
const without: Readonly<Record<DeviceFacet, keyof DeviceFilter | undefined>> = {
  state: 'states',
  compliant: 'compliant',
  platform: 'platforms',
  ownership: 'ownership',
  groupId: undefined,
}

export async function facetsOf({ deviceList }: Lists, filter: DeviceFilter, names: ReadonlyMap<string, string>) {
  const count = async (facet: DeviceFacet) => {
    const own = without[facet]
    const found = await deviceList.facet(facet, own === undefined ? filter : { ...filter, [own]: undefined })
    return found.map(({ value, count: devices }) => ({ value: String(value), count: devices }))
  }
  const compliant = (await count('compliant')).map((one) => ({ ...one, value: one.value === '1' ? 'true' : 'false' }))
  return {
    total: await deviceList.count(filter),
    state: await count('state'),
    compliant,
    platform: await count('platform'),
    ownership: await count('ownership'),
    group: (await count('groupId')).map((one) => ({ ...one, name: names.get(one.value) ?? '' })),
  }
}

/** Of enrolled devices. */
export async function randomMacsOf({ deviceList }: Lists, filter: DeviceFilter) {
  const platforms = await deviceList.macCounts({ ...filter, states: ['enrolled', 'wipePending'] })
  const sum = (of: 'devices' | 'withRandom' | 'onlyRandom' | 'withoutMac') =>
    platforms.reduce((total, one) => total + one[of], 0)
  return {
    devices: sum('devices'),
    withRandom: sum('withRandom'),
    onlyRandom: sum('onlyRandom'),
    withoutMac: sum('withoutMac'),
    platforms: platforms.map((one) => ({ ...one })),
  }
}
