/**
 * The values of a settings page, as they are stored, shown and given: no reading and no writing.
 *
 * @module
 */
import type { Json } from '@sallygate/base/json'
import type { StoredPage } from '@sallygate/domain'
import { isSecret, type Contract, type SettingsValues } from '@sallygate/service-kit'
import type { SettingsPageRow } from '@sallygate/store'

export function storedPage({ mode, childPermission, values, secretsSet }: SettingsPageRow): StoredPage {
  const secrets = Object.fromEntries(secretsSet.map((field) => [field, { isSet: true }]))
  return { mode, childPermission, values: { ...values, ...secrets } }
}

/** What each field is when nobody says anything. */
export function defaultsOf({ settings }: Contract): SettingsValues {
  const fields = Object.entries(settings.schema.shape).map(([field, schema]) => {
    const read = (schema as { safeParse(value: undefined): { success: boolean; data?: unknown } }).safeParse(undefined)
    return [field, read.success ? read.data : undefined] as const
  })
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

/** A secret comes as text, as it was shown (`{isSet: true}`: keep it), or as `null` (erase it). */
export function readSecrets(page: Contract, given: SettingsValues): { values: SettingsValues; nulls: string[] } {
  const values: Record<string, unknown> = {}
  const nulls: string[] = []
  for (const [field, value] of Object.entries(given)) {
    if (!isSecret(page.settings, field) || !page.secretFields.includes(field)) values[field] = value
    else if (value === null) nulls.push(field)
    else if (!(typeof value === 'object' && ('set' in value || 'isSet' in value))) values[field] = value
  }
  return { values, nulls }
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** On a page without secrets, what was not said stays the page's default and is shown as such. */
export function onlyNamed(values: SettingsValues, given: SettingsValues): SettingsValues {
  return Object.fromEntries(Object.entries(values).filter(([field]) => Object.hasOwn(given, field)))
}

export function withoutUndefined(values: SettingsValues): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<string, Json>
}
