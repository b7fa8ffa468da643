/**
 * Merging: one picture of a device from what several sources say.
 *
 * For each fact on its own: what a source cannot tell never hides what another knows;
 * what is fresh comes before what is old; then the preferred source; then the newer word.
 * A fact that raises an alarm is true as soon as one fresh source says so.
 *
 * @module
 */
import { factNames, factTable, type Fact, type FactName, type Facts, type Said, type SaidFacts } from './facts.ts'
import { strongKinds, type Identifiers } from './identifiers.ts'

/** The newest word of one source on one device, fact by fact. */
export interface Statement {
  readonly source: string
  /** The newest report. */
  readonly atMs: number
  readonly identifiers: Identifiers
  readonly facts: { readonly [N in FactName]?: Said<N> & { readonly atMs: number } }
}

export interface MergeRules {
  /** Most preferred first. `federated` stands for every source of that kind; what is not named comes last. */
  readonly order: readonly string[]
  /** How long a word is fresh. */
  readonly freshForMs: number
}

/**
 * A report on top of what the source said before. An older report changes only what is older still.
 *
 * @param identifiers Without `macs` where the source did not look at them.
 */
export function restate(
  before: Statement | undefined,
  report: {
    readonly source: string
    readonly atMs: number
    readonly identifiers: Omit<Identifiers, 'macs'> & { readonly macs?: readonly string[] | undefined }
    readonly facts: SaidFacts
  },
): Statement {
  const { source, atMs } = report
  const isNewer = before === undefined || atMs >= before.atMs
  const facts: Record<string, Said & { readonly atMs: number }> = { ...before?.facts }
  for (const [name, said] of Object.entries(report.facts)) {
    if ((facts[name]?.atMs ?? -1) <= atMs) facts[name] = { ...said, atMs }
  }
  const known = { macs: [], ...before?.identifiers }
  const { macs, ...names } = report.identifiers
  const identifiers = isNewer
    ? { ...known, ...names, macs: macs ?? known.macs }
    : { ...names, ...known, macs: known.macs }
  return { source, atMs: Math.max(atMs, before?.atMs ?? 0), identifiers, facts: facts as Statement['facts'] }
}

export function mergeFacts(statements: readonly Statement[], rules: MergeRules, nowMs: number): Facts {
  const merged: Partial<Record<FactName, Fact>> = {}
  for (const name of factNames) {
    const words = statements.flatMap(({ source, facts }) => {
      const said = facts[name] as (Said & { readonly atMs: number }) | undefined
      return said === undefined ? [] : [{ ...said, source } as Fact]
    })
    const [best] = words.toSorted((a, b) => compare(name, a, b, rules, nowMs))
    if (best !== undefined) merged[name] = best
  }
  return merged as Facts
}

function compare(name: FactName, a: Fact, b: Fact, rules: MergeRules, nowMs: number): number {
  const isFresh = (fact: Fact) => nowMs - fact.atMs <= rules.freshForMs
  const rank = (fact: Fact) => [
    'unknown' in fact ? 1 : 0,
    isFresh(fact) ? 0 : 1,
    factTable[name].merge === 'alarm' && 'value' in fact && fact.value !== true ? 1 : 0,
    // Two that are both old: the newer one, whoever said it.
    isFresh(fact) ? preference(fact.source, rules.order) : 0,
    -fact.atMs,
  ]
  const [one, two] = [rank(a), rank(b)]
  for (const [at, value] of one.entries()) {
    const difference = value - (two[at] ?? 0)
    if (difference !== 0) return difference
  }
  return a.source < b.source ? -1 : 1
}

function preference(source: string, order: readonly string[]): number {
  const exact = order.indexOf(source)
  const kind = order.indexOf(source.split(':', 1)[0] ?? '')
  const found = exact >= 0 ? exact : kind
  return found >= 0 ? found : order.length
}

/** When a word stops being fresh, and another may take its place. `undefined`: never. */
export function nextMergeMs(
  statements: readonly Statement[],
  { freshForMs }: MergeRules,
  nowMs: number,
): number | undefined {
  if (statements.length < 2) return undefined
  const ends = statements.flatMap(({ facts }) => Object.values(facts).map(({ atMs }) => atMs + freshForMs + 1))
  return ends.filter((endMs) => endMs > nowMs).toSorted((a, b) => a - b)[0]
}

/** Each identifier as the newest source has it; the addresses of all of them. */
export function mergeIdentifiers(statements: readonly Statement[]): Identifiers {
  const newestFirst = statements.toSorted((a, b) => b.atMs - a.atMs || (a.source < b.source ? -1 : 1))
  const merged: Record<string, string> = {}
  for (const kind of [...strongKinds, 'hostName'] as const) {
    const value = newestFirst.find(({ identifiers }) => identifiers[kind] !== undefined)?.identifiers[kind]
    if (value !== undefined) merged[kind] = value
  }
  return { ...merged, macs: [...new Set(newestFirst.flatMap(({ identifiers }) => identifiers.macs))] }
}
