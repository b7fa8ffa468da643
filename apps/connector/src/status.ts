/**
 * The status file: how this connector is, for a supervisor, an administrator and checks.
 *
 * A file, because a connector listens nowhere. It holds nothing secret.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import type { Failure, FailureReport } from '@sallygate/base/failure'
import { writeStatus, type PartStatus } from '@sallygate/base/process'
import type { DialStatus } from '@sallygate/dial'
import type { ClockStanding } from '@sallygate/envelope'
import type { ServiceStatus } from '@sallygate/service-instance/contract'
import { thumbprints, type Thumbprints } from '@sallygate/trust'
import { connectorFailure } from './failures.ts'
import { homeAt, type Home } from './home.ts'
import type { Identity } from './identity.ts'
import { software } from './software.ts'
import type { TrustStore } from './trust-store.ts'

export interface ConnectorFacts {
  /** The console reaches the services of this connector now. */
  readonly isLive: boolean
  readonly software: string
  readonly name: string
  readonly group: string
  readonly groupName: string
  readonly instance: string
  /** Why it is not live, or what is wrong although it is. */
  readonly failure?: FailureReport
  readonly relay: DialStatus
  /** How the last connection to the relay went out; absent where no proxy is configured, or none has come about. */
  readonly wayOut?: string
  readonly certificate: Thumbprints & { readonly notAfter: string }
  readonly trustSet: {
    readonly number: number
    readonly issuedAt: string
    readonly notAfter: string
    readonly ageSeconds: number
  }
  readonly clock: { readonly standing: ClockStanding; readonly offsetMs: number }
  readonly services: readonly ServiceStatus[]
  readonly inFlight: number
  /** How often each reason kept a request from being carried out, since the start. */
  readonly refusals: Readonly<Record<string, number>>
  readonly policy: { readonly digest: string; readonly failure?: FailureReport }
  readonly journal: { readonly failure?: FailureReport }
}

export interface StatusInput {
  readonly identity: Identity
  readonly trust: TrustStore
  readonly isLive: boolean
  readonly failure: Failure | undefined
  readonly relay: DialStatus
  readonly wayOut: string | undefined
  readonly clock: { readonly now: Date; readonly standing: ClockStanding; readonly offsetMs: number }
  readonly services: readonly ServiceStatus[]
  readonly inFlight: number
  readonly refusals: Readonly<Record<string, number>>
  readonly policy: { readonly digest: string; readonly failure: Failure | undefined }
  readonly journal: Failure | undefined
}

export function factsOf(input: StatusInput): ConnectorFacts {
  const { identity, trust, clock, policy, journal, failure } = input
  const { enrollment, certificate } = identity
  const { issuedAt, notAfter } = trust.held
  return {
    isLive: input.isLive,
    software,
    name: enrollment.name,
    group: enrollment.group,
    groupName: enrollment.groupName,
    instance: enrollment.instance,
    ...reported(failure),
    relay: input.relay,
    ...(input.wayOut === undefined ? {} : { wayOut: input.wayOut }),
    certificate: { ...thumbprints(certificate), notAfter: certificate.notAfter.toISOString() },
    trustSet: {
      number: trust.number,
      issuedAt: issuedAt.toISOString(),
      notAfter: notAfter.toISOString(),
      ageSeconds: Math.round((clock.now.getTime() - issuedAt.getTime()) / 1000),
    },
    clock: { standing: clock.standing, offsetMs: clock.offsetMs },
    services: input.services,
    inFlight: input.inFlight,
    refusals: input.refusals,
    policy: { digest: policy.digest, ...reported(policy.failure) },
    journal: reported(journal),
  }
}

/** `starting` until it has been live once; after that what is missing is `degraded`. */
export function stateOf(input: StatusInput, hasBeenLive: boolean): PartStatus['state'] {
  if (!input.isLive) return hasBeenLive ? 'degraded' : 'starting'
  const isWhole =
    input.policy.failure === undefined &&
    input.journal === undefined &&
    input.clock.standing === 'right' &&
    input.services.every(({ state }) => state.kind !== 'failed')
  return isWhole ? 'up' : 'degraded'
}

export function writeConnectorStatus(home: Home, state: PartStatus['state'], since: Date, facts: ConnectorFacts): void {
  const { pid } = process
  writeStatus(home.status, { part: 'connector', pid, state, since: since.toISOString(), facts: { ...facts } })
}

export type ConnectorStatus = PartStatus & { readonly facts: ConnectorFacts }

/** @throws FILE_MISSING where no connector has run yet, CONNECTOR_STATUS_UNREADABLE. */
export function readConnectorStatus(home: string): ConnectorStatus {
  const content = readFile(homeAt(home).status)
  try {
    return JSON.parse(content.toString('utf8')) as ConnectorStatus
  } catch (cause) {
    throw connectorFailure('STATUS_UNREADABLE', { cause })
  }
}

const reported = (failure: Failure | undefined) => (failure === undefined ? {} : { failure: failure.toJSON() })
