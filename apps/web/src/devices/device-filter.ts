/**
 * What is looked for among devices: as it stands in the address of the page, and as the API takes it.
 *
 * @module
 */

export const filterNames = [
  'search',
  'state',
  'compliant',
  'platform',
  'ownership',
  'source',
  'failing',
  'randomMac',
  'silentHours',
] as const
export type FilterName = (typeof filterNames)[number]

export const sorts = [
  ['name', 'Name'],
  ['lastReport', 'Last report'],
  ['enrolled', 'Enrolled'],
  ['compliance', 'Compliance'],
  ['failing', 'Failing rules'],
  ['user', 'User'],
  ['model', 'Model'],
  ['platform', 'Platform'],
  ['osVersion', 'System version'],
  ['serial', 'Serial number'],
  ['state', 'State'],
] as const
export type Sort = (typeof sorts)[number][0]

export type DeviceFilter = { readonly [N in FilterName]?: string }

export interface DeviceSearch extends DeviceFilter {
  readonly sort?: Sort
  readonly descending?: 'true'
}

/** Whatever somebody wrote into the address: what is not known is left out. */
export function readDeviceSearch(given: Readonly<Record<string, unknown>>): DeviceSearch {
  const filters = filterNames.flatMap((name) => {
    const value = given[name]
    const text =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
    return text === '' || text.length > 1000 ? [] : [[name, text] as const]
  })
  const sort = sorts.find(([name]) => name === given['sort'])?.[0]
  const isDescending = String(given['descending']) === 'true'
  return {
    ...Object.fromEntries(filters),
    ...(sort === undefined ? {} : { sort }),
    ...(isDescending ? { descending: 'true' as const } : {}),
  }
}

/** For the API; the group and all below it. */
export function filterQuery(group: string, search: DeviceSearch): Readonly<Record<string, string>> {
  const filters = filterNames.map((name) => [name, search[name] ?? ''] as const)
  return { group, ...Object.fromEntries(filters) }
}

export function orderQuery({ sort, descending }: DeviceSearch): Readonly<Record<string, string>> {
  return { sort: sort ?? '', descending: descending ?? '' }
}

/** A second click turns it around; numbers and times begin with the greatest. */
export function sortedBy(search: DeviceSearch, sort: Sort): DeviceSearch {
  const { descending, ...rest } = search
  const isSame = (search.sort ?? 'name') === sort
  const startsDescending = sort === 'failing' || sort === 'lastReport' || sort === 'enrolled'
  const isDescending = isSame ? descending === undefined : startsDescending
  return { ...rest, sort, ...(isDescending ? { descending: 'true' as const } : {}) }
}

export function isFiltered(search: DeviceSearch): boolean {
  return filterNames.some((name) => search[name] !== undefined)
}
