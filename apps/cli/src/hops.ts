/**
 * The trace of a test on a terminal: its hops as bars, then what each has to say.
 *
 * @module
 */
import type { TraceAnswer } from './answers.ts'
import { printCheckRows } from './check-rows.ts'
import { paint, print, verdict } from './output.ts'
import { printSpans } from './spans.ts'

export function printTrace({ target, startedAt, durationMs, hops, ...trace }: TraceAnswer): void {
  const what = target.kind === target.name ? target.kind : `${target.kind} ${target.name}`
  print(
    `${paint('bold', what)}  ${verdict(trace.verdict)}  ${paint('dim', `${startedAt}, ${durationMs.toFixed(0)} ms`)}`,
  )
  const walked = hops.filter((hop) => hop.verdict !== 'skipped')
  printSpans(
    walked.map(({ name, startMs, durationMs: ms, verdict: outcome }) => ({ name, startMs, durationMs: ms, outcome })),
  )
  print('')
  printCheckRows(hops.map((hop) => ({ ...hop, target: hop.name, result: hop.verdict })))
}
