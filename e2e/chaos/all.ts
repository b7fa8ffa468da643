/**
 * Every scenario there is.
 *
 * @module
 */
import { crowds } from './crowds.ts'
import { disks } from './disks.ts'
import { hosts } from './hosts.ts'
import { networks } from './network.ts'
import { processes } from './processes.ts'
import type { Scenario } from './scenario.ts'
import { suiteScenarios } from './suites.ts'

export const scenarios: readonly Scenario[] = [
  ...crowds,
  ...disks,
  ...hosts,
  ...networks,
  ...processes,
  ...suiteScenarios,
].toSorted(byNumber)

function byNumber({ id: a }: Scenario, { id: b }: Scenario): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
