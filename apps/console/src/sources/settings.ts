/**
 * What is set of a source: where it is, in which dialect it is asked, how often, and how long its word counts.
 *
 * @module
 */
import { z } from 'zod'

const text = (most: number) => z.string().min(1).max(most)

export const sourceSettings = z.strictObject({
  kind: z.enum(['ise', 'workspaceOne']),
  /** `https://host[:port][/instance]`. */
  url: z.url({ protocol: /^https$/ }).max(500),
  user: text(200),
  /** Authorities (PEM) for the server's certificate; the system's unless given. */
  ca: z.string().min(1).max(100_000).optional(),
  enabled: z.boolean().default(true),
  everyMinutes: z.number().int().min(5).max(1440).default(240),
  /** Without an answer for this long the source is called stale, loudly. Its devices stay as they were. */
  staleAfterHours: z.number().int().min(1).max(720).default(24),
})

export type SourceSettings = z.output<typeof sourceSettings>

/** What is sealed: never shown, and erased when the source is moved. */
export const sourceSecrets = z.strictObject({ password: text(1000), tenantCode: text(1000).optional() })
export type SourceSecrets = z.output<typeof sourceSecrets>

/** A change of one of these sends a stored password somewhere else, or to somebody else. */
export function isMoved(before: SourceSettings, after: SourceSettings): boolean {
  return before.url !== after.url || before.kind !== after.kind || before.ca !== after.ca
}

export const sourceState = z.object({
  lastRunAt: z.string().optional(),
  lastAnswerAt: z.string().optional(),
  durationMs: z.number().optional(),
  /** In the last whole answer. */
  devices: z.number().optional(),
  added: z.number().optional(),
  /** Named nobody, or what this group may not speak of. */
  ignored: z.number().optional(),
  withdrawn: z.number().optional(),
  /** Not in the newest answer, and too many to be believed without somebody's word. */
  heldBack: z.number().optional(),
  failure: z.object({ code: z.string(), says: z.string(), fix: z.string() }).optional(),
  failures: z.number().default(0),
  isStale: z.boolean().default(false),
  /** Marks of the Sallygate consoles that its answers are made from. */
  consoles: z.array(z.string()).optional(),
})

export type SourceState = z.output<typeof sourceState>
