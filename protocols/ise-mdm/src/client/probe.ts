/**
 * The probe: plays Cisco ISE against an MDM server and says, step by step, what ISE would see.
 *
 * It only asks. Each step is a row with a verdict, a sentence and what to do; a step that
 * cannot be tried is skipped and says why. Nothing here prints.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { IseDevice } from './device-list.ts'
import { iseReason } from './failures.ts'
import { HttpsExchange } from './https-exchange.ts'
import { IseClient, type IseCredentials } from './ise-client.ts'
import type { Latency } from './latency.ts'
import type { ApiVersion, MdmInfo } from './mdm-info.ts'
import { describeSteps } from './probe-steps.ts'
import { targetOf } from './probe-target.ts'
import type { Criterion } from './query-path.ts'
import type { ShownChain } from './server-certificate.ts'

export interface ProbeRow {
  readonly target: string
  readonly result: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly says: string
  readonly fix: string
  readonly durationMs: number
  /** The number ISE itself would report: 89003, 89004 or 89005. */
  readonly iseReason?: string
}

export interface ProbeOptions {
  /** What an administrator types: a host, an address with a port, or a whole URL with an instance prefix. */
  readonly url: string
  readonly credentials: IseCredentials
  readonly clock: Clock
  readonly ca?: string
  /** The highest version offered. 3 unless given. */
  readonly maxVersion?: ApiVersion
  /** A device the administrator knows, to be found and described. */
  readonly query?: { readonly criterion: Criterion; readonly value: string }
  /** Queries for the latency; 0 leaves them out. 40 unless given. */
  readonly latencyQueries?: number
  /** Walking all devices of a large server takes a while; this many pages are enough for a probe. 20 unless given. */
  readonly mostPages?: number
  /** Per request. 30 s, as ISE is said to wait, unless given. */
  readonly timeoutMs?: number
  readonly admits?: (address: string) => boolean
  /** Told of each row as soon as it is known. */
  readonly onRow?: (row: ProbeRow) => void
}

export interface ProbeReport {
  readonly url: string
  readonly rows: readonly ProbeRow[]
  /** The worst of the rows: failed, warning or ok. */
  readonly verdict: 'ok' | 'warning' | 'failed'
  readonly chain?: ShownChain
  readonly info?: MdmInfo
  readonly devices?: readonly IseDevice[]
  readonly nonCompliant?: number
  readonly total?: number
  readonly latency?: Latency
}

/** What the steps leave for each other. */
export interface ProbeState {
  chain?: ShownChain
  info?: MdmInfo
  devices?: readonly IseDevice[]
  nonCompliant?: number
  total?: number
  latency?: Latency
}

/** What a step found: `ok` unless it says otherwise; a thrown failure is `failed`. */
export interface Finding {
  readonly result?: 'ok' | 'warning' | 'failed' | 'skipped'
  readonly says: string
  readonly fix?: string
}

export interface Step {
  readonly target: string
  /** Without it nothing after it can be tried. */
  readonly isNeeded?: boolean
  run(): Promise<Finding>
}

const answerBytes = 64 * 1024 * 1024

/**
 * Runs every step.
 *
 * @throws ISE_CLIENT_BAD_TARGET. Everything else that goes wrong is a row.
 */
export async function probe(options: ProbeOptions): Promise<ProbeReport> {
  const target = targetOf(options.url)
  const { clock } = options
  const exchange = new HttpsExchange({
    origin: target.origin,
    clock,
    timeoutMs: options.timeoutMs ?? 30_000,
    maxAnswerBytes: answerBytes,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.admits === undefined ? {} : { admits: options.admits }),
  })
  const clientWith = (credentials: IseCredentials | undefined) =>
    new IseClient({ exchange, credentials, prefix: target.prefix, maxVersion: options.maxVersion ?? 3 })
  const state: ProbeState = {}
  const rows: ProbeRow[] = []
  let isBlocked = false
  try {
    const client = clientWith(options.credentials)
    for (const step of describeSteps({ options, target, exchange, client, anonymous: clientWith(undefined), state })) {
      const row = isBlocked
        ? {
            target: step.target,
            result: 'skipped' as const,
            says: 'Not tried: a step before it failed.',
            fix: '',
            durationMs: 0,
          }
        : await runStep(step, clock)
      if (row.result === 'failed' && step.isNeeded === true) isBlocked = true
      rows.push(row)
      options.onRow?.(row)
    }
  } finally {
    exchange.close()
  }
  return { url: target.origin.href.replace(/\/$/, '') + target.prefix, rows, verdict: worst(rows), ...state }
}

async function runStep(step: Step, clock: Clock): Promise<ProbeRow> {
  const startMs = clock.monotonicMs()
  const row = (found: Finding, reason?: string): ProbeRow => ({
    target: step.target,
    result: found.result ?? 'ok',
    says: found.says,
    fix: found.fix ?? '',
    durationMs: clock.monotonicMs() - startMs,
    ...(reason === undefined ? {} : { iseReason: reason }),
  })
  try {
    return row(await step.run())
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const details = Object.entries(error.details).map(([name, value]) => `${name} ${value}`)
    const says = details.length === 0 ? error.says : `${error.says} (${details.join(', ')})`
    return row({ result: 'failed', says, fix: error.fix }, iseReason(error.code))
  }
}

function worst(rows: readonly ProbeRow[]): ProbeReport['verdict'] {
  if (rows.some((row) => row.result === 'failed')) return 'failed'
  return rows.some((row) => row.result === 'warning') ? 'warning' : 'ok'
}
