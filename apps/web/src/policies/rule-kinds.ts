/**
 * Kinds of rules, and how one becomes another.
 *
 * @module
 */
import type { Rule, WhenUnknown } from '../api/policy-shapes.ts'

/** In place of a fact: that the device reports at all. */
export const reporting = 'report'

const versions: readonly string[] = ['osVersion', 'agentVersion']

export const freshRule: Rule = { kind: 'isTrue', fact: 'diskEncrypted', whenUnknown: 'fails' }

export const booleanKinds = [
  { value: 'isTrue', label: 'yes' },
  { value: 'isFalse', label: 'no' },
]

export const textKinds = (fact: string) => [
  { value: 'oneOf', label: 'one of' },
  { value: 'noneOf', label: 'none of' },
  ...(versions.includes(fact) ? [{ value: 'atLeast', label: 'at least' }] : []),
]

export function begun(subject: string, kind: 'boolean' | 'text', whenUnknown: WhenUnknown): Rule {
  if (subject === reporting) return { kind: 'reportedWithin', hours: 24, whenUnknown }
  if (kind === 'boolean') return { kind: subject === 'jailBroken' ? 'isFalse' : 'isTrue', fact: subject, whenUnknown }
  if (versions.includes(subject)) return { kind: 'atLeast', fact: subject, version: '', whenUnknown }
  return { kind: 'oneOf', fact: subject, values: [], whenUnknown }
}

export function ofKind(rule: Rule, kind: string): Rule {
  if (rule.kind === 'reportedWithin') return rule
  const { fact, whenUnknown } = rule
  if (kind === 'isTrue' || kind === 'isFalse') return { kind, fact, whenUnknown }
  if (kind === 'atLeast') return { kind, fact, version: 'version' in rule ? rule.version : '', whenUnknown }
  return { kind: kind === 'oneOf' ? 'oneOf' : 'noneOf', fact, values: 'values' in rule ? rule.values : [], whenUnknown }
}

/** What keeps it from being asked of a device. */
export function isWhole(rule: Rule): boolean {
  if (rule.kind === 'atLeast') return /^\d{1,9}(?:\.\d{1,9}){0,5}$/.test(rule.version)
  if (rule.kind === 'oneOf' || rule.kind === 'noneOf') return rule.values.length > 0
  return rule.kind !== 'reportedWithin' || rule.hours >= 1
}
