/**
 * The disabled rule: what the values of one attribute say about an account.
 *
 * @module
 */
import type { DisabledRule } from '../contract.ts'

/** Wider than any flags attribute (32 bits, signed in Active Directory); longer text is no number. */
const maxDigits = 20

/**
 * @param values Of the rule's attribute; `undefined` where the entry has none.
 * @returns `undefined` when the server keeps back what the rule looks at, or it is no number.
 */
export function isDisabledBy(
  rule: Exclude<DisabledRule, { kind: 'none' }>,
  values: readonly Buffer[] | undefined,
): boolean | undefined {
  if (rule.kind === 'value') {
    // Most servers write such an attribute only once it is true.
    return (values ?? []).some((value) => fold(value.toString('utf8')) === fold(rule.value))
  }
  const text = values?.[0]?.toString('latin1').trim() ?? ''
  if (text.length > maxDigits || !/^-?\d+$/.test(text)) return undefined
  // In two's complement, so that a flag in the sign bit is one too.
  return (BigInt.asUintN(64, BigInt(text)) & BigInt(rule.bit)) !== 0n
}

const fold = (text: string) => text.trim().toLowerCase()
