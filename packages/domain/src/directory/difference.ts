/**
 * What became of an object between two looks at it.
 *
 * @module
 */
import { parentKey, type DirectoryObject } from './object.ts'

export const objectChanges = ['added', 'changed', 'moved', 'disabled', 'enabled', 'removed', 'failed'] as const
export type ObjectChange = (typeof objectChanges)[number]

export interface ObjectDifference {
  /** The most telling of what happened: who was disabled and moved counts as disabled. */
  readonly change: Extract<ObjectChange, 'changed' | 'moved' | 'disabled' | 'enabled'>
  /** By name, in order. Values are not in it: a report is read by more people than an entry. */
  readonly fields: readonly string[]
}

/** @returns `undefined` where nothing differs. */
export function differenceOf(before: DirectoryObject, after: DirectoryObject): ObjectDifference | undefined {
  const fields = new Set<string>()
  for (const name of new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])) {
    if (!isSame(before.fields[name] ?? [], after.fields[name] ?? [])) fields.add(name)
  }
  if (before.dn !== after.dn || before.key !== after.key) fields.add('dn')
  for (const name of plainMembers) if (before[name] !== after[name]) fields.add(name)
  if (fields.size === 0) return undefined
  return { change: changeOf(before, after), fields: [...fields].toSorted() }
}

const plainMembers = ['isDisabled', 'isLocked', 'mustChangePassword', 'expiresAtMs', 'sid', 'primarySid'] as const

function changeOf(before: DirectoryObject, after: DirectoryObject): ObjectDifference['change'] {
  if (before.isDisabled !== after.isDisabled) return after.isDisabled ? 'disabled' : 'enabled'
  return parentKey(before.key) === parentKey(after.key) ? 'changed' : 'moved'
}

/** Values of an attribute are a set; nobody gave them an order. */
function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  const [left, right] = [a.toSorted(), b.toSorted()]
  return left.every((value, at) => value === right[at])
}

/** Who joined and who left. */
export function memberDifference(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): { readonly added: number; readonly removed: number } {
  let kept = 0
  for (const one of after) if (before.has(one)) kept++
  return { added: after.size - kept, removed: before.size - kept }
}
