import { expect, test } from 'vitest'
import { resourceRows, rightsIn, toggled } from './rights.ts'

test('rights are one row per resource, and one nobody has worded is still there', () => {
  const rows = resourceRows(['status:read', 'status:edit', 'new-thing:read'])

  expect(rows.map(({ title }) => title)).toEqual(['Status', 'new-thing'])
})

test('to change brings to see along, and not to see takes to change away', () => {
  expect([...toggled(new Set(), 'roles', 'edit', true)]).toEqual(['roles:read', 'roles:edit'])
  expect([...toggled(new Set(['roles:read', 'roles:edit']), 'roles', 'read', false)]).toEqual([])
  expect([...toggled(new Set(['roles:read', 'roles:edit']), 'roles', 'edit', false)]).toEqual(['roles:read'])
})

test('a grant counts in its group and below, and one without a group everywhere', () => {
  const grants = [{ group: 'a', resources: ['roles:read'] }, { resources: ['status:read'] }]

  expect([...rightsIn({ grants }, ['a', 'b'])]).toEqual(['roles:read', 'status:read'])
  expect([...rightsIn({ grants }, ['c'])]).toEqual(['status:read'])
})
