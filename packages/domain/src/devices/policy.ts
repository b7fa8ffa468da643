/**
 * Compliance policies: what is asked of a device's posture.
 *
 * A policy belongs to an organization group. It holds there and below, unless a group
 * nearer to the device is named by it; so a child cannot shake off what was made above.
 *
 * @module
 */
import type { Severity } from './device.ts'
import { factTable, type BooleanFact, type TextFact } from './facts.ts'

/** What it means for a rule that nobody can tell: for one, an agent that may not look; for another, a phone that has no such thing. */
export type WhenUnknown = 'fails' | 'passes'

export type Rule =
  | { readonly kind: 'isTrue' | 'isFalse'; readonly fact: BooleanFact; readonly whenUnknown: WhenUnknown }
  | {
      readonly kind: 'oneOf' | 'noneOf'
      readonly fact: TextFact
      /** Compared without case. */
      readonly values: readonly string[]
      readonly whenUnknown: WhenUnknown
    }
  | {
      readonly kind: 'atLeast'
      readonly fact: 'osVersion' | 'agentVersion'
      readonly version: string
      readonly whenUnknown: WhenUnknown
    }
  | {
      readonly kind: 'reportedWithin'
      readonly hours: number
      /** Any, where none is named. */
      readonly source?: string | undefined
      readonly whenUnknown: WhenUnknown
    }

export const matches = ['all', 'any'] as const

export interface Policy {
  readonly id: string
  readonly name: string
  /** Where it belongs. */
  readonly group: string
  /** Whether every rule has to be kept, or one of them. */
  readonly match: (typeof matches)[number]
  readonly rules: readonly Rule[]
  /** Only for these; empty for all. It does not hold for a device whose platform nobody knows, unless empty. */
  readonly platforms: readonly string[]
  readonly severity: Severity
  /** Whether it keeps a device off the network, or is only shown. */
  readonly countsForAccess: boolean
  /** What a user can do about it. */
  readonly remediation: string
  readonly isEnabled: boolean
  /** Groups at or below its own where it holds; empty: its own. The nearest group that is named decides. */
  readonly assigned: readonly string[]
  readonly excluded: readonly string[]
}

/** @param path The groups from the top down to the device's own. */
export function holdsFor(policy: Policy, path: readonly string[]): boolean {
  const from = path.indexOf(policy.group)
  if (!policy.isEnabled || from < 0) return false
  const assigned = policy.assigned.length === 0 ? [policy.group] : policy.assigned
  for (const group of path.slice(from).toReversed()) {
    if (policy.excluded.includes(group)) return false
    if (assigned.includes(group)) return true
  }
  return false
}

/** What a rule asks for, in a few words. */
export function sayRule(rule: Rule): string {
  if (rule.kind === 'reportedWithin')
    return `reported within ${rule.hours} h${rule.source === undefined ? '' : ` by ${rule.source}`}`
  if (rule.kind === 'atLeast') return `${rule.fact} is at least ${rule.version}`
  if (!('values' in rule)) return `${rule.fact} is ${rule.kind === 'isTrue'}`
  return `${rule.fact} is ${rule.kind === 'oneOf' ? 'one of' : 'none of'} ${rule.values.join(', ').slice(0, 100)}`
}

/** What is so where the rule is not kept. */
export function sayBroken(rule: Rule, found: string | boolean | undefined): string {
  if (rule.kind === 'reportedWithin')
    return found === undefined ? `${rule.source} never reported it` : `not reported for more than ${rule.hours} h`
  if (found === undefined) return `nobody can tell: ${lower(factTable[rule.fact].says)}`
  if (typeof found === 'string') return `${rule.fact} is ${found}`
  return found ? lower(factTable[rule.fact].says) : `not so: ${lower(factTable[rule.fact].says)}`
}

function lower(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
}

/**
 * Versions by their numbers: `14.10` is after `14.9`, and `10.0.19045` is in `Windows 10.0.19045.4170`.
 *
 * @returns `undefined` where there is no number to compare.
 */
export function isAtLeast(found: string, wanted: string): boolean | undefined {
  const [one, two] = [numbersOf(found), numbersOf(wanted)]
  if (one === undefined || two === undefined) return undefined
  for (const [at, number] of two.entries()) {
    const difference = (one[at] ?? 0) - number
    if (difference !== 0) return difference > 0
  }
  return true
}

function numbersOf(version: string): readonly number[] | undefined {
  return /\d+(?:\.\d+)*/
    .exec(version.slice(0, 200))?.[0]
    .split('.')
    .map((digits) => Number(digits.slice(0, 15)))
}
