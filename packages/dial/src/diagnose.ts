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
import type { Connect, PathOptions, TlsOptions } from './path.ts'
import {
  probeName,
  probeRelay,
  probeStatus,
  probeTcp,
  probeTls,
  statusPath,
  failed,
  type Finding,
  type Probe,
} from './probes.ts'
import { parseRelayUrl, type RelayTarget } from './relay-url.ts'
import { defaultTuning } from './tuning.ts'

/** One line of a check, the same shape everywhere. */
export interface CheckRow extends Finding {
  readonly target: string
  readonly durationMs: number
}

export interface DiagnoseOptions {
  readonly tls?: TlsOptions
  readonly expectedRelay?: RelayId
  readonly connect?: Connect
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
  const { tls = {}, connect, timeoutMs = defaultTuning.hopMs, expectedRelay } = options
  const path: PathOptions = { tls, clock, timeoutMs, ...(connect === undefined ? {} : { connect }) }
  const probes: readonly (readonly [string, Probe])[] = [
    // A proxy resolves the name itself; what this machine's resolver says would only mislead.
    ...(connect === undefined ? [[`name ${target.host}`, probeName] as const] : []),
    [`TCP ${target.shown}`, probeTcp],
    [`TLS ${target.shown}`, probeTls],
    [`status page ${statusPath(target)}`, probeStatus],
    [`relay ${target.url.pathname}`, (...probe) => probeRelay(expectedRelay, ...probe)],
  ]
  for (const [name, probe] of probes) {
    const startedMs = clock.monotonicMs()
    const signal = options.signal ?? new AbortController().signal
    const finding = await probe(target, path, signal).catch(failed)
    rows.push({ target: name, ...finding, durationMs: Math.round(clock.monotonicMs() - startedMs) })
    if (finding.result === 'failed') break
  }
  return rows
}
