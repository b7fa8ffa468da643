/**
 * In place of a button to save: that one may look, and nothing more.
 *
 * @module
 */
import { Text } from '@mantine/core'

/** @param what Of more than one thing: `these settings`. */
export function OnlySeen({ what, isOne = false }: { readonly what: string; readonly isOne?: boolean }) {
  return (
    <Text size="sm" c="dimmed">
      You may see {what}, and not change {isOne ? 'it' : 'them'}.
    </Text>
  )
}
