/**
 * Directory settings between the API and the form.
 *
 * What was left empty is left out: the default holds, and goes on saying so.
 *
 * @module
 */
import type { Service, SettingsPage } from '../api/service-shapes.ts'
import type { Bind, DirectoryFields } from './directory-fields.ts'

export type StoredSettings = Readonly<Record<string, unknown>>

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
const decided = [
  ...optionalTexts,
  'discovery',
  'certificatePins',
  'bind',
  'bindDn',
  'bindPassword',
  'referrals',
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
    encryption: fields.encryption,
    baseDn: fields.baseDn.trim(),
    servers: fields.servers.filter(({ host }) => host.trim() !== '').map(server),
    ...texts(fields),
    ...discovery(fields),
    ...(fields.certificatePins.length === 0 ? {} : { certificatePins: fields.certificatePins }),
    ...bind(fields, stored),
    ...referrals(fields, stored),
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

function server({ host, port, certificateName, isBackup }: DirectoryFields['servers'][number]) {
  return {
    host: host.trim(),
    port: Number(port),
    ...(certificateName.trim() === '' ? {} : { certificateName: certificateName.trim() }),
    ...(isBackup ? { isBackup } : {}),
  }
}

function texts(fields: DirectoryFields): StoredSettings {
  return Object.fromEntries(
    optionalTexts.flatMap((name) => (fields[name].trim() === '' ? [] : [[name, fields[name].trim()] as const])),
  )
}

function discovery({ isDiscovered, discovery: { domain, siteRule, site, globalCatalog } }: DirectoryFields) {
  if (!isDiscovered) return {}
  return {
    discovery: {
      kind: 'srv',
      domain: domain.trim(),
      ...(siteRule === 'any' ? {} : { site: siteRule === 'automatic' ? 'automatic' : site.trim() }),
      ...(globalCatalog ? { globalCatalog } : {}),
    },
  }
}

/** What no `bind` means. Stored pages of earlier versions have none, and a word more would look like another target. */
const impliedBind = (bindDn: unknown): Bind => (typeof bindDn === 'string' && bindDn !== '' ? 'simple' : 'anonymous')

function bind(fields: DirectoryFields, stored: StoredSettings | null): StoredSettings {
  const bindDn = fields.bind === 'anonymous' ? '' : fields.bindDn.trim()
  const isSaid = stored?.['bind'] !== undefined || fields.bind !== impliedBind(bindDn)
  return {
    ...(isSaid ? { bind: fields.bind } : {}),
    ...(bindDn === '' ? {} : { bindDn }),
    ...(fields.bind !== 'simple' || fields.bindPassword === '' ? {} : { bindPassword: fields.bindPassword }),
  }
}

function referrals({ referrals: { follow, hosts } }: DirectoryFields, stored: StoredSettings | null): StoredSettings {
  return follow === 'never' && stored?.['referrals'] === undefined ? {} : { referrals: { follow, hosts } }
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

export function hasPassword(stored: StoredSettings | null): boolean {
  return stored?.['bindPassword'] !== undefined
}

const targets = ['servers', 'discovery', 'encryption', 'trust', 'certificatePins', 'bind', 'referrals']

/** A stored password is given only to whom it was meant for: another server or other trust, and it has to be entered again. */
export function erasesPassword(
  fields: DirectoryFields,
  before: DirectoryFields,
  stored: StoredSettings | null,
): boolean {
  if (!hasPassword(stored)) return false
  const then = settingsOf(before, stored)
  const now = settingsOf(fields, stored)
  return targets.some((name) => JSON.stringify(then[name]) !== JSON.stringify(now[name]))
}

/** Plain values of a settings page; `null` where nobody has turned the service on. */
export function storedOf({ values }: Pick<SettingsPage, 'values'>): StoredSettings | null {
  const entries = Object.entries(values).map(([field, { value }]) => [field, value] as const)
  return entries.some(([field]) => field === 'baseDn') ? Object.fromEntries(entries) : null
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
