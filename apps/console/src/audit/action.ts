/**
 * What a request does and to what, in words that stay the same: from the row and its address.
 *
 * @module
 */
import type { Route } from '../http/route.ts'

/** `groups.connectors.revoke.post`: the address without what varies, and the method. */
export function actionOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path
    .split('/')
    .slice(1)
    .filter((part) => part !== '' && part !== 'api' && !part.startsWith(':'))
  return [...words, method.toLowerCase()].join('.')
}

/** `groups/Sample/connectors/berlin`: the address as it was meant, below /api. */
export function objectOf({ path }: Pick<Route, 'path'>, params: unknown): string {
  const given = params as Readonly<Record<string, string | undefined>>
  return path
    .split('/')
    .slice(1)
    .map((part) => (part.startsWith(':') ? (given[part.slice(1)] ?? '') : part))
    .filter((part, at) => !(at === 0 && part === 'api'))
    .join('/')
    .slice(0, 500)
}

/** What was made has an identity only afterwards. */
export function madeObject(object: string, body: unknown): string {
  const id = (body as { readonly id?: unknown } | null | undefined)?.id
  return typeof id === 'string' && !object.includes(id) ? `${object}/${id}`.slice(0, 500) : object
}

/** A reason, where the body has a place for one. */
export function noteOf(body: unknown): string | undefined {
  const note = (body as { readonly note?: unknown } | null | undefined)?.note
  return typeof note === 'string' && note !== '' ? note.slice(0, 240) : undefined
}
