/**
 * @module
 */
import { z } from 'zod'

export const failureSchema = z.strictObject({
  code: z.string(),
  says: z.string(),
  fix: z.string(),
  retry: z.enum(['never', 'later', 'elsewhere']),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

export const relayStateSchema = z.enum(['off', 'connecting', 'attached', 'waiting', 'refused', 'draining', 'stopped'])

export const warningSchema = z.strictObject({
  code: z.string(),
  /** `red`: something does not work or is not safe now. */
  level: z.enum(['red', 'yellow']),
  says: z.string(),
  fix: z.string(),
  /** What it is about, where there are several of the kind. */
  about: z.string().optional(),
  /** The organization group it is about; absent for what concerns the installation. */
  group: z.string().optional(),
})

export const statusSchema = z.strictObject({
  version: z.string(),
  console: z.string(),
  relay: z.strictObject({
    state: relayStateSchema,
    url: z.string().optional(),
    /** How the console's own session is carried: plain requests where no WebSocket gets through. */
    way: z.enum(['webSocket', 'longPoll']).optional(),
    failure: failureSchema.optional(),
  }),
  groups: z.number().int(),
  connectors: z.strictObject({ attached: z.number().int(), total: z.number().int() }),
  warnings: z.array(warningSchema),
  /** What the simulated sample office of npm start received can be looked at. */
  hasSampleOffice: z.boolean(),
})

export type Warning = z.infer<typeof warningSchema>
