/**
 * A service's status, as a report carries it.
 *
 * @module
 */
import type { ServiceReport } from '@sallygate/envelope'
import type { ServiceStatus } from '@sallygate/service-instance/contract'
import { fitting } from './fitting.ts'

export function serviceReport({ service, contractVersion, generation, state }: ServiceStatus): ServiceReport {
  const { code, reason, fix } = 'reason' in state ? state : { code: '', reason: '', fix: '' }
  return {
    service,
    contractVersion,
    generation,
    state: state.kind,
    code: fitting(code, 100),
    reason: fitting(reason, 1000),
    fix: fitting(fix, 1000),
  }
}
