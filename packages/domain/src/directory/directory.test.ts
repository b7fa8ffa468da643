import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  differenceOf,
  isFullDue,
  isRunDue,
  memberDifference,
  nextRunMs,
  objectText,
  parentKey,
  shownName,
  transitiveMembers,
  trippedBy,
  type DirectoryObject,
} from './index.ts'

const anyFields = fc.dictionary(
  fc.constantFrom('login', 'mail', 'displayName', 'phone', 'x'),
  fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 }),
)
const anyObject: fc.Arbitrary<DirectoryObject> = fc.record({
  kind: fc.constant('user' as const),
  id: fc.uuid(),
  dn: fc.constantFrom('uid=a,ou=x', 'uid=b,ou=x', 'uid=a,ou=y'),
  key: fc.constantFrom('uid=a,ou=x', 'uid=b,ou=x', 'uid=a,ou=y'),
  fields: anyFields,
  isDisabled: fc.boolean(),
  isLocked: fc.boolean(),
  mustChangePassword: fc.boolean(),
  expiresAtMs: fc.option(fc.nat(), { nil: undefined }),
  sid: fc.option(fc.constantFrom('S-1', 'S-2'), { nil: undefined }),
  primarySid: fc.constant(undefined),
})

describe('objects', () => {
  test('two objects have one text exactly where nothing differs', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (before, after) => {
        // The order of values is nobody's, and the text is made of sorted ones.
        const sorted = (one: DirectoryObject) => ({
          ...one,
          fields: Object.fromEntries(Object.entries(one.fields).map(([name, values]) => [name, values.toSorted()])),
        })
        const [a, b] = [sorted(before), sorted(after)]

        expect(objectText(a) === objectText(b)).toBe(differenceOf(a, b) === undefined)
        expect(differenceOf(a, a)).toBeUndefined()
      }),
    )
  })

  test('the order in which fields and values come is no difference', () => {
    fc.assert(
      fc.property(anyObject, (object) => {
        const turned = Object.fromEntries(
          Object.entries(object.fields)
            .toReversed()
            .map(([name, values]) => [name, values.toReversed()]),
        )

        expect(differenceOf(object, { ...object, fields: turned })).toBeUndefined()
      }),
    )
  })

  test('a disabled account counts as disabled, wherever it was moved', () => {
    const [before] = fc.sample(anyObject, 1) as [DirectoryObject]
    const at = (key: string, isDisabled: boolean) => ({ ...before, key, dn: key, isDisabled })

    expect(differenceOf(at('uid=a,ou=x', false), at('uid=a,ou=y', true))?.change).toBe('disabled')
    expect(differenceOf(at('uid=a,ou=x', true), at('uid=a,ou=y', true))?.change).toBe('moved')
    expect(differenceOf(at('uid=a,ou=x', true), at('uid=b,ou=x', true))?.change).toBe('changed')
  })

  test('a comma in a name ends no name', () => {
    expect(parentKey(String.raw`cn=smith\, j,ou=people,dc=test`)).toBe('ou=people,dc=test')
    expect(parentKey(String.raw`cn=back\\,ou=people`)).toBe('ou=people')
    expect(parentKey('dc=test')).toBe('')
  })

  test('somebody without a display name is called by the next best', () => {
    expect(shownName({ dn: 'uid=a', fields: { displayName: [' '], login: ['ada'] } })).toBe('ada')
    expect(shownName({ dn: 'uid=a', fields: {} })).toBe('uid=a')
  })
})

describe('members', () => {
  const anySet = fc.uniqueArray(fc.nat(30), { maxLength: 20 }).map((all) => new Set(all.map(String)))

  test('who joined and who left make the one set out of the other', () => {
    fc.assert(
      fc.property(anySet, anySet, (before, after) => {
        const { added, removed } = memberDifference(before, after)

        expect(before.size + added - removed).toBe(after.size)
        expect(added).toBe(after.difference(before).size)
      }),
    )
  })

  test('the closure of any graph ends, holds all direct members, and is closed', () => {
    const anyGraph = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 60 })
    fc.assert(
      fc.property(anyGraph, fc.nat(12), (edges, start) => {
        const memberships = new Map<string, Set<string>>()
        for (const [parent, child] of edges)
          memberships.set(String(parent), (memberships.get(String(parent)) ?? new Set()).add(String(child)))

        const reached = transitiveMembers(String(start), memberships)

        for (const direct of memberships.get(String(start)) ?? []) expect(reached).toContain(direct)
        for (const one of reached) for (const next of memberships.get(one) ?? []) expect(reached).toContain(next)
      }),
    )
  })
})

