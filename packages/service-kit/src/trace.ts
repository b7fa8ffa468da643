/**
 * Traces: what happened during one request, hop by hop, with times.
 *
 * A span holds a name, times and a few safe scalars. No parameter, no result and
 * no secret goes into one: a trace is shown to whoever may see that the request was made.
 *
 * @module
 */
import { Failure, type FailureDetails } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import { z } from 'zod'

export const spanSchema = z.strictObject({
  /** `dns`, `tcp`, `tls`, `bind`, `search`, … one word per kind of step. */
  name: z.string().max(60),
  /** Since the start of the trace it belongs to. */
  startMs: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
  outcome: z.enum(['ok', 'failed']),
  detail: z.record(z.string().max(60), z.union([z.string().max(300), z.number(), z.boolean()])),
})

export type Span = z.infer<typeof spanSchema>

/** Adds a fact to the span that is running. */
export type Note = (facts: FailureDetails) => void

export interface Trace {
  /** Runs `step` and records how long it took and how it ended. What it throws goes on to the caller. */
  span<T>(name: string, step: (note: Note) => Promise<T>): Promise<T>
  readonly spans: readonly Span[]
}

/** A search over twenty pages has twenty spans; beyond this nobody reads them. */
export const maxSpans = 100

export function startTrace(clock: Clock): Trace {
  const origin = clock.monotonicMs()
  const spans: Span[] = []
  const tenths = (ms: number) => Math.round(ms * 10) / 10
  return {
    spans,
    async span(name, step) {
      const began = clock.monotonicMs()
      const detail: Record<string, string | number | boolean> = {}
      const end = (outcome: Span['outcome']) => {
        if (spans.length >= maxSpans) return
        const durationMs = tenths(clock.monotonicMs() - began)
        spans.push({ name, startMs: tenths(began - origin), durationMs, outcome, detail })
      }
      try {
        const value = await step((facts) => {
          for (const [key, fact] of Object.entries(facts)) {
            detail[key] = typeof fact === 'string' ? fact.slice(0, 300) : fact
          }
        })
        end('ok')
        return value
      } catch (error) {
        detail['failure'] = error instanceof Failure ? error.code : 'BASE_INTERNAL'
        end('failed')
        throw error
      }
    },
  }
}
