/**
 * The rows of a check that dialed: one per step, in the order of the steps; the trace of the dial knows them.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { CheckList, type CheckFinding, type CheckRow, type Span } from '@sallygate/service-kit'
import { certificateFinding, type CertificateAdvice } from './certificate-finding.ts'
import type { Secured } from './secure.ts'

/** What a row says of a step that was taken. */
export type StepSays = Readonly<Record<string, string | ((detail: Span['detail']) => CheckFinding)>>

export interface DialedSteps {
  readonly clock: Clock
  readonly spans: readonly Span[]
  /** What ended the dial, if anything did. */
  readonly failure: unknown
  /** Whom it was about: `dc1.corp.test:636`. */
  readonly label: string
  /** Spans by name, in the order of the rows, each with what its row is called. */
  readonly steps: readonly (readonly [name: string, title: string])[]
  readonly says: StepSays
  /** For a step that was not needed, though nothing failed: why. */
  readonly notNeeded?: Readonly<Record<string, string>>
}

/** What is said of the steps of an approach, whoever's it is. */
export function approachSays(secured: Secured | undefined, advice: CertificateAdvice): StepSays {
  return {
    dns: ({ address }) => `Allowed, address ${address}.`,
    tcp: 'Connected.',
    tls: () => (secured === undefined ? 'Encrypted.' : certificateFinding(secured, advice)),
  }
}

/** @throws what ended the dial where it is no failure but a bug. */
export async function stepRows(dialed: DialedSteps): Promise<readonly CheckRow[]> {
  const { clock, spans, failure, steps, label, says, notNeeded = {} } = dialed
  if (failure !== undefined && !(failure instanceof Failure)) throw failure
  const rows: CheckRow[] = []
  // What fails between two steps stands at the one that was not reached.
  let isTold = failure === undefined || spans.some(({ outcome }) => outcome === 'failed')
  for (const [step, title] of steps) {
    const target = `${title}: ${label}`
    const said = says[step] ?? 'Done.'
    // Some steps are taken again once the connection is encrypted; the last time counts.
    const span = spans.findLast(({ name }) => name === step)
    const list = new CheckList(clock)
    if (span?.outcome === 'failed' || (span === undefined && !isTold)) {
      isTold = true
      await list.row(target, () => Promise.reject(failure as Failure))
    } else if (span === undefined) {
      const because = failure === undefined ? notNeeded[step] : undefined
      list.skip(target, because ?? 'Not tried, because a step before it failed.')
    } else await list.row(target, () => Promise.resolve(typeof said === 'string' ? said : said(span.detail)))
    rows.push(...list.rows.map((row) => ({ ...row, durationMs: Math.round(span?.durationMs ?? 0) })))
  }
  return rows
}
