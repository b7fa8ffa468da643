/**
 * @module
 */
import type { FailureReport } from '@sallygate/base/failure'
import type { Contract } from '@sallygate/service-kit'
import type { z } from 'zod'
import type { acknowledgementSchema, serviceSchema } from './schema.ts'
import type { ServiceState } from './service-book.ts'
import type { Acknowledgement } from './settings-push.ts'

export function presentService(
  contract: Contract,
  state: ServiceState,
  acknowledged: readonly Acknowledgement[],
  nobodyRunsOnThem?: FailureReport,
): z.infer<typeof serviceSchema> {
  const secrets = state.secretsSet.map((field) => [field, { set: true }] as const)
  return {
    service: state.service,
    title: contract.title,
    settings: state.settings === undefined ? null : { ...state.settings, ...Object.fromEntries(secrets) },
    generation: state.generation,
    acknowledged: acknowledged.map(presentAcknowledgement),
    ...(nobodyRunsOnThem === undefined ? {} : { nobodyRunsOnThem: presentFailure(nobodyRunsOnThem) }),
  }
}

export function presentAcknowledgement({
  instance,
  name,
  generation,
  state,
  failure,
  refused,
}: Acknowledgement): z.infer<typeof acknowledgementSchema> {
  return {
    connector: name,
    connectorId: instance,
    generation,
    state,
    ...(failure === undefined ? {} : { failure: presentFailure(failure) }),
    ...(refused === undefined
      ? {}
      : { refused: { generation: refused.generation, failure: presentFailure(refused.failure) } }),
  }
}

const presentFailure = (failure: FailureReport) => ({ ...failure, details: { ...failure.details } })
