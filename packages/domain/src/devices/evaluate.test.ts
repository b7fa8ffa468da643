import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, stalenessPolicy, type Posture } from './evaluate.ts'
import type { Facts, Said } from './facts.ts'
import { holdsFor, isAtLeast, type Policy, type Rule } from './policy.ts'

const hour = 3_600_000
const day = 24 * hour
const rules = { staleAfterMs: 7 * day, graceMs: day }

const policy = (rule: readonly Rule[], more: Partial<Policy> = {}): Policy => ({
  id: 'p',
  name: 'Encryption',
  group: 'top',
  match: 'all',
  rules: rule,
  platforms: [],
  severity: 'high',
  countsForAccess: true,
  remediation: 'Turn on disk encryption.',
  isEnabled: true,
  assigned: [],
  excluded: [],
  ...more,
})
const encrypted = (whenUnknown: 'fails' | 'passes'): Rule => ({ kind: 'isTrue', fact: 'diskEncrypted', whenUnknown })
const device = (facts: { readonly [name: string]: Said }, more: Partial<Posture> = {}): Posture => ({
  facts: Object.fromEntries(
    Object.entries(facts).map(([name, said]) => [name, { ...said, source: 'hub', atMs: 0 }]),
  ) as Facts,
  enrolledAtMs: -30 * day,
  lastReportMs: 0,
  reportedMs: new Map([['hub', 0]]),
  ...more,
})

test('a rule that is not kept is named, with what is so instead and what to do', () => {
  const verdict = evaluate(device({ diskEncrypted: { value: false } }), [policy([encrypted('fails')])], rules, 0)

  expect(verdict).toMatchObject({ compliant: false, evaluatedAtMs: 0 })
  expect(verdict.failing).toEqual([
    {
      policy: 'Encryption',
      rule: 'diskEncrypted is true',
      says: 'not so: all fixed disks that hold data are encrypted',
      remediation: 'Turn on disk encryption.',
      severity: 'high',
      countsForAccess: true,
      isUnknown: false,
    },
  ])
})

describe('what nobody can tell', () => {
  const unknown = { diskEncrypted: { unknown: true } } as const

  test.each([
    ['fails', unknown, false],
    ['fails', {}, false],
    ['passes', unknown, true],
    ['passes', {}, true],
  ] as const)('%s where the rule says so', (whenUnknown, facts, compliant) => {
    const verdict = evaluate(device(facts), [policy([encrypted(whenUnknown)])], rules, 0)

    expect(verdict.compliant).toBe(compliant)
    expect(verdict.failing.every(({ isUnknown }) => isUnknown)).toBe(true)
  })

  test('fails nothing in the grace of a fresh enrollment; what is known to be so does', () => {
    const fresh = { enrolledAtMs: -1 }
    const asked = [policy([encrypted('fails')])]
    const within = evaluate(device(unknown, fresh), asked, rules, 0)

    expect(within.compliant).toBe(true)
    expect(within.nextMs).toBe(day)
    expect(evaluate(device(unknown, fresh), asked, rules, day).compliant).toBe(false)
    expect(evaluate(device({ diskEncrypted: { value: false } }, fresh), asked, rules, 0).compliant).toBe(false)
  })

  test('is also what was told too long ago', () => {
    const posture = device({ diskEncrypted: { value: true } }, { lastReportMs: 8 * day })

    expect(evaluate(posture, [policy([encrypted('fails')])], rules, 8 * day).failing[0]?.isUnknown).toBe(true)
  })
})

test('a device that falls silent is not compliant from a moment that is known before', () => {
  const before = evaluate(device({}), [], rules, 0)

  expect(before).toMatchObject({ compliant: true, nextMs: 7 * day + 1 })
  expect(evaluate(device({}), [], rules, 7 * day + 1).failing.map((rule) => rule.policy)).toEqual([stalenessPolicy])
})

test('a policy that does not count is shown and keeps nobody off', () => {
  const shown = policy([encrypted('fails')], { countsForAccess: false })

  expect(evaluate(device({}), [shown], rules, 0)).toMatchObject({
    compliant: true,
    failing: [{ policy: 'Encryption' }],
  })
})

test('of any, one rule is enough', () => {
  const two: readonly Rule[] = [encrypted('fails'), { kind: 'isTrue', fact: 'pinLocked', whenUnknown: 'fails' }]
  const any = [policy(two, { match: 'any' })]

  expect(evaluate(device({ pinLocked: { value: true } }), any, rules, 0).compliant).toBe(true)
  expect(evaluate(device({ pinLocked: { value: false } }), any, rules, 0).failing).toHaveLength(2)
})

