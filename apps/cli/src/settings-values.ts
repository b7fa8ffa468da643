/**
 * Values of settings pages, and where they come from, in words.
 *
 * @module
 */
export type From = { readonly group: string; readonly name: string } | 'default' | 'above' | 'installation'

export interface PageValue {
  readonly value: unknown
  readonly from: From
}

export function fromText(from: From): string {
  if (typeof from === 'object') return from.name
  return { default: 'default', above: 'a group above', installation: 'the installation' }[from]
}

export function valueText(one: PageValue | undefined): string {
  return one === undefined ? '–' : `${plain(one.value)} (${fromText(one.from)})`
}

/** A secret says only that it is there, and a certificate is no text for a table; `--json` has it. */
export function plain(value: unknown): string {
  if (typeof value === 'string') return value.startsWith('-----BEGIN ') ? pemText(value) : value
  const isSecret = typeof value === 'object' && value !== null && 'isSet' in value
  return isSecret ? '[set]' : (JSON.stringify(value) ?? '–')
}

function pemText(pem: string): string {
  const count = pem.split('-----BEGIN ').length - 1
  return count === 1 ? 'PEM' : `PEM, ${count} blocks`
}
