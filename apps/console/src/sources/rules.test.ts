import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ofIse, ofWorkspaceOne } from './source-device.ts'
import { isDue } from './schedule.ts'
import { targetRule } from './target-rule.ts'
import { findGone } from './withdrawals.ts'

describe('where sources may be', () => {
  test.each(['8.8.8.8', '2606:4700::1111'])('%s is public', (address) => {
    expect(targetRule(undefined)(address)).toBe(true)
  })

  test.each([
    '127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1',
    '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1',
    '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', 'localhost', '', '1.2.3',
  ])('%s is not', (address) => {
    expect(targetRule(undefined)(address)).toBe(false)
  }) // prettier-ignore

  test('what the settings name is open, and nothing beside it', () => {
    const rule = targetRule('127.0.0.1, 10.1.0.0/16, fd00:1::/32, nonsense, 10.0.0.0/99')

    expect(['127.0.0.1', '10.1.255.1', 'fd00:1::5', '::ffff:127.0.0.1'].map(rule)).toEqual([true, true, true, true])
    expect(['127.0.0.2', '10.2.0.1', 'fd00:2::1', '10.0.0.1'].map(rule)).toEqual([false, false, false, false])
  })
})

describe('who is gone', () => {
  const before = (...ids: readonly string[]) => new Map(ids.map((id) => [id, 0]))

  test('the second whole answer without a device counts, and one with it in between begins anew', () => {
    const first = findGone(before('a', 'b'), new Set(['a']), false)
    const second = findGone(first.told, new Set(['a']), false)
    const between = findGone(findGone(first.told, new Set(['a', 'b']), false).told, new Set(['a']), false)

    expect(first.gone).toEqual([])
    expect(second.gone).toEqual(['b'])
    expect(between.gone).toEqual([])
  })

  test('an answer without anybody unenrolls nobody, however often it comes, until somebody says so', () => {
    const all = before(...Array.from({ length: 50 }, (_, n) => `device ${n}`))
    let told: ReadonlyMap<string, number> = all
    for (let answers = 0; answers < 5; answers++) {
      const { gone, told: next } = findGone(told, new Set(), false)
      expect(gone).toEqual([])
      told = next
    }

    expect(findGone(told, new Set(), false).heldBack).toBe(50)
    expect(findGone(told, new Set(), true).gone).toHaveLength(50)
  })

  test('whoever is in the answer is never gone, and nobody is forgotten who is not gone', () => {
    const ids = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'))
    fc.assert(
      fc.property(ids, ids, fc.boolean(), (known, now, isConfirmed) => {
        const { gone, told } = findGone(before(...known), new Set(now), isConfirmed)

        expect(gone.filter((id) => now.includes(id))).toEqual([])
        expect(new Set([...gone, ...told.keys()])).toEqual(new Set([...known, ...now]))
      }),
    )
  })
})

describe('when a source is asked', () => {
  const source = (state: object, settings: object = {}) => ({
    id: 's', group: 'g', name: 'UEM', hasPassword: true, createdAt: new Date(0), updatedAt: new Date(0),
    settings: { kind: 'ise', url: 'https://mdm.example', user: 'u', everyMinutes: 60, ...settings } as never,
    state: state as never,
  }) // prettier-ignore
  const minutes = (n: number) => n * 60_000
  const atZero = { lastRunAt: new Date(0).toISOString() }

  test('at once, then as planned, sooner after a failure, and never when it is off', () => {
    expect(isDue(source({}), 0)).toBe(true)
    expect(isDue(source(atZero), minutes(59))).toBe(false)
    expect(isDue(source(atZero), minutes(60))).toBe(true)
    expect(isDue(source({ ...atZero, failures: 1 }), minutes(1))).toBe(true)
    expect(isDue(source({ ...atZero, failures: 4 }), minutes(7))).toBe(false)
    expect(isDue(source({ ...atZero, failures: 30 }), minutes(60))).toBe(true)
    expect(isDue(source({}, { enabled: false }), 0)).toBe(false)
    expect(isDue(source({}, { kind: 'of a later version' }), 0)).toBe(false)
  })

  test('also after the clock was set back by a year', () => {
    expect(isDue(source({ lastRunAt: new Date(minutes(525_600)).toISOString() }), 0)).toBe(true)
  })
})

test('what another server does not say is unknown, and who is not enrolled there is not reported', () => {
  const nothing = { guid: 'g', macAddresses: [], isRegistered: undefined, isCompliant: undefined } as never

  expect(ofIse(nothing)).toMatchObject({
    sourceId: 'g',
    facts: { compliantAtSource: { unknown: true }, jailBroken: { unknown: true } },
  })
  expect(ofIse({ ...(nothing as object), isRegistered: false } as never)).toBeUndefined()
  expect(ofWorkspaceOne({ sourceId: 'x', isEnrolled: false } as never)).toBeUndefined()
})
