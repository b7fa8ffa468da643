/**
 * Settings pages: which values hold for a group, and whose they are.
 *
 * A page is inherited or overridden as a whole. What a group lets its children do is
 * part of its page. A restriction holds all the way down: a group that may only inherit
 * cannot let its own children do more.
 *
 * @module
 */

export type PageMode = 'inherit' | 'override'

export const childPermissions = ['inheritOnly', 'overrideOnly', 'inheritOrOverride'] as const
export type ChildPermission = (typeof childPermissions)[number]

export type PageValues = Readonly<Record<string, unknown>>

/** What a group has stored of a page. */
export interface StoredPage {
  readonly mode: PageMode
  readonly childPermission: ChildPermission
  /** Of an override; secrets stand in it as `{isSet: true}`. */
  readonly values: PageValues
}

/** One group on the way from the top down. */
export interface PathStep {
  readonly group: string
  readonly stored: StoredPage | undefined
}

export interface PageValue {
  readonly value: unknown
  /** The id of a group, or `default`: the page's own. */
  readonly from: string
}

export interface EffectivePage {
  /** What holds, which is not what is stored where the group above does not allow it. */
  readonly mode: PageMode
  /** The group whose override holds; `undefined`: nobody's, all values are defaults. */
  readonly source: string | undefined
  /** What the groups above let this one do. */
  readonly permission: ChildPermission
  /** What this group lets its children do. */
  readonly childPermission: ChildPermission
  readonly values: Readonly<Record<string, PageValue>>
}

/**
 * @param path From the top down to the group, which is the last. Not empty.
 */
export function resolvePage(path: readonly PathStep[], defaults: PageValues): EffectivePage {
  let permission: ChildPermission = 'inheritOrOverride'
  let below: ChildPermission = 'inheritOrOverride'
  let mode: PageMode = 'inherit'
  let source: PathStep | undefined
  for (const step of path) {
    permission = below
    mode = modeUnder(permission, step.stored)
    if (mode === 'override') source = step
    below = permissionBelow(permission, step.stored)
  }
  const own = source?.stored?.mode === 'override' ? source.stored.values : {}
  const from = source?.group ?? 'default'
  const values = {
    ...mapped(defaults, 'default'),
    ...mapped(own, from),
  }
  return { mode, source: source?.group, permission, childPermission: below, values }
}

/** What a group lets its children do, given what it may do itself. */
export function permissionBelow(permission: ChildPermission, stored: StoredPage | undefined): ChildPermission {
  return permission === 'inheritOnly' ? 'inheritOnly' : (stored?.childPermission ?? 'inheritOrOverride')
}

function modeUnder(permission: ChildPermission, stored: StoredPage | undefined): PageMode {
  if (permission === 'inheritOnly') return 'inherit'
  return permission === 'overrideOnly' ? 'override' : (stored?.mode ?? 'inherit')
}

function mapped(values: PageValues, from: string): Record<string, PageValue> {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, { value, from }]))
}

export interface ValueChange {
  readonly field: string
  readonly before: PageValue | undefined
  readonly after: PageValue | undefined
}

/** Fields whose value is another one afterwards, or comes from somewhere else. */
export function differences(before: EffectivePage, after: EffectivePage): readonly ValueChange[] {
  const fields = new Set([...Object.keys(before.values), ...Object.keys(after.values)])
  return [...fields]
    .map((field) => ({ field, before: before.values[field], after: after.values[field] }))
    .filter(
      (change) =>
        change.before?.from !== change.after?.from ||
        JSON.stringify(change.before?.value) !== JSON.stringify(change.after?.value),
    )
}
