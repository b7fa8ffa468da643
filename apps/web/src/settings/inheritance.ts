/**
 * What inheriting and overriding mean for a page, in words.
 *
 * @module
 */
import type { ChildPermission, SettingsPage } from '../api/service-shapes.ts'
import { visible } from '../text/directory-text.ts'

export const permissions: readonly { readonly value: ChildPermission; readonly label: string }[] = [
  { value: 'inheritOrOverride', label: 'inherit or override' },
  { value: 'inheritOnly', label: 'only inherit' },
  { value: 'overrideOnly', label: 'only override' },
]

/** A service nobody has set up asks for its settings at once. */
export function startOf({ mode, permission, isOff }: SettingsPage, mayEdit: boolean): SettingsPage['mode'] {
  if (permission === 'overrideOnly') return 'override'
  return mode === 'inherit' && isOff && mayEdit && permission !== 'inheritOnly' ? 'override' : mode
}

export function explain({ mode, permission, values, isOff }: SettingsPage, chosen: string, group: string): string {
  if (permission === 'inheritOnly')
    return 'A group above keeps this one to its own settings: they can only be inherited.'
  if (permission === 'overrideOnly') return 'A group above wants this one to have settings of its own.'
  if (chosen === 'override') {
    return mode === 'override'
      ? 'This group has settings of its own. Those of groups above do not count here.'
      : 'From now on this group would have settings of its own.'
  }
  const source = Object.values(values).find(({ from }) => typeof from === 'object' && from.group !== group)?.from
  if (typeof source === 'object') return `They are those of ${visible(source.name)}, and change with them.`
  if (Object.values(values).some(({ from }) => from === 'above'))
    return 'They are those of a group above, and change with them.'
  return isOff ? 'No group above has set anything either.' : 'No group above has set anything: the defaults hold.'
}
