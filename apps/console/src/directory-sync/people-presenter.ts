/**
 * People and groups of a directory, as the API shows them.
 *
 * @module
 */
import { hasFlag } from '@sallygate/domain'
import type { ListedObject, RelatedObject } from '@sallygate/store'
import type { z } from 'zod'
import type { listedGroupSchema, listedUserSchema, memberSchema } from './schema.ts'

export function presentUser(row: ListedObject, nowMs: number): z.output<typeof listedUserSchema> {
  return {
    ...named(row),
    ...(row.login === null ? {} : { login: row.login }),
    isDisabled: hasFlag(row.flags, 'isDisabled'),
    isLocked: hasFlag(row.flags, 'isLocked'),
    isExpired: row.expiresAt !== null && row.expiresAt <= nowMs,
  }
}

export function presentGroup(row: ListedObject): z.output<typeof listedGroupSchema> {
  return named(row)
}

export function presentMember(row: RelatedObject): z.output<typeof memberSchema> {
  const { id, name, dn } = row
  return { id, kind: row.kind as 'user' | 'group', name, dn, isTransitive: !row.isDirect }
}

export const presentMembership = ({ id, name, isDirect }: RelatedObject) => ({ id, name, isTransitive: !isDirect })

function named({ id, name, dn, mail }: ListedObject) {
  return { id, name, dn, ...(mail === null ? {} : { mail }) }
}