test('a policy for a platform holds for devices that are known to be of it', () => {
  const windows = [policy([encrypted('fails')], { platforms: ['windows'] })]

  expect(evaluate(device({ platform: { value: 'linux' } }), windows, rules, 0).compliant).toBe(true)
  expect(evaluate(device({}), windows, rules, 0).compliant).toBe(true)
  expect(evaluate(device({ platform: { value: 'windows' } }), windows, rules, 0).compliant).toBe(false)
})

test.each([
  ['14.10', '14.9', true],
  ['14.9', '14.10', false],
  ['Windows 10.0.19045.4170', '10.0.19045', true],
  ['15', '15.0.1', false],
  ['rolling', '1', undefined],
])('%s against %s', (found, wanted, expected) => {
  expect(isAtLeast(found, wanted)).toBe(expected)
})

test('a policy holds below its group, unless a nearer group is named by it', () => {
  const path = ['top', 'emea', 'berlin']

  expect(holdsFor(policy([]), path)).toBe(true)
  expect(holdsFor(policy([], { group: 'other' }), path)).toBe(false)
  expect(holdsFor(policy([], { excluded: ['emea'] }), path)).toBe(false)
  expect(holdsFor(policy([], { excluded: ['emea'], assigned: ['top', 'berlin'] }), path)).toBe(true)
  expect(holdsFor(policy([], { assigned: ['emea'] }), ['top', 'apac'])).toBe(false)
  expect(holdsFor(policy([], { isEnabled: false }), path)).toBe(false)
})

const whenUnknown = fc.constantFrom('fails' as const, 'passes' as const)
const anyRule: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('isTrue' as const, 'isFalse' as const),
    fact: fc.constantFrom('diskEncrypted' as const, 'pinLocked' as const),
    whenUnknown,
  }),
  fc.record({
    kind: fc.constant('atLeast' as const),
    fact: fc.constant('osVersion' as const),
    version: fc.constant('12'),
    whenUnknown,
  }),
  fc.record({
    kind: fc.constant('reportedWithin' as const),
    hours: fc.integer({ min: 1, max: 400 }),
    source: fc.constantFrom('hub', 'fusionInventory', undefined),
    whenUnknown,
  }),
)
const anyPolicies = fc.array(
  fc
    .record({
      rules: fc.array(anyRule, { minLength: 1, maxLength: 3 }),
      match: fc.constantFrom('all' as const, 'any' as const),
    })
    .map((it) => policy(it.rules, it)),
  { maxLength: 3 },
)
const anyPosture = fc
  .record({
    disk: fc.constantFrom<Said>({ value: true }, { value: false }, { unknown: true }),
    pin: fc.constantFrom<Said | undefined>({ value: true }, { value: false }, undefined),
    version: fc.constantFrom('11', '12.1', 'x'),
    at: fc.nat({ max: 20 }),
    enrolled: fc.integer({ min: -20, max: 5 }),
  })
  .map(({ disk, pin, version, at, enrolled }): Posture => {
    const atMs = at * day
    return {
      facts: {
        diskEncrypted: { ...disk, source: 'hub', atMs },
        osVersion: { value: version, source: 'hub', atMs: 0 },
        ...(pin === undefined ? {} : { pinLocked: { ...pin, source: 'hub', atMs: 0 } }),
      } as Facts,
      enrolledAtMs: enrolled * day,
      lastReportMs: atMs,
      reportedMs: new Map([['hub', atMs]]),
    }
  })

test('until the moment it names, a verdict holds by itself', () => {
  fc.assert(
    fc.property(anyPosture, anyPolicies, fc.nat({ max: 30 * 24 }), fc.nat(), (posture, policies, hours, jump) => {
      const now = posture.lastReportMs + hours * hour
      const verdict = evaluate(posture, policies, rules, now)
      const until = verdict.nextMs ?? now + 1000 * day

      expect(until).toBeGreaterThan(now)
      expect(evaluate(posture, policies, rules, now + (jump % (until - now))).failing).toEqual(verdict.failing)
    }),
    { numRuns: 1000 },
  )
})

test('a device of which more is known to be good is never worse for it', () => {
  fc.assert(
    fc.property(anyPosture, anyPolicies, (posture, policies) => {
      const good = policies.map((it) => ({ ...it, rules: it.rules.filter(({ kind }) => kind !== 'isFalse') }))
      const better: Posture = {
        ...posture,
        facts: { ...posture.facts, diskEncrypted: { value: true, source: 'hub', atMs: posture.lastReportMs } },
      }
      const [before, after] = [posture, better].map((it) => evaluate(it, good, rules, posture.lastReportMs))

      expect(Number(after?.compliant)).toBeGreaterThanOrEqual(Number(before?.compliant))
    }),
  )
})
