/**
 * The values of a settings page between the API and a form.
 *
 * @module
 */
import type { SettingsPage } from '../api/service-shapes.ts'

export type Values = Readonly<Record<string, unknown>>

/** A secret that is stored reads `{isSet: true}`, whoever it belongs to. */
export function isStoredSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { isSet?: unknown }).isSet === true
}

/** What holds, without the marks of secrets: those can be replaced and not read. */
export function shownValues({ values }: Pick<SettingsPage, 'values'>): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([field, { value }]) => (isStoredSecret(value) ? [] : [[field, value] as const])),
  )
}

/** Secrets that are used here, wherever they come from. */
export function storedSecrets({ values }: Pick<SettingsPage, 'values'>): readonly string[] {
  return Object.entries(values).flatMap(([field, { value }]) => (isStoredSecret(value) ? [field] : []))
}

/**
 * What an override has to say to hold what the form shows.
 *
 * A default that nobody touched stays a default: it is not sent, and goes on saying so.
 */
export function changeOf(page: Pick<SettingsPage, 'values'>, form: Values): Values {
  return Object.fromEntries(
    Object.entries(form).filter(([field, value]) => {
      if (value === undefined) return false
      const before = page.values[field]
      return before?.from !== 'default' || JSON.stringify(before.value) !== JSON.stringify(value)
    }),
  )
}
