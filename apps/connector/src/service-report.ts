/**
 * A service's status, as a report carries it.
 *
 * @module
 */
import { encodeUtf8 } from '@sallygate/base/bytes'
import type { ServiceReport } from '@sallygate/envelope'
import type { ServiceStatus } from '@sallygate/service-instance/contract'

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

/** The bound of the wire is in bytes; a server's own words may be in any script. */
function fitting(text: string, maxBytes: number): string {
  let end = Math.min(text.length, maxBytes)
  while (encodeUtf8(text.slice(0, end).toWellFormed()).length > maxBytes) end--
  return text.slice(0, end).toWellFormed()
}
