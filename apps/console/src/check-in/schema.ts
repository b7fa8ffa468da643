/**
 * @module
 */
import { commandKinds, deviceStates, severities } from '@sallygate/domain'
import { z } from 'zod'
import { mostStatement } from './statement-schema.ts'

/** JSON as text; what is in it is read after its signature was checked. */
export const statementText = z.string().min(2).max(mostStatement)
export const signatureText = z.string().length(86)

export const checkInSchema = z.strictObject({
  device: z.string().min(1).max(64),
  sequence: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  statement: statementText,
  signature: signatureText,
})

export const failingRuleSchema = z.strictObject({
  policy: z.string(),
  rule: z.string(),
  says: z.string(),
  remediation: z.string(),
  severity: z.enum(severities),
  countsForAccess: z.boolean(),
  isUnknown: z.boolean(),
})

export const verdictSchema = z.strictObject({
  compliant: z.boolean(),
  failing: z.array(failingRuleSchema),
  evaluatedAt: z.iso.datetime(),
})

/** What a device hears. */
export const checkedInSchema = z.strictObject({
  device: z.string(),
  state: z.enum(deviceStates),
  verdict: verdictSchema,
  commands: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(commandKinds),
      text: z.strictObject({ title: z.string(), body: z.string() }).optional(),
    }),
  ),
  /** When to check in next, in milliseconds. */
  nextMs: z.number().int(),
})
