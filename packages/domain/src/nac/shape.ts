/**
 * Shapes: what a record of the feed may hold, as a table that is read both ways.
 *
 * A member that the table does not name is refused: to a restriction that is not
 * understood, ignoring it would be giving it up. New members raise the feed's format.
 *
 * @module
 */
import { baseFailure } from '@sallygate/base/failures'

/** Checks one value. @returns what is wrong with it, or `undefined`. */
export type Check = (value: unknown) => string | undefined

export interface Shape {
  readonly required: Readonly<Record<string, Check>>
  readonly optional: Readonly<Record<string, Check>>
}

export const string =
  (max: number, pattern?: RegExp): Check =>
  (value) => {
    if (typeof value !== 'string' || value.length > max || !value.isWellFormed()) return `text of at most ${max}`
    return pattern === undefined || pattern.test(value) ? undefined : `text like ${pattern.source}`
  }

export const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false')

export const whole =
  (min: number, max: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `a whole number from ${min} to ${max}`

/** Milliseconds since 1970. */
export const instant: Check = whole(0, 8.64e15)

export const list =
  (item: Check, max: number): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length > max) return `a list of at most ${max}`
    return value.map(item).find((wrong) => wrong !== undefined)
  }

export const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : words.join(' or ')

export const shaped =
  (shape: Shape): Check =>
  (value) =>
    misfit(value, shape)

function misfit(value: unknown, { required, optional }: Shape): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'an object'
  const members = value as Readonly<Record<string, unknown>>
  for (const name of Object.keys(required)) if (members[name] === undefined) return `a member ${name}`
  for (const [name, member] of Object.entries(members)) {
    const check = Object.hasOwn(required, name)
      ? required[name]
      : Object.hasOwn(optional, name)
        ? optional[name]
        : undefined
    if (check === undefined) return `no member ${name.slice(0, 40)}`
    if (member === undefined) continue
    const wrong = check(member)
    if (wrong !== undefined) return `${wrong} in ${name}`
  }
  return undefined
}

/** @throws BASE_MALFORMED that names the member. */
export function requireShape(value: unknown, shape: Shape): void {
  const expected = misfit(value, shape)
  if (expected !== undefined) throw baseFailure('MALFORMED', { details: { expected } })
}
