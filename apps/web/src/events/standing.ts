/**
 * @module
 */
import type { Standing } from '../gate/gate.ts'

/** How bad an event is, as a sign. */
export function standingOfEvent(severity: string): Standing {
  if (severity === 'error' || severity === 'critical') return 'failed'
  return severity === 'warning' ? 'warning' : 'off'
}
