/**
 * A test of a connection: the console runs it, keeps its trace, and shows it hop by hop.
 *
 * @module
 */
import { ask, path, type ApiPath } from '../api/client.ts'
import type { Trace } from '../api/shapes.ts'
import { titleOf, type Hop } from './hops.ts'

export async function testConnection(address: ApiPath): Promise<Trace> {
  const { trace } = await ask<{ readonly trace: string }>('POST', address)
  return ask<Trace>('GET', path`/api/traces/${trace}`)
}

/** The title carries the name; what did not run has no time. */
export function hopsOfTrace({ hops }: Trace): readonly Hop[] {
  return hops.map(({ name, by, verdict, says, fix, startMs, durationMs, detail }) => ({
    title: titleOf(name),
    by,
    verdict,
    says,
    fix,
    detail: Object.entries(detail).map(([key, value]) => [key, String(value)] as const),
    ...(verdict === 'skipped' ? {} : { startMs, durationMs }),
  }))
}
