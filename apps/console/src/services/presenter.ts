/**
 * @module
 */
import type { Contract } from '@sallygate/service-kit'
import type { z } from 'zod'
import type { serviceSchema } from './schema.ts'
import type { ServiceState } from './service-book.ts'
import type { Acknowledgement } from './settings-push.ts'

export function presentService(
  contract: Contract,
  state: ServiceState,
  acknowledged: readonly Acknowledgement[],
): z.infer<typeof serviceSchema> {
  const secrets = state.secretsSet.map((field) => [field, { set: true }] as const)
  return {
    service: state.service,
    title: contract.title,
    settings: state.settings === undefined ? null : { ...state.settings, ...Object.fromEntries(secrets) },
    generation: state.generation,
    acknowledged: acknowledged.map(({ instance, name, generation, state: there, failure }) => ({
      connector: name,
      connectorId: instance,
      generation,
      state: there,
      ...(failure === undefined ? {} : { failure: { ...failure, details: { ...failure.details } } }),
    })),
  }
}
