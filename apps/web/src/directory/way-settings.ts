/**
 * How a directory is reached, from the form to the API: its servers, by hand or by DNS, who the connector is there, and
 * where it may be sent.
 *
 * @module
 */
import type { StoredSettings } from '../services/service-settings.ts'
import type { Bind, DirectoryFields } from './directory-fields.ts'

/** The settings that `waySettings` decides about. */
export const decidedByWay = [
  'servers',
  'discovery',
  'certificatePins',
  'bind',
  'bindDn',
  'bindPassword',
  'referrals',
] as const

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

export function waySettings(fields: DirectoryFields, stored: StoredSettings | null): StoredSettings {
  return {
    encryption: fields.encryption,
    servers: fields.servers.filter(({ host }) => host.trim() !== '').map(server),
    ...discovery(fields),
    ...(fields.certificatePins.length === 0 ? {} : { certificatePins: fields.certificatePins }),
    ...bind(fields, stored),
    ...referrals(fields, stored),
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
