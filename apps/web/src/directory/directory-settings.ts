/**
 * Directory settings between the API and the form.
 *
 * What was left empty is left out: the default holds, and goes on saying so.
 *
 * @module
 */
import { storedText, type StoredSettings } from '../services/service-settings.ts'
import type { DirectoryFields } from './directory-fields.ts'
import { decidedByWay, waySettings } from './way-settings.ts'

const optionalTexts = [
  'trust',
  'userBaseDn',
  'groupBaseDn',
  'userObjectClass',
  'groupObjectClass',
  'userFilter',
  'groupFilter',
] as const

/** What the form decides about; whatever else is stored goes back as it came. */
const decided: readonly string[] = [
  ...optionalTexts,
  ...decidedByWay,
  'userAttributes',
  'groupAttributes',
  'customAttributes',
  'objectIdentifier',
  'disabledRule',
  'membership',
]

export function settingsOf(fields: DirectoryFields, stored: StoredSettings | null): StoredSettings {
  const rest: Record<string, unknown> = { ...stored }
  for (const name of decided) delete rest[name]
  return {
    ...rest,
    type: fields.type,
    baseDn: fields.baseDn.trim(),
    ...texts(fields, stored),
    ...waySettings(fields, stored),
    ...map('userAttributes', fields.userAttributes),
    ...map('groupAttributes', fields.groupAttributes),
    ...map(
      'customAttributes',
      Object.fromEntries(fields.customAttributes.map(({ name, attribute }) => [name.trim(), attribute])),
    ),
    ...identifier(fields.objectIdentifier),
    ...disabledRule(fields.disabledRule),
    ...membership(fields.membership, stored),
    sync: fields.sync,
    connectTimeoutMs: fields.connectTimeoutMs,
    operationTimeoutMs: fields.operationTimeoutMs,
    maxBytes: fields.maxBytes,
    maxEntries: fields.maxEntries,
  }
}

function texts(fields: DirectoryFields, stored: StoredSettings | null): StoredSettings {
  return Object.fromEntries(
    optionalTexts.flatMap((name) =>
      fields[name].trim() === '' ? [] : [[name, storedText(fields[name], stored?.[name])] as const],
    ),
  )
}

function map(name: string, attributes: Readonly<Record<string, string>>): StoredSettings {
  const given = Object.entries(attributes).flatMap(([field, attribute]) =>
    attribute.trim() === '' || field === '' ? [] : [[field, attribute.trim()] as const],
  )
  return given.length === 0 ? {} : { [name]: Object.fromEntries(given) }
}

function identifier({ attribute, dataType }: DirectoryFields['objectIdentifier']): StoredSettings {
  return attribute.trim() === '' ? {} : { objectIdentifier: { attribute: attribute.trim(), dataType } }
}

function disabledRule({ kind, attribute, value, bit }: DirectoryFields['disabledRule']): StoredSettings {
  if (kind === 'default') return {}
  if (kind === 'none') return { disabledRule: { kind } }
  const rule = kind === 'value' ? { value: value.trim() } : { bit: Number(bit) }
  return { disabledRule: { kind, attribute: attribute.trim(), ...rule } }
}

function membership(
  { attribute, holds, transitive }: DirectoryFields['membership'],
  stored: StoredSettings | null,
): StoredSettings {
  const isDefault = attribute.trim() === '' && holds === 'dn' && transitive === ''
  if (isDefault && stored?.['membership'] === undefined) return {}
  const given = attribute.trim() === '' ? {} : { attribute: attribute.trim() }
  return { membership: { ...given, holds, ...(transitive === '' ? {} : { transitive }) } }
}
