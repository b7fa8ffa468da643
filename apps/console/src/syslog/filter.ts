/**
 * Which rows of the stream a target gets.
 *
 * @module
 */
import type { FeedOutline } from '@sallygate/store'
import { severities, type Severity } from '../events/catalogue.ts'
import type { StreamCategory } from '../events/record-kinds.ts'
import type { TargetSettings } from './schema.ts'

export interface Wanting {
  readonly id: string
  readonly settings: Pick<TargetSettings, 'filter' | 'withInstallation'>
  /** The target's group and all below it. */
  readonly groups: ReadonlySet<string>
}

type Asked = Pick<FeedOutline, 'group' | 'severity' | 'category' | 'target'>

export function wants({ id, settings, groups }: Wanting, row: Asked): boolean {
  // That a target drops events, the target itself hears whatever it filters.
  if (row.target === id) return true
  const isItsGroup = row.group === undefined ? settings.withInstallation : groups.has(row.group)
  if (!isItsGroup) return false
  const { severity, categories } = settings.filter
  const rank = severities.indexOf(row.severity as Severity)
  // What a later version wrote is passed on rather than lost.
  const isBadEnough = rank < 0 || rank >= severities.indexOf(severity)
  return isBadEnough && (categories === undefined || categories.includes(row.category as StreamCategory))
}
