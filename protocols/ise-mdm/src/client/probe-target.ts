/**
 * What an administrator types, as an origin and an instance prefix.
 *
 * @module
 */
import { iseClientFailure } from './failures.ts'

export interface ProbeTarget {
  readonly origin: URL
  /** ISE's instance name as a path: empty, or `/tenant`. */
  readonly prefix: string
}

/**
 * Takes `mdm.example`, `mdm.example:9443`, `https://mdm.example/tenant`, and the address of mdminfo itself.
 *
 * @throws ISE_CLIENT_BAD_TARGET.
 */
export function targetOf(text: string): ProbeTarget {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(url)) throw iseClientFailure('BAD_TARGET', { details: { target: text.slice(0, 200) } })
  const parsed = new URL(url)
  // A password in an address ends up in histories and logs.
  if (parsed.username !== '' || parsed.password !== '' || parsed.hostname === '')
    throw iseClientFailure('BAD_TARGET', { details: { expected: 'an address without user and password' } })
  const prefix = parsed.pathname.replace(/\/ciscoise(?:\/.*)?$/, '').replace(/\/+$/, '')
  return { origin: new URL(parsed.origin), prefix }
}
