/**
 * Where a value comes from, in words.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { From } from '../api/service-shapes.ts'
import { visible } from '../text/directory-text.ts'

export function wordsOf(from: From | undefined, group: string): string {
  if (from === undefined) return 'not set'
  if (from === 'default') return 'default'
  if (from === 'above') return 'from a group above'
  if (from === 'installation') return 'of the whole console'
  return from.group === group ? 'set here' : `from ${visible(from.name)}`
}

export function Provenance({ from, group }: { readonly from: From | undefined; readonly group: string }) {
  const isHere = typeof from === 'object' && from.group === group
  return (
    <Text span size="xs" className={isHere ? 'provenance is-here' : 'provenance'}>
      {wordsOf(from, group)}
    </Text>
  )
}
