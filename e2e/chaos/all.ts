/**
 * Every scenario there is.
 *
 * @module
 */
import { networks } from './network.ts'
import { processes } from './processes.ts'
import type { Scenario } from './scenario.ts'

export const scenarios: readonly Scenario[] = [...networks, ...processes].toSorted(byNumber)

function byNumber({ id: a }: Scenario, { id: b }: Scenario): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
