import { expect, test } from 'vitest'
import { filterQuery, isFiltered, readDeviceSearch, sortedBy } from './device-filter.ts'

test('an address says what is looked for, and what it does not know is left out', () => {
  const search = readDeviceSearch({
    search: 'ada',
    compliant: false,
    silentHours: 48,
    sort: 'user',
    to: '//evil',
    platform: {},
  })

  expect(search).toEqual({ search: 'ada', compliant: 'false', silentHours: '48', sort: 'user' })
  expect(readDeviceSearch({ sort: 'password', descending: 'no' })).toEqual({})
  expect(isFiltered(readDeviceSearch({ sort: 'user' }))).toBe(false)
})

test('the group always narrows what is asked', () => {
  expect(filterQuery('g', { search: 'x' })).toMatchObject({ group: 'g', search: 'x', compliant: '' })
})

test('a click sorts, the next one turns it around, and what is greatest comes first where that is meant', () => {
  expect(sortedBy({}, 'name')).toEqual({ sort: 'name', descending: 'true' })
  expect(sortedBy({ sort: 'name', descending: 'true' }, 'name')).toEqual({ sort: 'name' })
  expect(sortedBy({}, 'lastReport')).toEqual({ sort: 'lastReport', descending: 'true' })
  expect(sortedBy({ sort: 'lastReport', descending: 'true' }, 'user')).toEqual({ sort: 'user' })
})
