/**
 * The trace of a call: the console's own part, the way, and what the connector did there.
 *
 * A connector measures from the moment it has opened the request, on a clock of its own.
 * Where its spans lie in ours is not known; half of what the way took is put before them.
 *
 * @module
 */
import { maxSpans, type Span } from '@sallygate/service-kit'

export interface CallTimes {
  /** Monotonic: the call came in. */
  readonly beganMs: number
  /** Monotonic: the attempt that was answered began, and ended. */
  readonly sentMs: number
  readonly answeredMs: number
}

const tenths = (ms: number) => Math.round(Math.max(0, ms) * 10) / 10

export function callTrace(
  { beganMs, sentMs, answeredMs }: CallTimes,
  far: readonly Span[],
  about: { readonly connector: string; readonly attempts: number; readonly outcome: Span['outcome'] },
): readonly Span[] {
  const { connector, attempts, outcome } = about
  const wayMs = answeredMs - sentMs
  const farMs = Math.max(0, ...far.map(({ startMs, durationMs }) => startMs + durationMs))
  const offsetMs = sentMs - beganMs + Math.max(0, wayMs - farMs) / 2
  const own: Span[] = [
    { name: 'console', startMs: 0, durationMs: tenths(sentMs - beganMs), outcome: 'ok', detail: { attempts } },
    { name: 'gate', startMs: tenths(sentMs - beganMs), durationMs: tenths(wayMs), outcome, detail: { connector } },
  ]
  const shifted = far.map((span) => ({ ...span, startMs: tenths(span.startMs + offsetMs) }))
  return [...own, ...shifted].slice(0, maxSpans)
}
