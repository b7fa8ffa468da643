/**
 * Reads `manage-bde -status`. The words are English; in another language nothing is recognized, and that is unknown.
 *
 * @module
 */

/** @returns true when every fixed volume is fully encrypted and protected; false when one is not; `undefined` when nothing is said. */
export function readBitLocker(status: string): boolean | undefined {
  const volumes = status.split(/^Volume /m).slice(1)
  const verdicts = volumes.map(verdictOf)
  if (verdicts.length === 0) return undefined
  if (verdicts.includes(false)) return false
  return verdicts.includes(undefined) ? undefined : true
}

function verdictOf(volume: string): boolean | undefined {
  const value = (name: string) => new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, 'm').exec(volume)?.[1]
  const conversion = value('Conversion Status')
  const protection = value('Protection Status')
  if (conversion === undefined || protection === undefined) return undefined
  const isWhole = conversion === 'Fully Encrypted' || conversion === 'Used Space Only Encrypted'
  // Suspended protection leaves the key on the disk in the clear.
  return isWhole && protection === 'Protection On'
}
