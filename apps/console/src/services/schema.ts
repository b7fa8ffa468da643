/**
 * @module
 */
import { checkRowSchema } from '@sallygate/service-kit'
import { z } from 'zod'
import { groupReference } from '../organization-groups/schema.ts'
import { failureSchema } from '../status/schema.ts'

export const serviceName = z.string().min(1).max(40)

export const serviceParams = z.strictObject({ group: groupReference, service: serviceName })

export const acknowledgementSchema = z.strictObject({
  connector: z.string(),
  connectorId: z.string(),
  generation: z.number().int(),
  state: z.enum(['off', 'starting', 'healthy', 'degraded', 'failed', 'unreachable']),
  failure: failureSchema.optional(),
  /** Newer settings that it would not take: it runs on with those of `generation`. */
  refused: z.strictObject({ generation: z.number().int(), failure: failureSchema }).optional(),
})

export const serviceSchema = z.strictObject({
  service: z.string(),
  title: z.string(),
  /** `null`: off. A secret reads `{set: true}`. */
  settings: z.record(z.string(), z.unknown()).nullable(),
  generation: z.number().int(),
  acknowledged: z.array(acknowledgementSchema),
  /** Why no connector will ever acknowledge them: those that would serve the group run on settings of another. */
  nobodyRunsOnThem: failureSchema.optional(),
})

export const serviceChangeSchema = serviceSchema.extend({
  /** Secrets that the change has erased: they have to be given again. */
  erased: z.array(z.string()),
})

export const serviceChecksSchema = z.strictObject({
  connectors: z.array(
    z.strictObject({
      connector: z.strictObject({ id: z.string(), name: z.string() }),
      rows: z.array(checkRowSchema),
    }),
  ),
})
