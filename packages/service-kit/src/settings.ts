/**
 * Settings of a service: which of them are secret, and which changes erase a secret.
 *
 * A stored password must not follow the service to a host somebody else chose. So a
 * change of host, port, encryption or trust erases the secrets, unless they
 * are given anew in the same change.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { Classification } from '@sallygate/base/settings'
import type { z } from 'zod'
import type { Contract } from './contract.ts'

export interface SettingsDeclaration<Schema extends z.ZodObject = z.ZodObject> {
  readonly schema: Schema
  /** A field that is not here is a secret. */
  readonly classification: Readonly<Partial<Record<keyof z.infer<Schema> & string, Classification>>>
  /** Where the service connects to and whom it believes. */
  readonly erasesSecrets: readonly (keyof z.infer<Schema> & string)[]
}

export type SettingsValues = Readonly<Record<string, unknown>>

export function isSecret(settings: SettingsDeclaration, field: string): boolean {
  return (settings.classification[field] ?? 'secret') === 'secret'
}

export interface SplitSettings {
  readonly open: SettingsValues
  /** To be sealed before it is stored. */
  readonly secret: SettingsValues
}

/** Takes the secrets out, so that they can be sealed apart. */
export function splitSettings(contract: Contract, values: SettingsValues): SplitSettings {
  const entries = Object.entries(values)
  return {
    open: Object.fromEntries(entries.filter(([field]) => !isSecret(contract.settings, field))),
    secret: Object.fromEntries(entries.filter(([field]) => isSecret(contract.settings, field))),
  }
}

/** What may be shown: a secret that is set reads `[secret]`, one that is not is absent. */
export function redactSettings(contract: Contract, values: SettingsValues): SettingsValues {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, isSecret(contract.settings, field) ? '[secret]' : value]),
  )
}

export interface ChangedSettings {
  readonly values: SettingsValues
  /** Stored secrets that the change erased: they have to be typed again. */
  readonly erased: readonly string[]
}

/**
 * Puts a change over the stored settings.
 *
 * `change` holds all open fields. A secret it leaves out, or gives back as the
 * `[secret]` it was shown, keeps its stored value, unless one of the fields that say
 * where to connect and whom to believe has changed.
 */
export function changeSettings(contract: Contract, stored: SettingsValues, change: SettingsValues): ChangedSettings {
  const moved = contract.settings.erasesSecrets.some((field) => !isDeepStrictEqual(stored[field], change[field]))
  const given = Object.entries(change).filter(
    ([field, value]) => !(isSecret(contract.settings, field) && (value === undefined || value === '[secret]')),
  )
  const values: Record<string, unknown> = Object.fromEntries(given)
  const erased: string[] = []
  for (const field of contract.secretFields) {
    if (field in values || stored[field] === undefined) continue
    if (moved) erased.push(field)
    else values[field] = stored[field]
  }
  return { values, erased }
}
