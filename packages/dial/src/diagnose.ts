/**
 * The way to a relay, walked hop by hop and told in rows.
 *
 * For `connector check` and *Test connection*: it says which hop fails and what to do
 * about it. What is asked of each hop is in `probes.ts`.
 *
 * @module
 */
import { systemClock, type Clock } from '@sallygate/base/clock'
import type { RelayId } from '@sallygate/hop'
import { failed, type CheckRow } from './finding.ts'
import type { PathOptions, TlsOptions } from './path.ts'
import { probeName, probeRelay, probeStatus, probeTcp, probeTls, statusPath, type Probe } from './probes.ts'
import type { WayOut } from './proxy/way-out.ts'
import { parseRelayUrl, type RelayTarget } from './relay-url.ts'
import { defaultTuning } from './tuning.ts'

export interface DiagnoseOptions {
  readonly tls?: TlsOptions
  readonly expectedRelay?: RelayId
  /** Where it goes through a proxy, or may. */
  readonly wayOut?: WayOut
  readonly clock?: Clock
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** @returns One row per hop that was tried; the first failed one is the last, save that the status page may fail alone. */
export async function diagnose(relayUrl: string, options: DiagnoseOptions = {}): Promise<readonly CheckRow[]> {
  const clock = options.clock ?? systemClock
  const rows: CheckRow[] = []
  let target: RelayTarget
  try {
    target = parseRelayUrl(relayUrl)
  } catch (error) {
    return [{ target: 'relay address', ...failed(error), durationMs: 0 }]
  }
  const { tls = {}, wayOut, timeoutMs = defaultTuning.hopMs, expectedRelay } = options
  const signal = options.signal ?? new AbortController().signal
  const way = await wayOut?.explain(target, signal)
  rows.push(...(way?.rows ?? []))
  if (rows.at(-1)?.result === 'failed') return rows
  const path: PathOptions = { tls, clock, timeoutMs, ...(wayOut === undefined ? {} : { connect: wayOut.connect }) }
  // A proxy resolves the name itself; what this machine's resolver says would only mislead, and tell it what we dial.
  const own: readonly (readonly [string, Probe])[] = [
    [`name ${target.host}`, probeName],
    [`TCP ${target.shown}`, probeTcp],
  ]
  const probes: readonly (readonly [string, Probe])[] = [
    ...(way === undefined || way.isDirect ? own : []),
    [`TLS ${target.shown}`, probeTls],
    [`status page ${statusPath(target)}`, probeStatus],
    [`relay ${target.url.pathname}`, (...probe) => probeRelay(expectedRelay, ...probe)],
  ]
  for (const [name, probe] of probes) {
    const startedMs = clock.monotonicMs()
    const finding = await probe(target, path, signal).catch(failed)
    rows.push({ target: name, ...finding, durationMs: Math.round(clock.monotonicMs() - startedMs) })
    if (finding.result === 'failed') break
  }
  return rows
}
