/**
 * @module
 */
import { z } from 'zod'
import { givenFields } from '../admins/consent.ts'
import { optionalBody } from '../http/optional-body.ts'

const week = 7 * 24 * 60

/** How long what is replaced still counts, in minutes. A connector that is off for longer has to be enrolled again. */
const graceMinutes = z
  .number()
  .int()
  .min(0)
  .max(90 * 24 * 60)
  .default(week)

export const regenerateSchema = optionalBody(
  z.strictObject({
    ...givenFields,
    /** `signing`: the key that signs requests. `all`: the group's authority too, and every connector's certificate with it. */
    scope: z.enum(['signing', 'all']).default('all'),
    graceMinutes,
  }),
)

export const revokeNowSchema = optionalBody(z.strictObject({ ...givenFields, graceMinutes }))

const rotationFields = {
  id: z.string(),
  cause: z.enum(['regenerate', 'revokeNow', 'renewal']),
  scope: z.enum(['signing', 'all']),
  /** `announced`: the new keys are known, the old sign. `switched`: the new sign, the old count until the grace ends. */
  state: z.enum(['announced', 'switched', 'done', 'replaced']),
  says: z.string(),
  startedAt: z.iso.datetime(),
  startedBy: z.string(),
  graceEndsAt: z.iso.datetime(),
  switchedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** How many connectors have to be enrolled again. */
  leftBehind: z.number().int().optional(),
}

export const endedRotationSchema = z.strictObject(rotationFields)

export const rotationSchema = z.strictObject({
  ...rotationFields,
  /** Of those that are enrolled; empty once it is over. */
  connectors: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      attached: z.boolean(),
      /** It knows the new keys. */
      acknowledged: z.boolean(),
      /** Its certificate is under the new authority. */
      renewed: z.boolean(),
      /** It needs nothing of the old keys. */
      done: z.boolean(),
      says: z.string(),
      fix: z.string().optional(),
    }),
  ),
})
