/**
 * The trace of a test: every hop from the console to the system behind the gate, in order.
 *
 * What is in it is shown to whoever may see tests: times, verdicts, names and what to
 * do. No parameter, no result, and no text that a system behind the gate has sent.
 *
 * @module
 */
import { chainLinkSchema } from '@sallygate/service-kit'
import { z } from 'zod'

export const verdicts = ['ok', 'warning', 'failed', 'skipped'] as const

export const hopSchema = z.strictObject({
  name: z.string(),
  /** Who did it, or is to blame: the end that a fix has to begin at. */
  by: z.enum(['console', 'relay', 'connector', 'backend']),
  /** Since the start of the test. Of what a connector measured, where in between it lies is not known, and is the middle. */
  startMs: z.number(),
  durationMs: z.number(),
  verdict: z.enum(verdicts),
  says: z.string(),
  /** Empty when there is nothing to do. */
  fix: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Of a TLS hop: what the other end sent, its own certificate first. */
  chain: z.array(chainLinkSchema).max(8).optional(),
})

export const targetSchema = z.strictObject({
  kind: z.enum(['relay', 'connector', 'service']),
  /** Of a connector its name; of a service, the service. */
  name: z.string(),
  id: z.string().optional(),
  group: z.string().optional(),
})

export const traceSchema = z.strictObject({
  id: z.string(),
  target: targetSchema,
  startedAt: z.iso.datetime(),
  /** `running`: the hops that are finished; more will come. */
  state: z.enum(['running', 'done']),
  /** The hop that is under way, while it is running. */
  walking: z.string().optional(),
  durationMs: z.number(),
  /** `failed` when a hop has; `warning` when one has something to say. While it is running: so far. */
  verdict: z.enum(['ok', 'warning', 'failed']),
  hops: z.array(hopSchema),
})

export type Hop = z.infer<typeof hopSchema>
export type Trace = z.infer<typeof traceSchema>
export type TraceTarget = z.infer<typeof targetSchema>

export function verdictOf(hops: readonly Hop[]): Trace['verdict'] {
  if (hops.some(({ verdict }) => verdict === 'failed')) return 'failed'
  return hops.some(({ verdict }) => verdict === 'warning') ? 'warning' : 'ok'
}
