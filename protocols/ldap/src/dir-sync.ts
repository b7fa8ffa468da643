/**
 * The DirSync control of Active Directory (MS-ADTS 3.1.1.3.4.1.3): what has changed in a naming context since a cookie.
 *
 * The cookie is the server's own and is not looked into.
 *
 * @module
 */
import { BerReader, berElement, berInteger, berOctets } from './ber.ts'
import type { Control } from './controls.ts'
import { malformed } from './failures.ts'

export const dirSyncOid = '1.2.840.113556.1.4.841'

export const dirSyncFlags = {
  /** Only what the account may read, and then no right of its own is needed. */
  objectSecurity: 0x1,
  ancestorsFirst: 0x800,
  /** Of a list such as `member` only the values that came (`;range=1-1`) and went (`;range=0-0`). */
  incrementalValues: 0x8000_0000,
} as const

export interface DirSyncRequest {
  readonly flags: number
  /** Of one answer. Servers take less than 1 MiB for 1 MiB. */
  readonly maxBytes: number
  /** Empty: everything there is. */
  readonly cookie: Uint8Array
}

export interface DirSyncState {
  /** The answer is not all: ask again with the cookie. */
  readonly isMore: boolean
  readonly cookie: Uint8Array
}

/** One that grows with the number of domain controllers: some 30 bytes for each there ever was. */
const maxCookieBytes = 64 * 1024

/** Always critical: a server that left it out would answer with all it has. */
export function dirSync({ flags, maxBytes, cookie }: DirSyncRequest): Control {
  // The highest flag is the sign of a number of four bytes.
  const value = berElement(0x30, berInteger(flags | 0), berInteger(maxBytes), berOctets(cookie))
  return { oid: dirSyncOid, isCritical: true, value }
}

/** @returns `undefined` when the control is not among these. @throws LDAP_MALFORMED. */
export function readDirSync(controls: readonly Control[]): DirSyncState | undefined {
  const value = controls.find(({ oid }) => oid === dirSyncOid)?.value
  if (value === undefined) return undefined
  const reader = new BerReader(value).enter()
  const isMore = reader.integer() !== 0
  reader.integer()
  const cookie = Buffer.from(reader.octets())
  reader.end()
  if (cookie.length > maxCookieBytes) throw malformed('a DirSync cookie of unreasonable size')
  return { isMore, cookie }
}
