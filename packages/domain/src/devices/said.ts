/**
 * Reading what a source says of a device's facts: only facts there are, in their kind, bounded.
 *
 * A source is not to be trusted with more than its word. What cannot be used is left out,
 * as if it had not been said; nothing is refused, so one strange fact costs no others.
 *
 * @module
 */
import { factNames, factTable, type FactName, type Said, type SaidFacts } from './facts.ts'

const usualMost = 200
const ownerships = new Set(['corporate', 'employee', 'shared'])

export function readFacts(said: Readonly<Record<string, unknown>>): SaidFacts {
  const read: Partial<Record<FactName, Said>> = {}
  for (const name of factNames) {
    const fact = Object.hasOwn(said, name) ? readFact(name, said[name]) : undefined
    if (fact !== undefined) read[name] = fact
  }
  return read as SaidFacts
}

function readFact(name: FactName, said: unknown): Said | undefined {
  if (typeof said !== 'object' || said === null) return undefined
  if ('unknown' in said) return said.unknown === true ? { unknown: true } : undefined
  const value = 'value' in said ? said.value : undefined
  const { kind, most = usualMost } = factTable[name]
  if (kind === 'boolean') return typeof value === 'boolean' ? { value } : undefined
  if (typeof value !== 'string') return undefined
  const text = plainText(value, most)
  const cased = name === 'platform' || name === 'ownership' ? text.toLowerCase() : text
  // Nothing is what a program writes that found nothing.
  if (cased === '' || (name === 'ownership' && !ownerships.has(cased))) return undefined
  return { value: cased }
}

/** Text that can be stored and shown anywhere: no signs that cannot be seen, no half characters, cut to its bound. */
export function plainText(text: string, most: number): string {
  const clean = text
    .slice(0, 4 * most)
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .trim()
  return Array.from(clean).slice(0, most).join('').trim()
}
