/**
 * How a nac stands, in a word.
 *
 * @module
 */
import type { Nac } from '../api/nac-shapes.ts'
import type { Standing } from '../gate/gate.ts'

/** An MDM server that is slower is called unreachable by ISE, sooner or later. */
export const slowMs = 200

/** It asks every few seconds; a minute behind means that something keeps it from hearing. */
export function freshness({ isSilent, ageSeconds }: Pick<Nac, 'isSilent' | 'ageSeconds'>): readonly [Standing, string] {
  if (isSilent) return ['failed', 'silent']
  if (ageSeconds < 0) return ['failed', 'without a picture']
  return ageSeconds > 60 ? ['warning', 'behind'] : ['ok', 'in step']
}
