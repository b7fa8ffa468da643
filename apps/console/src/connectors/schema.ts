/**
 * @module
 */
import { z } from 'zod'
import { groupReference } from '../organization-groups/schema.ts'

export const connectorParams = z.strictObject({ group: groupReference, connector: z.string().min(1).max(256) })

export const thumbprintsSchema = z.strictObject({ sha256: z.string(), sha1Windows: z.string() })

export const connectorSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** `attached`: at the relay, and has yet to say hello. `live`: takes work. */
  state: z.enum(['live', 'draining', 'attached', 'away', 'revoked', 'expired']),
  software: z.string().optional(),
  enrolledAt: z.iso.datetime(),
  lastSeen: z.iso.datetime().optional(),
  inFlight: z.number().int(),
  latencyMs: z.number(),
  policyDigest: z.string().optional(),
  trustSetNumber: z.number().int().optional(),
  services: z.array(
    z.strictObject({
      service: z.string(),
      state: z.enum(['off', 'starting', 'healthy', 'degraded', 'failed']),
      generation: z.number().int(),
      says: z.string(),
      fix: z.string(),
    }),
  ),
  operations: z.array(z.string()),
  cloneAlarm: z.boolean(),
  certificate: z.strictObject({ thumbprints: thumbprintsSchema, notAfter: z.iso.datetime() }),
})
