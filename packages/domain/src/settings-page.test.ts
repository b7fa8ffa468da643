import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  childPermissions,
  differences,
  resolvePage,
  type ChildPermission,
  type PathStep,
  type StoredPage,
} from './settings-page.ts'

const anyStored: fc.Arbitrary<StoredPage> = fc.record({
  mode: fc.constantFrom('inherit', 'override'),
  childPermission: fc.constantFrom(...childPermissions),
  values: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer()),
})
const anyPath = fc
  .array(fc.option(anyStored, { nil: undefined }), { minLength: 1, maxLength: 12 })
  .map((steps) => steps.map((stored, index): PathStep => ({ group: `g${index}`, stored })))
const defaults = { a: 0, b: 'b', z: true }

/** By the words of the rule, from the group upwards; slow and without a loop. */
function allowed(path: readonly PathStep[]): ChildPermission {
  const above = path.slice(0, -1)
  if (above.length === 0) return 'inheritOrOverride'
  if (allowed(above) === 'inheritOnly') return 'inheritOnly'
  return above.at(-1)?.stored?.childPermission ?? 'inheritOrOverride'
}

function valueOf(path: readonly PathStep[], field: string): { value: unknown; from: string } | undefined {
  const last = path.at(-1)
  const byDefault =
    field in defaults ? { value: (defaults as Record<string, unknown>)[field], from: 'default' } : undefined
  if (last === undefined) return byDefault
  const may = allowed(path)
  const overrides = may === 'overrideOnly' || (may === 'inheritOrOverride' && last.stored?.mode === 'override')
  if (!overrides) return valueOf(path.slice(0, -1), field)
  const own = last.stored?.mode === 'override' ? last.stored.values : {}
  return Object.hasOwn(own, field) ? { value: own[field], from: last.group } : byDefault
}

test('every value and where it comes from is what the rule says', () => {
  fc.assert(
    fc.property(anyPath, (path) => {
      const resolved = resolvePage(path, defaults)

      expect(resolved.permission).toBe(allowed(path))
      for (const field of ['a', 'b', 'c', 'z']) expect(resolved.values[field]).toEqual(valueOf(path, field))
    }),
    { numRuns: 500 },
  )
})

test('below a group that lets its children only inherit, no page below changes anything', () => {
  fc.assert(
    fc.property(anyStored, anyPath, (top, below) => {
      const head: PathStep = { group: 'top', stored: { ...top, childPermission: 'inheritOnly' } }

      const here = resolvePage([head], defaults)
      const there = resolvePage([head, ...below], defaults)

      expect(there.values).toEqual(here.values)
      expect(there.childPermission).toBe('inheritOnly')
    }),
  )
})

test('nothing differs from itself, and what differs is said with both ends', () => {
  fc.assert(
    fc.property(anyPath, (path) => {
      expect(differences(resolvePage(path, defaults), resolvePage(path, defaults))).toEqual([])
    }),
  )
  const stored = { mode: 'override', childPermission: 'inheritOrOverride', values: { a: 7 } } as const
  const [before, after] = [
    resolvePage([{ group: 'x', stored: undefined }], defaults),
    resolvePage([{ group: 'x', stored }], defaults),
  ]

  expect(differences(before, after)).toEqual([
    { field: 'a', before: { value: 0, from: 'default' }, after: { value: 7, from: 'x' } },
  ])
})