describe('safeguards', () => {
  const limits = { maxRemovals: 500, maxRemovalsPercent: 10, maxChangesPercent: 50, maxMembershipsRemovedPercent: 50 }
  const none = { existing: 0, removed: 0, changed: 0, memberships: 0, membershipsRemoved: 0 }

  test('a run that does nothing, and the first of all, trip none', () => {
    expect(trippedBy({ ...none, existing: 1000, removed: 0, changed: 0 }, limits)).toEqual([])
    expect(trippedBy(none, limits)).toEqual([])
  })

  test('a count, a share and a change of half each trip their own', () => {
    expect(trippedBy({ ...none, existing: 100_000, removed: 501, changed: 0 }, limits)).toEqual([
      { safeguard: 'maxRemovals', limit: 500, actual: 501 },
    ])
    expect(trippedBy({ ...none, existing: 100, removed: 11, changed: 0 }, limits)).toEqual([
      { safeguard: 'maxRemovalsPercent', limit: 10, actual: 11 },
    ])
    expect(trippedBy({ ...none, existing: 100, removed: 0, changed: 51 }, limits)).toEqual([
      { safeguard: 'maxChangesPercent', limit: 50, actual: 51 },
    ])
  })

  test('of a handful two may leave, but not everybody', () => {
    expect(trippedBy({ ...none, existing: 12, removed: 2, changed: 0 }, limits)).toEqual([])
    expect(trippedBy({ ...none, existing: 12, removed: 12, changed: 0 }, limits)).toHaveLength(1)
  })

  test('groups that are emptied trip although few of them are many', () => {
    const emptied = { ...none, existing: 1000, changed: 14 }

    expect(trippedBy({ ...emptied, memberships: 28, membershipsRemoved: 28 }, limits)).toEqual([
      { safeguard: 'maxMembershipsRemovedPercent', limit: 50, actual: 100 },
    ])
    expect(trippedBy({ ...emptied, memberships: 28, membershipsRemoved: 14 }, limits)).toEqual([])
    expect(trippedBy({ ...emptied, memberships: 3, membershipsRemoved: 3 }, limits)).toEqual([])
  })

  test('more of anything never trips less', () => {
    const some = fc.nat(2000)
    const anyWeight = fc.record({
      existing: some,
      removed: some,
      changed: some,
      memberships: some,
      membershipsRemoved: some,
    })
    fc.assert(
      fc.property(anyWeight, fc.nat(100), (weight, more) => {
        const worse = {
          ...weight,
          changed: weight.changed + more,
          membershipsRemoved: weight.membershipsRemoved + more,
        }

        expect(trippedBy(worse, limits).length).toBeGreaterThanOrEqual(trippedBy(weight, limits).length)
      }),
    )
  })
})

describe('rhythm', () => {
  const rhythm = { everyMinutes: 5, fullEveryHours: 24 }
  const minute = 60_000

  test('it runs every five minutes, and less often from the third failure in a row', () => {
    const at = (failures: number) => nextRunMs(rhythm, { lastStartedMs: 0, lastFullMs: 0, failures }) / minute

    expect([0, 1, 2, 3, 4, 5].map(at)).toEqual([5, 5, 5, 10, 20, 40])
    expect(at(60)).toBe(360)
  })

  test('a clock that was set back a day stops nothing', () => {
    const history = { lastStartedMs: 10 * 24 * 60 * minute, lastFullMs: undefined, failures: 0 }

    expect(isRunDue(rhythm, history, history.lastStartedMs - 24 * 60 * minute)).toBe(true)
    expect(isRunDue(rhythm, history, history.lastStartedMs + minute)).toBe(false)
  })

  test('everything is read when it never was, and a day later', () => {
    const history = { lastStartedMs: 0, lastFullMs: 0, failures: 0 }

    expect(isFullDue(rhythm, { ...history, lastFullMs: undefined }, 0)).toBe(true)
    expect(isFullDue(rhythm, history, 23 * 60 * minute)).toBe(false)
    expect(isFullDue(rhythm, history, 24 * 60 * minute)).toBe(true)
  })
})
