/**
 * Referrals: where a server points to, and whether the settings let us go there.
 *
 * Of an LDAP URL (RFC 4516) only host, port and name count. Filter, scope and attributes
 * stay ours: a server must not write the question that is asked elsewhere in our name.
 *
 * @module
 */
import { parseName } from '@sallygate/protocol-ldap'
import type { DirectoryPlan } from './plan.ts'
import type { Base } from './scope.ts'
import type { ServerAddress } from './server-entry.ts'

export interface Referral {
  readonly server: ServerAddress
  readonly base: Base
}

/** Followed for one answer. A forest has a handful of domains; more is a maze. */
export const maxFollowed = 8

/** @returns `undefined` for a URL that cannot be read, and for a host that is not on the list. */
export function readReferral(plan: DirectoryPlan, uri: string): Referral | undefined {
  const { encryption, referrals } = plan.settings
  if (referrals?.follow !== 'listed') return undefined
  const parts = /^ldaps?:\/\/([A-Za-z0-9._-]+)(?::(\d{1,5}))?\/([^?]*)/i.exec(uri)
  if (parts === null) return undefined
  const host = (parts[1] ?? '').toLowerCase()
  const written = parts[2] === undefined ? undefined : Number(parts[2])
  const listed = referrals.hosts.map(listEntry).find((one) => one.host === host)
  if (listed === undefined) return undefined
  // A server writes the port of plain LDAP, or none; which one is encrypted is for the settings to say.
  const usual = encryption === 'ldaps' ? 636 : 389
  const port = listed.port ?? (encryption === 'ldaps' || written === undefined ? usual : written)
  const text = decoded(parts[3] ?? '')
  if (text === undefined || port < 1 || port > 65_535) return undefined
  try {
    return { server: { host, port }, base: { text, name: parseName(text) } }
  } catch {
    return undefined
  }
}

/** Of one place and one name; a second time it is a circle. */
export const referralKey = ({ server, base }: Referral) => `${server.host}:${server.port}/${base.text.toLowerCase()}`

/** `dc2.corp.test`, or with the port that is to be used: `dc2.corp.test:3890`. */
function listEntry(text: string): { readonly host: string; readonly port: number | undefined } {
  const [, host = text, port] = /^([^:]+):(\d{1,5})$/.exec(text) ?? []
  return { host: host.toLowerCase(), port: port === undefined ? undefined : Number(port) }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
