/**
 * Words of the directory for the screen.
 *
 * @module
 */

export const transitiveWords: Readonly<Record<string, string>> = {
  matchingRule: 'the server follows groups in groups',
  walk: 'groups in groups step by step',
  none: 'direct members only',
}

export const methodWords: Readonly<Record<string, string>> = {
  automatic: 'the best the server offers',
  usn: 'update numbers (USN) of Active Directory',
  dirSync: 'DirSync of Active Directory',
  timestamp: 'the time an entry was modified',
  none: 'not: always everything',
}

export const deletionWords: Readonly<Record<string, string>> = {
  automatic: 'the best the server offers',
  tombstones: 'by the tombstones of Active Directory',
  sweep: 'by what is missing in a full run',
  never: 'not: nothing is ever removed',
}

export const originWords = { byHand: 'by hand', site: 'the site, in DNS', domain: 'the domain, in DNS' } as const

export function disabledWords({
  kind,
  attribute = '',
  value = '',
  bit = '',
}: {
  readonly kind: string
  readonly attribute?: string
  readonly value?: string
  readonly bit?: number | string
}): string {
  if (kind === 'value') return `${attribute} is ${value}`
  return kind === 'flagBit' ? `flag ${bit} of ${attribute}` : 'never'
}
