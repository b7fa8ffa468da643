/**
 * Conditions: what a caller may ask for in place of an LDAP filter.
 *
 * A value is only ever a value. The names are logical fields, so a caller cannot
 * probe attributes outside the mapping either.
 *
 * @module
 */
import { z } from 'zod'
import { groupFields, userFields } from './fields.ts'

const field = z.enum([...userFields, ...groupFields, 'id'])
const value = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => text.isWellFormed(), 'well-formed text')

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: ConditionField; readonly equals: string }
  | { readonly field: ConditionField; readonly anyOf: readonly string[] }
  | { readonly field: ConditionField; readonly startsWith: string }
  | { readonly field: ConditionField; readonly endsWith: string }
  | { readonly field: ConditionField; readonly contains: string }
  | { readonly field: ConditionField; readonly isPresent: true }

export type ConditionField = z.infer<typeof field>

/** A person's question has a handful; more is somebody making the directory work. */
export const maxConditionDepth = 6
export const maxConditionNodes = 200

const node: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ field, equals: value }),
    z.strictObject({ field, anyOf: z.array(value).min(1).max(100) }),
    z.strictObject({ field, startsWith: value }),
    z.strictObject({ field, endsWith: value }),
    z.strictObject({ field, contains: value }),
    z.strictObject({ field, isPresent: z.literal(true) }),
    z.strictObject({ all: z.array(node).min(1).max(50) }),
    z.strictObject({ any: z.array(node).min(1).max(50) }),
    z.strictObject({ not: node }),
  ]),
)

export const conditionSchema = node.refine((condition) => isSmall(condition), {
  message: `at most ${maxConditionDepth} levels and ${maxConditionNodes} comparisons`,
})

function isSmall(condition: Condition): boolean {
  let nodes = 0
  const walk = (at: Condition, depth: number): boolean => {
    nodes += 'anyOf' in at ? at.anyOf.length : 1
    if (depth > maxConditionDepth || nodes > maxConditionNodes) return false
    if ('all' in at) return at.all.every((inner) => walk(inner, depth + 1))
    if ('any' in at) return at.any.every((inner) => walk(inner, depth + 1))
    if ('not' in at) return walk(at.not, depth + 1)
    return true
  }
  return walk(condition, 1)
}
