import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SaidFacts } from './facts.ts'
import { factNames, valueOf } from './facts.ts'
import { mergeFacts, mergeIdentifiers, nextMergeMs, restate, type Statement } from './merge.ts'

const hour = 3_600_000
const rules = { order: ['hub', 'federated'], freshForMs: 24 * hour }
const says = (source: string, atMs: number, facts: SaidFacts, macs: readonly string[] = []): Statement =>
  restate(undefined, { source, atMs, facts, identifiers: { macs } })
const merged = (statements: readonly Statement[], nowMs: number) => mergeFacts(statements, rules, nowMs)

test('the preferred source wins while it is fresh, and gives way when it has grown old', () => {
  const hub = says('hub', 0, { diskEncrypted: { value: false } })
  const other = says('federated:1', 20 * hour, { diskEncrypted: { value: true } })

  expect(merged([hub, other], 20 * hour).diskEncrypted).toEqual({ value: false, source: 'hub', atMs: 0 })
  expect(merged([hub, other], 25 * hour).diskEncrypted).toEqual({ value: true, source: 'federated:1', atMs: 20 * hour })
  expect(nextMergeMs([hub, other], rules, 20 * hour)).toBe(24 * hour + 1)
})

test('what one source cannot tell does not hide what another knows', () => {
  const hub = says('hub', 100, { pinLocked: { unknown: true } })
  const other = says('fusionInventory', 0, { pinLocked: { value: true } })

  expect(valueOf(merged([hub, other], 100), 'pinLocked')).toBe(true)
  expect(merged([hub], 100).pinLocked).toEqual({ unknown: true, source: 'hub', atMs: 100 })
})

test('one fresh source that sees a jailbreak is enough', () => {
  const hub = says('hub', 100, { jailBroken: { value: false } })
  const other = says('fusionInventory', 0, { jailBroken: { value: true } })

  expect(valueOf(merged([hub, other], 100), 'jailBroken')).toBe(true)
  expect(valueOf(merged([hub, other], 24 * hour + 50), 'jailBroken')).toBe(false)
})

test('an older report that comes late changes only what is older still', () => {
  const now = says('hub', 200, { osVersion: { value: '14.9' } }, ['00105A000002'])
  const late = restate(now, {
    source: 'hub',
    atMs: 100,
    identifiers: { serial: 'AAA1', macs: ['00105A000001'] },
    facts: { osVersion: { value: '14.8' }, model: { value: 'X' } },
  })

  expect(late).toMatchObject({ atMs: 200, identifiers: { serial: 'AAA1', macs: ['00105A000002'] } })
  expect(late.facts).toEqual({ osVersion: { value: '14.9', atMs: 200 }, model: { value: 'X', atMs: 100 } })
})

test('a report that did not look at addresses leaves them, and one that found none empties them', () => {
  const before = says('hub', 0, {}, ['00105A000001'])
  const without = restate(before, { source: 'hub', atMs: 1, identifiers: {}, facts: {} })

  expect(without.identifiers.macs).toEqual(['00105A000001'])
  expect(restate(without, { source: 'hub', atMs: 2, identifiers: { macs: [] }, facts: {} }).identifiers.macs).toEqual(
    [],
  )
})

test('identifiers are those of the newest source that has them, addresses those of all', () => {
  const old: Statement = { ...says('hub', 0, {}), identifiers: { serial: 'OLD1', uuid: 'u', macs: ['00105A000001'] } }
  const young: Statement = { ...says('x', 9, {}), identifiers: { serial: 'NEW1', macs: ['00105A000002'] } }

  expect(mergeIdentifiers([old, young])).toEqual({ serial: 'NEW1', uuid: 'u', macs: ['00105A000002', '00105A000001'] })
})

const anyReport = fc.record({
  source: fc.constantFrom('hub', 'fusionInventory', 'federated:1', 'federated:2', 'else'),
  atMs: fc.nat({ max: 72 }).map((hours) => hours * hour),
  facts: fc.record(
    {
      diskEncrypted: fc.oneof(
        fc.boolean().map((value) => ({ value })),
        fc.constant({ unknown: true } as const),
      ),
      jailBroken: fc.oneof(
        fc.boolean().map((value) => ({ value })),
        fc.constant({ unknown: true } as const),
      ),
    },
    { requiredKeys: [] },
  ),
})
const stated = (reports: readonly { source: string; atMs: number; facts: SaidFacts }[]): readonly Statement[] => {
  const by = new Map<string, Statement>()
  for (const report of reports) {
    by.set(report.source, restate(by.get(report.source), { ...report, identifiers: { macs: [] } }))
  }
  return [...by.values()]
}

test('the order in which reports of different moments arrive does not matter', () => {
  const distinct = fc.uniqueArray(anyReport, { selector: ({ source, atMs }) => `${source} ${atMs}`, maxLength: 8 })
  fc.assert(
    fc.property(distinct, fc.nat({ max: 100 }), (reports, hours) => {
      const now = hours * hour

      expect(merged(stated(reports.toReversed()), now)).toEqual(merged(stated(reports), now))
    }),
    { numRuns: 500 },
  )
})

test('a value is known as soon as one source knows it, and is the word of a source', () => {
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 8 }), fc.nat({ max: 100 }), (reports, hours) => {
      const statements = stated(reports)
      const facts = merged(statements, hours * hour)
      for (const name of factNames) {
        const words = statements.flatMap(({ facts: said }) => said[name] ?? [])
        expect(valueOf(facts, name) !== undefined).toBe(words.some((word) => 'value' in word))
        expect(facts[name] === undefined).toBe(words.length === 0)
      }
    }),
    { numRuns: 500 },
  )
})

test('until the next moment at which a word grows old, the merged facts stay as they are', () => {
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 8 }), fc.nat({ max: 100 }), fc.nat(), (reports, hours, jump) => {
      const statements = stated(reports)
      const now = hours * hour
      const until = nextMergeMs(statements, rules, now) ?? now + 1000 * hour

      expect(merged(statements, now + (jump % (until - now)))).toEqual(merged(statements, now))
    }),
    { numRuns: 500 },
  )
})
