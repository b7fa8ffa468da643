/**
 * Directory settings between the API and the form.
 *
 * What was left empty is left out: the default holds, and goes on saying so.
 *
 * @module
 */
import { storedText, type StoredSettings } from '../services/service-settings.ts'
import type { Bind, DirectoryFields } from './directory-fields.ts'

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
    ...texts(fields, stored),
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

function texts(fields: DirectoryFields, stored: StoredSettings | null): StoredSettings {
  return Object.fromEntries(
    optionalTexts.flatMap((name) =>
      fields[name].trim() === '' ? [] : [[name, storedText(fields[name], stored?.[name])] as const],
    ),
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

/** Where a password goes: another server or other trust, and it has to be entered again. */
export const targets: readonly string[] = [
  'servers',
  'discovery',
  'encryption',
  'trust',
  'certificatePins',
  'bind',
  'referrals',
]
