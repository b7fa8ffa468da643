/**
 * Permits: everything that is decided of a request before anything is done.
 *
 * A known operation, what policy and the console's own switches allow, a service that
 * runs, parameters its contract accepts, time enough, and a place. What is refused here
 * has not been begun.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { decodeJson } from '@sallygate/base/json'
import { MAX_PARAMETERS, type OpenedRequest } from '@sallygate/envelope'
import {
  draftIn,
  laneOf,
  parseParams,
  serviceFailure,
  type OperationTable,
  type ServiceLife,
  type TableRow,
} from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'
import type { InFlight } from './in-flight.ts'
import type { OwnSettings } from './own-settings.ts'
import { allowRequest, type Limits, type Policy } from './policy.ts'
import type { RateLimits } from './rate-limits.ts'

export interface PermitsOptions {
  readonly table: OperationTable
  readonly life: (service: string) => ServiceLife | undefined
  /** @throws CONNECTOR_POLICY_BROKEN, CONNECTOR_POLICY_UNSAFE. */
  readonly policy: () => Policy
  readonly rates: RateLimits
  /** What the console has switched off here. */
  readonly own: Pick<OwnSettings, 'allow'>
  readonly inFlight: InFlight
  readonly clock: Clock
}

/** The connector speaking about itself is no service of this host's; the policy file is about those. */
const ownService = 'instance'

export interface Permit {
  readonly row: TableRow
  readonly params: unknown
  readonly limits: Limits
  readonly life: ServiceLife
  readonly release: () => void
}

export class Permits {
  readonly #options: PermitsOptions
  #isDraining = false

  constructor(options: PermitsOptions) {
    this.#options = options
  }

  /** Gives none from now on. */
  drain(): void {
    this.#isDraining = true
  }

  /** Everything that is decided before anything is done. @throws Failure. */
  give({ request }: OpenedRequest, untilMs: number): Permit {
    const { table, inFlight } = this.#options
    if (this.#isDraining) throw connectorFailure('DRAINING')
    const row = table.find(request.operation)
    const service = row.contract.name
    const limits = this.#limits(row, request.component, request.actingGroup)
    const life = this.#options.life(service)
    if (life === undefined) throw serviceFailure('NOT_ENABLED', { details: { service } })
    const params = parseParams(row.operation, decodeJson(request.parameters, { maxBytes: MAX_PARAMETERS }))
    if (draftIn(row.operation, params) === undefined) requireRunning(life)
    this.requireTime(row, untilMs)
    return { row, params, limits, life, release: inFlight.take(service, laneOf(row.operation, params)) }
  }

  /** @throws CONNECTOR_DEADLINE_TOO_SHORT. */
  requireTime({ operation }: TableRow, untilMs: number): void {
    const leftMs = Math.max(0, Math.round(untilMs - this.#options.clock.monotonicMs()))
    const { leastMs } = operation
    if (leftMs < leastMs) throw connectorFailure('DEADLINE_TOO_SHORT', { details: { leftMs, leastMs } })
  }

  /** @throws CONNECTOR_POLICY_*, CONNECTOR_SWITCHED_OFF. With a broken policy file only questions about the connector itself are answered. */
  #limits(row: TableRow, component: string, actingGroup: string): Limits {
    const { policy, rates, own } = this.#options
    const service = row.contract.name
    if (service === ownService && row.class === 'R') return {}
    const current = policy()
    if (service === ownService) return {}
    own.allow({ service, component, actingGroup })
    return allowRequest(current, { service, operation: row.of ?? row.key, component, actingGroup }, rates)
  }
}

/** @throws SERVICE_NOT_ENABLED, SERVICE_NOT_STARTED: known before anything is written down. */
function requireRunning(life: ServiceLife): void {
  const state = life.state()
  const service = life.contract.name
  if (state.kind === 'off') throw serviceFailure('NOT_ENABLED', { details: { service } })
  if (state.kind === 'starting')
    throw serviceFailure('NOT_STARTED', { details: { service, because: 'it is starting' } })
  if (state.kind === 'failed') {
    throw serviceFailure('NOT_STARTED', {
      details: { service, because: state.code, reason: state.reason.slice(0, 300) },
    })
  }
}
