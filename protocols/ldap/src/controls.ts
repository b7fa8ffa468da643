/**
 * Controls: paged results (RFC 2696) and the password policy answer.
 *
 * @module
 */
import { BerReader, berElement, berInteger, berOctets } from './ber.ts'
import { malformed } from './failures.ts'

export interface Control {
  readonly oid: string
  readonly isCritical: boolean
  readonly value?: Uint8Array
}

export const controlOids = {
  pagedResults: '1.2.840.113556.1.4.319',
  passwordPolicy: '1.3.6.1.4.1.42.2.27.8.5.1',
} as const

export interface Page {
  /** Asked: entries wanted. Answered: the server's estimate, or 0. */
  readonly size: number
  /** Empty to begin with, and in the last answer. */
  readonly cookie: Uint8Array
}

/** Real cookies are some hundred bytes; nobody gets to make us carry more. */
const maxCookieBytes = 16 * 1024

export function pagedResults(page: Page): Control {
  const value = berElement(0x30, berInteger(page.size), berOctets(page.cookie))
  return { oid: controlOids.pagedResults, isCritical: true, value }
}

/** @returns `undefined` when the control is not among these. */
export function readPage(controls: readonly Control[]): Page | undefined {
  const value = controls.find(({ oid }) => oid === controlOids.pagedResults)?.value
  if (value === undefined) return undefined
  const reader = new BerReader(value).enter()
  const page = { size: reader.integer(), cookie: Buffer.from(reader.octets()) }
  reader.end()
  if (page.cookie.length > maxCookieBytes) throw malformed('a paging cookie of unreasonable size')
  return page
}

/** Not critical: a server that does not know it answers as it always does. */
export const passwordPolicyRequest: Control = { oid: controlOids.passwordPolicy, isCritical: false }

/** The error number of a password policy answer; `undefined` without the control or without an error in it. */
export function readPasswordPolicyError(controls: readonly Control[]): number | undefined {
  const value = controls.find(({ oid }) => oid === controlOids.passwordPolicy)?.value
  if (value === undefined || value.length === 0) return undefined
  const reader = new BerReader(value).enter()
  // The warning has the same inner tag as the error, one level deeper.
  if (reader.peek() === 0xa0) reader.octets(0xa0)
  return reader.peek() === 0x81 ? reader.integer(0x81) : undefined
}

/** For a server's answer. */
export function passwordPolicyError(error: number): Control {
  return {
    oid: controlOids.passwordPolicy,
    isCritical: false,
    value: berElement(0x30, berInteger(error, 0x81)),
  }
}
