/**
 * Evaluation: from posture and policies to a verdict, and until when it holds by itself.
 *
 * A verdict changes when a report comes, when a policy changes, and when time passes: a
 * device falls silent, a fact grows old, the grace of a fresh enrollment ends. For the
 * last, the verdict says when it has to be looked at again.
 *
 * @module
 */
import type { FailingRule, Severity, Verdict } from './device.ts'
import { severities } from './device.ts'
import { valueOf, type Facts } from './facts.ts'
import { isAtLeast, sayBroken, sayRule, type Policy, type Rule } from './policy.ts'

export interface EvaluationRules {
  /** A device that is silent for longer is not compliant, and a fact that is older is unknown. 0: never. */
  readonly staleAfterMs: number
  /** For so long after its enrollment, what nobody can tell fails no rule. */
  readonly graceMs: number
}

export interface Posture {
  readonly facts: Facts
  readonly enrolledAtMs: number
  readonly lastReportMs: number
  /** The newest report of each source. */
  readonly reportedMs: ReadonlyMap<string, number>
}

export interface Evaluation extends Verdict {
  /** From then on it may be another one. `undefined`: not by time alone. */
  readonly nextMs: number | undefined
}

export const stalenessPolicy = 'Staleness'

type Outcome = 'kept' | 'broken' | 'unknown'
const hourMs = 3_600_000

/** @param policies Those that hold for the device's group. */
export function evaluate(
  posture: Posture,
  policies: readonly Policy[],
  rules: EvaluationRules,
  nowMs: number,
): Evaluation {
  const look = new Look(posture, rules, nowMs)
  const failing = policies.flatMap((policy) => failingOf(policy, look))
  const stale = staleness(look)
  const sorted = [...(stale === undefined ? [] : [stale]), ...failing].toSorted(
    (a, b) => Number(b.countsForAccess) - Number(a.countsForAccess) || rank(b.severity) - rank(a.severity),
  )
  return {
    compliant: !sorted.some(({ countsForAccess }) => countsForAccess),
    failing: sorted,
    evaluatedAtMs: nowMs,
    nextMs: look.nextMs,
  }
}

/** What is asked of one posture at one moment; remembers when an answer would be another one. */
class Look {
  readonly posture: Posture
  readonly rules: EvaluationRules
  readonly #nowMs: number
  nextMs: number | undefined

  constructor(posture: Posture, rules: EvaluationRules, nowMs: number) {
    this.posture = posture
    this.rules = rules
    this.#nowMs = nowMs
  }

  /** Whether it is still before, or at, a moment. */
  isUntil(momentMs: number): boolean {
    if (this.#nowMs > momentMs) return false
    this.nextMs = Math.min(this.nextMs ?? Number.MAX_SAFE_INTEGER, momentMs + 1)
    return true
  }

  /** Nothing that is not known fails: the device is new here. */
  get isInGrace(): boolean {
    return this.rules.graceMs > 0 && this.isUntil(this.posture.enrolledAtMs + this.rules.graceMs)
  }

  /** `undefined`: nobody can tell, or not any more. */
  value(name: keyof Facts): string | boolean | undefined {
    const value = valueOf(this.posture.facts, name)
    const { staleAfterMs } = this.rules
    if (value === undefined || staleAfterMs === 0) return value
    return this.isUntil((this.posture.facts[name]?.atMs ?? 0) + staleAfterMs) ? value : undefined
  }
}

function staleness(look: Look): FailingRule | undefined {
  const { staleAfterMs } = look.rules
  if (staleAfterMs === 0 || look.isUntil(look.posture.lastReportMs + staleAfterMs)) return undefined
  const hours = Math.round(staleAfterMs / hourMs)
  return {
    policy: stalenessPolicy,
    rule: `reported within ${hours} h`,
    says: `not reported for more than ${hours} h`,
    remediation: 'Switch the device on, connect it, and let its management agent report.',
    severity: 'high',
    countsForAccess: true,
    isUnknown: false,
  }
}

function failingOf(policy: Policy, look: Look): readonly FailingRule[] {
  if (!isFor(policy, look)) return []
  const failing = policy.rules.flatMap((rule) => {
    const { outcome, found } = outcomeOf(rule, look)
    const isUnknown = outcome === 'unknown'
    if (outcome === 'kept' || (isUnknown && (rule.whenUnknown === 'passes' || look.isInGrace))) return []
    return [
      {
        policy: policy.name,
        rule: sayRule(rule),
        says: sayBroken(rule, found),
        remediation: policy.remediation,
        severity: policy.severity,
        countsForAccess: policy.countsForAccess,
        isUnknown,
      },
    ]
  })
  return policy.match === 'any' && failing.length < policy.rules.length ? [] : failing
}

function isFor({ platforms }: Policy, { posture }: Look): boolean {
  const platform = valueOf(posture.facts, 'platform')
  return platforms.length === 0 || (platform !== undefined && platforms.includes(platform))
}

function outcomeOf(rule: Rule, look: Look): { readonly outcome: Outcome; readonly found?: string | boolean } {
  if (rule.kind === 'reportedWithin') {
    const { lastReportMs, reportedMs } = look.posture
    const atMs = rule.source === undefined ? lastReportMs : reportedMs.get(rule.source)
    if (atMs === undefined) return { outcome: 'unknown' }
    return { outcome: look.isUntil(atMs + rule.hours * hourMs) ? 'kept' : 'broken', found: '' }
  }
  const found = look.value(rule.fact)
  if (found === undefined) return { outcome: 'unknown' }
  const isKept = keeps(rule, found)
  return isKept === undefined ? { outcome: 'unknown' } : { outcome: isKept ? 'kept' : 'broken', found }
}

function keeps(rule: Exclude<Rule, { kind: 'reportedWithin' }>, found: string | boolean): boolean | undefined {
  const text = String(found)
  if (rule.kind === 'atLeast') return isAtLeast(text, rule.version)
  if (!('values' in rule)) return found === (rule.kind === 'isTrue')
  const isNamed = rule.values.some((value) => value.toLowerCase() === text.toLowerCase())
  return isNamed === (rule.kind === 'oneOf')
}

function rank(severity: Severity): number {
  return severities.indexOf(severity)
}
