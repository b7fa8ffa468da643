/**
 * @module
 */
import { z } from 'zod'
import { groupReference } from '../organization-groups/schema.ts'

export const connectorParams = z.strictObject({ group: groupReference, connector: z.string().min(1).max(256) })

export const thumbprintsSchema = z.strictObject({ sha256: z.string(), sha1Windows: z.string() })

/** `draining`: no new work. `maintenance`: the same, and somebody is at it. Checks and settings reach it either way. */
const dutyFields = {
  state: z.enum(['active', 'draining', 'maintenance']),
  /** Its share of the work, against its siblings. */
  weight: z.number().int().min(1).max(100),
}

export const dutySchema = z.strictObject(dutyFields).partial()

export const connectorSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** `attached`: at the relay, and has yet to say hello. `live`: takes work. */
  state: z.enum(['live', 'draining', 'maintenance', 'attached', 'away', 'revoked', 'expired']),
  /** What an administrator wants of it; a pause holds across restarts, on either side. */
  wanted: z.strictObject({ ...dutyFields, changedAt: z.iso.datetime().optional() }),
  software: z.string().optional(),
  enrolledAt: z.iso.datetime(),
  lastSeen: z.iso.datetime().optional(),
  /** `suspect`: it owes answers and gives no sign, so it gets no new work until it does. `dead`: it is not attached. */
  health: z.enum(['healthy', 'suspect', 'draining', 'dead']),
  suspectForMs: z.number().int().optional(),
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
  /** While the alarm is on: since when, and what to do. */
  clone: z
    .strictObject({ since: z.iso.datetime(), isCertain: z.boolean(), says: z.string(), fix: z.string() })
    .optional(),
  certificate: z.strictObject({ thumbprints: thumbprintsSchema, notAfter: z.iso.datetime() }),
})
