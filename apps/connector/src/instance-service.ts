/**
 * The instance service: what every connector does for the console, whatever else it runs.
 *
 * @module
 */
import { instanceContract, type InstanceStatus } from '@sallygate/service-instance/contract'
import {
  defineService,
  type CheckRow,
  type OperationContext,
  type OperationTable,
  type Service,
} from '@sallygate/service-kit'
import type { InstanceContract } from '@sallygate/service-instance/contract'
import type { OwnSettings } from './own-settings.ts'
import type { ConnectorServices } from './service-host.ts'
import { software } from './software.ts'

export interface InstanceView {
  readonly services: ConnectorServices
  readonly own: OwnSettings
  readonly table: OperationTable
  readonly startedAt: Date
  readonly inFlight: () => number
  readonly policyDigest: () => string
  /** Rows about the connector itself, before those of its services. */
  readonly check: () => Promise<readonly CheckRow[]>
}

export function instanceService(view: InstanceView): Service<InstanceContract> {
  const { services, table } = view
  return defineService(instanceContract, () =>
    Promise.resolve({
      operations: {
        status: () => Promise.resolve(statusOf(view)),
        configure: ({ service, settings, generation }) =>
          service === instanceContract.name
            ? view.own.configure(settings, generation)
            : services.configure(service, settings, generation),
        async check({ service }, context) {
          const isOwn = service === instanceContract.name
          const named = service === undefined ? services.names() : isOwn ? [] : [service]
          const own = service === undefined || isOwn ? await view.check() : []
          return { rows: [...own, ...(await checkServices(services, named, context))] }
        },
      },
      health: () => ({ kind: 'healthy' }) as const,
      stop: () => Promise.resolve(),
    }),
  )

  function statusOf({ startedAt, inFlight, policyDigest }: InstanceView): InstanceStatus {
    return {
      software,
      tableVersion: table.version,
      tableDigest: table.digest,
      startedAt: startedAt.toISOString(),
      inFlight: inFlight(),
      services: [...services.statuses(), view.own.status()],
      policyDigest: policyDigest(),
    }
  }
}

async function checkServices(
  services: ConnectorServices,
  names: readonly string[],
  context: OperationContext,
): Promise<readonly CheckRow[]> {
  const rows = await Promise.all(names.map((name) => services.check(name, context)))
  return rows.flat()
}
