/**
 * A trace on a terminal: the steps of one request, as bars on a common time line.
 *
 * @module
 */
import type { Span } from './answers.ts'
import { paint, print, verdict } from './output.ts'

const barWidth = 32

export function printSpans(spans: readonly Span[]): void {
  const endMs = Math.max(1, ...spans.map((span) => span.startMs + span.durationMs))
  const longest = Math.max(0, ...spans.map((span) => span.name.length))
  for (const span of spans) {
    const from = Math.min(barWidth - 1, Math.floor((span.startMs / endMs) * barWidth))
    const length = Math.max(1, Math.round((span.durationMs / endMs) * barWidth))
    const bar = `${' '.repeat(from)}${'━'.repeat(Math.min(length, barWidth - from))}`.padEnd(barWidth)
    const outcome = span.outcome === 'ok' ? '' : ` ${verdict(span.outcome)}`
    const took = `${span.durationMs.toFixed(1).padStart(7)} ms`
    print(`  ${span.name.padEnd(longest)}  ${paint('cyan', bar)}  ${took}${outcome}${paint('dim', detailOf(span))}`)
  }
}

function detailOf({ detail }: Span): string {
  const pairs = Object.entries(detail ?? {}).map(([name, value]) => `${name} ${value}`)
  return pairs.length === 0 ? '' : `  ${pairs.join(', ')}`
}
