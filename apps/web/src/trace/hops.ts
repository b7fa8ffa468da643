/**
 * Hops: the way of one request as a list, from the console to the back-end and back.
 *
 * Every time in it was measured. What nobody measured has no time; the way through
 * the relay is what remains of the whole when the connector's own time is taken off.
 *
 * @module
 */
import type { CallAnswer, ChainLink, Span } from '../api/service-shapes.ts'
import type { Problem } from '../api/problem.ts'

export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped'

export interface Hop {
  readonly title: string
  readonly by: 'console' | 'relay' | 'connector' | 'backend'
  readonly verdict: Verdict
  readonly startMs?: number
  readonly durationMs?: number
  readonly says: string
  readonly fix: string
  readonly detail: readonly (readonly [name: string, value: string])[]
  /** What the other end of TLS sent, its own certificate first. */
  readonly chain?: readonly ChainLink[]
}

const stepTitles: Readonly<Record<string, string>> = {
  dns: 'Name (DNS)',
  policy: 'Policy file',
  tcp: 'TCP connection',
  tls: 'TLS',
  startTls: 'StartTLS',
  bind: 'Bind account',
  search: 'Search',
  page: 'Page of results',
}

/** A step as a person reads it; one without words of its own begins with a capital. */
export function titleOf(step: string): string {
  return stepTitles[step] ?? step.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())
}

/** The hops of a call that was answered. */
export function hopsOfCall({ connector, durationMs, attempts, spans }: CallAnswer<unknown>): readonly Hop[] {
  const endMs = Math.max(0, ...spans.map((span) => span.startMs + span.durationMs))
  return [
    hop('Console', 'console', 'Signed and sealed the request to one connector, and verified the answer.', {
      detail: attempts > 1 ? [['attempts', String(attempts)]] : [],
    }),
    hop('Relay', 'relay', 'Routed both ways by address. It cannot read either.', {
      durationMs: Math.max(0, durationMs - endMs),
      detail: [['time', 'both ways, sealing included']],
    }),
    hop(`Connector ${connector.name}`, 'connector', 'Opened, verified, and allowed by its policy file.', {}),
    ...spans.map(hopOfSpan),
  ]
}

function hopOfSpan(span: Span): Hop {
  const detail = Object.entries(span.detail ?? {}).map(([name, value]) => [name, String(value)] as const)
  return {
    title: titleOf(span.name),
    by: 'backend',
    verdict: span.outcome === 'ok' ? 'ok' : span.outcome === 'skipped' ? 'skipped' : 'failed',
    startMs: span.startMs,
    durationMs: span.durationMs,
    says: '',
    fix: '',
    detail,
  }
}

/** Where a call that failed ended, as far as its failure tells. */
export function hopsOfFailure(problem: Problem): readonly Hop[] {
  const failed = (title: string, by: Hop['by']): Hop => ({
    title,
    by,
    verdict: 'failed' as const,
    says: problem.says,
    fix: problem.fix,
    detail: Object.entries(problem.details).map(([name, value]) => [name, String(value)] as const),
  })
  const notReached = (title: string, by: Hop['by']) => hop(title, by, 'Not reached.', { verdict: 'skipped' })
  const sent = hop('Console', 'console', 'Signed and sealed the request.', {})
  const routed = hop('Relay', 'relay', 'Routed it.', {})
  switch (placeOf(problem.code)) {
    case 'console':
      return [failed('Console', 'console'), notReached('Relay', 'relay'), notReached('Connector', 'connector')]
    case 'relay':
      return [sent, failed('Relay', 'relay'), notReached('Connector', 'connector')]
    case 'connector':
      return [sent, routed, failed('Connector', 'connector')]
    case 'backend':
      return [
        sent,
        routed,
        hop('Connector', 'connector', 'Opened and verified it.', {}),
        failed('Directory server', 'backend'),
      ]
  }
}

function placeOf(code: string): Hop['by'] {
  if (code.startsWith('DIRECTORY_')) return 'backend'
  if (code === 'CONSOLE_NO_CONNECTOR_ATTACHED' || code.startsWith('RELAY_') || code.startsWith('DIAL_')) return 'relay'
  if (/^(?:CONNECTOR|SERVICE|POLICY)_/.test(code) || code === 'CONSOLE_TIMED_OUT') return 'connector'
  return 'console'
}

function hop(title: string, by: Hop['by'], says: string, more: Partial<Hop>): Hop {
  return { title, by, verdict: 'ok', says, fix: '', detail: [], ...more }
}

/** The worst of them: one failed hop is a failed trace. */
export function verdictOf(hops: readonly Hop[]): Verdict {
  if (hops.some(({ verdict }) => verdict === 'failed')) return 'failed'
  return hops.some(({ verdict }) => verdict === 'warning') ? 'warning' : 'ok'
}
