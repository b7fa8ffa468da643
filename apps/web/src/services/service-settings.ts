/**
 * Settings of a service between the API and a form: what is common to all of them.
 *
 * @module
 */
import type { Service, SettingsPage } from '../api/service-shapes.ts'

export type StoredSettings = Readonly<Record<string, unknown>>

/** A secret that is stored, and used, and not shown. */
export function hasSecret(stored: StoredSettings | null, field: string): boolean {
  return stored?.[field] !== undefined
}

/**
 * A text as it is to be stored: without blanks around it, unless it was stored with them.
 *
 * A line end more or less would look like another authority, and erase the password that goes there.
 */
export function storedText(typed: string, stored: unknown): string {
  const text = typed.trim()
  return typeof stored === 'string' && stored.trim() === text ? stored : text
}

/** Plain values of a settings page; `null` where nobody has turned the service on. */
export function storedOf({ values, isOff }: Pick<SettingsPage, 'values' | 'isOff'>): StoredSettings | null {
  if (isOff) return null
  return Object.fromEntries(Object.entries(values).map(([field, { value }]) => [field, value] as const))
}

/** Marks of stored secrets are for looking at; whoever sends one back means none. */
export function withoutMarks(settings: StoredSettings): StoredSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([, value]) => typeof value !== 'object' || value === null || !('isSet' in value || 'set' in value),
    ),
  )
}

/** The page of a service, for somebody who may see the service and not what groups inherit. */
export function pageOfService(
  { title, service, settings, generation, acknowledged }: Service,
  group: string,
): SettingsPage {
  const from = { group, name: '' }
  const values = Object.entries(settings ?? {}).map(([field, value]) => {
    const isSecret = typeof value === 'object' && value !== null && 'set' in value
    return [field, { value: isSecret ? { isSet: true } : value, from }] as const
  })
  return {
    page: service,
    title,
    mode: 'override',
    permission: 'inheritOrOverride',
    childPermission: 'inheritOrOverride',
    isOff: settings === null,
    generation,
    values: Object.fromEntries(values),
    acknowledged,
    notes: [],
  }
}
