/**
 * The list of devices as somebody wants it: its columns, and which it is sorted by.
 *
 * @module
 */
import type { ListedDevice } from '../api/device-shapes.ts'
import type { Column } from '../parts/data-table.tsx'
import { deviceColumns, type DeviceColumn, type Look } from './device-columns.tsx'
import { sortedBy, type DeviceSearch } from './device-filter.ts'

export const usualColumns: readonly string[] = [
  'name',
  'compliant',
  'state',
  'userName',
  'platform',
  'model',
  'mac',
  'lastReportAt',
]

/** In the order of the table, whatever order they were chosen in; the name is always there. */
export function shownColumns(wanted: readonly string[]): readonly DeviceColumn[] {
  return deviceColumns.filter(({ name }) => name === 'name' || wanted.includes(name))
}

export function tableColumns(
  wanted: readonly string[],
  look: Look,
  search: DeviceSearch,
  onSearch: (search: DeviceSearch) => void,
): readonly Column<ListedDevice>[] {
  const sorted = search.sort ?? 'name'
  return shownColumns(wanted).map(({ title, sort, isNumber = false, cell }) => ({
    title,
    isNumber,
    cell: (device) => cell(device, look),
    sort: sort && {
      direction: sort === sorted ? (search.descending === undefined ? 'ascending' : 'descending') : undefined,
      onSort: () => onSearch(sortedBy(search, sort)),
    },
  }))
}
