/**
 * Counts of devices, for the filters beside a list and for reports.
 *
 * @module
 */
import { deviceFacets, type DeviceFacet, type DeviceFilter, type Store, type TalliedDevices } from '@sallygate/store'

type Lists = Pick<Store, 'deviceList'>

/** A filter with more to choose from helps nobody. */
const mostValues = 200

type Chosen = Readonly<Record<DeviceFacet, (row: TalliedDevices) => boolean>>

/** A facet is counted as if nothing of it had been chosen: otherwise what was not chosen could not be. */
export async function facetsOf({ deviceList }: Lists, filter: DeviceFilter, names: ReadonlyMap<string, string>) {
  const { states, compliant, platforms, ownership, ...rest } = filter
  const rows = await deviceList.tally(rest)
  const chosen: Chosen = {
    state: ({ state }) => (states === undefined ? state !== 'deleted' : states.some((one) => one === state)),
    compliant: (row) => compliant === undefined || row.compliant === Number(compliant),
    platform: ({ platform }) => platforms === undefined || platforms.includes(platform),
    ownership: (row) => ownership === undefined || row.ownership === ownership,
    groupId: () => true,
  }
  const fits = (row: TalliedDevices, but?: DeviceFacet) =>
    deviceFacets.every((facet) => facet === but || chosen[facet](row))
  const count = (facet: DeviceFacet) => {
    const counts = new Map<string, number>()
    for (const row of rows) {
      // Deleted ones are only counted where somebody asks for them.
      const isShown = facet !== 'state' || row.state !== 'deleted' || states?.includes('deleted') === true
      if (isShown && fits(row, facet)) counts.set(String(row[facet]), (counts.get(String(row[facet])) ?? 0) + row.count)
    }
    return [...counts]
      .map(([value, devices]) => ({ value, count: devices }))
      .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, mostValues)
  }
  return {
    total: rows.filter((row) => fits(row)).reduce((total, row) => total + row.count, 0),
    state: count('state'),
    compliant: count('compliant').map((one) => ({ ...one, value: one.value === '1' ? 'true' : 'false' })),
    platform: count('platform'),
    ownership: count('ownership'),
    group: count('groupId').map((one) => ({ ...one, name: names.get(one.value) ?? '' })),
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
