/**
 * Rules in words.
 *
 * @module
 */
import type { Rule } from '../api/policy-shapes.ts'
import { factTitle, sourceWord } from '../devices/words.ts'

/** `diskEncrypted is true`, as the console words it, with the fact as the screens name it. */
export function ruleText(said: string): string {
  return said.replace(/^([a-z]+(?:[A-Z][a-zA-Z]*)+|platform|ownership|model|manufacturer) is /, (_, fact: string) => {
    return `${factTitle(fact)} is `
  })
}

export function sayRule(rule: Rule): string {
  if (rule.kind === 'reportedWithin') {
    const by = rule.source === undefined ? '' : ` by ${sourceWord(rule.source)}`
    return `Reported within ${rule.hours} hours${by}`
  }
  const fact = factTitle(rule.fact)
  if (rule.kind === 'atLeast') return `${fact}: at least ${rule.version}`
  if ('values' in rule) return `${fact}: ${rule.kind === 'oneOf' ? 'one of' : 'none of'} ${rule.values.join(', ')}`
  return `${fact}: ${rule.kind === 'isTrue' ? 'yes' : 'no'}`
}
