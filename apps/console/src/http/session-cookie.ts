/**
 * The session cookie: how a browser carries a session, and which of its requests count.
 *
 * A browser adds the cookie to whatever makes it send a request. What changes
 * something must therefore also carry a header that only a script of our own pages
 * can set, and an Origin, which `caller-address.ts` has compared with ours.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import { consoleFailure } from '../failures.ts'

const name = 'sallygate_session'

/** @returns `undefined` where there is none, or more than one: which of them is ours cannot be told. */
export function readSessionCookie(headers: IncomingHttpHeaders): string | undefined {
  const parts = (headers.cookie ?? '').split(';').map((part) => part.trim())
  const [only, ...more] = parts.filter((part) => part.startsWith(`${name}=`))
  return only === undefined || more.length > 0 ? undefined : only.slice(name.length + 1)
}

export function writeSessionCookie(token: string, expiresAt: Date, isSecure: boolean): string {
  return `${name}=${token}; Path=/; HttpOnly; SameSite=Strict; Expires=${expiresAt.toUTCString()}${isSecure ? '; Secure' : ''}`
}

export function clearSessionCookie(isSecure: boolean): string {
  return writeSessionCookie('', new Date(0), isSecure)
}

/** @throws CONSOLE_FORBIDDEN. */
export function refuseForgery(method: string, headers: IncomingHttpHeaders): void {
  if (method === 'GET') return
  if (headers['x-sallygate'] !== 'web' || headers.origin === undefined)
    throw consoleFailure('FORBIDDEN', { details: { because: 'not from a page of the console' } })
}
