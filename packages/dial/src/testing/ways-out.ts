/**
 * Ways out for tests: the settings of a program with the defaults they have there.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { defineSettings } from '@sallygate/base/settings'
import { makeWayOut, proxyFields, type WayOut, type WayOutSurroundings } from '../index.ts'

const table = defineSettings('wayOutInTest', proxyFields)

/** @param values As they stand in a settings file. */
export function wayOut(values: Readonly<Record<string, unknown>>, around: Partial<WayOutSurroundings> = {}): WayOut {
  const settings = table.parse([{ name: 'test', values }])
  const made = makeWayOut(settings, { clock: systemClock, log: silentLog, timeoutMs: 3000, ...around })
  if (made === undefined) throw new Error('no proxy is named')
  return made
}
