/**
 * Traces: a test of a connection, run by the console, kept by it, and shown hop by hop.
 *
 * @module
 */
import { ask, path, type ApiPath } from '../api/client.ts'
import type { Trace } from '../api/service-shapes.ts'
import { titleOf, type Hop } from './hops.ts'

const pollMs = 250
/** A test ends by itself long before; one whose console was restarted in between never does. */
const mostPolls = 600

export interface RunTrace {
  readonly body?: object | undefined
  /** Called with what is known so far, as often as more is. */
  readonly onProgress?: ((trace: Trace) => void) | undefined
}

/** Starts a test and follows it to its end. */
export async function runTrace(address: ApiPath, { body, onProgress }: RunTrace = {}): Promise<Trace> {
  const { trace: id } = await ask<{ readonly trace: string }>('POST', address, {
    // Not waited for: what is finished is shown while the rest is tried.
    body: { ...body, wait: false },
  })
  for (let polls = 1; ; polls++) {
    const trace = await ask<Trace>('GET', path`/api/traces/${id}`)
    if (trace.state !== 'running' || polls >= mostPolls) return trace
    onProgress?.(trace)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** The title carries the name; what did not run has no time. */
export function hopsOfTrace({ hops }: Pick<Trace, 'hops'>): readonly Hop[] {
  return hops.map(({ name, by, verdict, says, fix, startMs, durationMs, detail, chain }) => ({
    title: titleOf(name),
    by,
    verdict,
    says,
    fix,
    detail: Object.entries(detail).map(([key, value]) => [key, String(value)] as const),
    ...(chain === undefined ? {} : { chain }),
    ...(verdict === 'skipped' ? {} : { startMs, durationMs }),
  }))
}
