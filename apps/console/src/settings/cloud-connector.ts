/**
 * The cloud connector page: whether, by which way and for whom connectors work.
 *
 * @module
 */
import { defineContract, type Contract, type OperationTable } from '@sallygate/service-kit'
import { z } from 'zod'

/** `connectors`: those inside. `direct`: one that stands beside the console. */
export const serviceRoutes = ['connectors', 'direct', 'off'] as const
export type ServiceRoute = (typeof serviceRoutes)[number]

export const callerComponents = ['deviceServices', 'deviceManagement', 'selfService', 'other'] as const
export type CallerComponent = (typeof callerComponents)[number]

export interface CloudConnectorSettings {
  readonly isEnabled: boolean
  readonly autoUpdate: boolean
  readonly relayUrlChoice: 'external' | 'internal'
  readonly services: Readonly<Record<string, ServiceRoute>>
  readonly components: Readonly<Record<CallerComponent, boolean>>
}

export const cloudConnectorPageName = 'cloudConnector'

/** There is a switch for every service the console knows, and for no other. */
export function cloudConnectorPage(table: OperationTable): Contract {
  const services = table.contracts.map(({ name }) => name).filter((name) => name !== 'instance')
  const route = z.enum(serviceRoutes).default('connectors')
  const schema = z.strictObject({
    isEnabled: z.boolean().default(true),
    autoUpdate: z.boolean().default(false),
    /** Which of the relay's two addresses connectors are told to dial. */
    relayUrlChoice: z.enum(['external', 'internal']).default('external'),
    services: z.strictObject(Object.fromEntries(services.map((name) => [name, route]))).prefault({}),
    components: z
      .strictObject({
        deviceServices: z.boolean().default(true),
        deviceManagement: z.boolean().default(true),
        selfService: z.boolean().default(true),
        other: z.boolean().default(true),
      })
      .prefault({}),
  })
  return defineContract(cloudConnectorPageName, 1, {
    title: 'Cloud connector',
    settings: {
      schema,
      classification: {
        isEnabled: 'public',
        autoUpdate: 'public',
        relayUrlChoice: 'public',
        services: 'public',
        components: 'public',
      },
      erasesSecrets: [],
    },
    operations: {},
  }) as unknown as Contract
}
