/**
 * Directory settings between the API and the form.
 *
 * The form shows what most need; whatever else is stored goes back as it came.
 *
 * @module
 */

import type { Service, SettingsPage } from '../api/service-shapes.ts'

export interface ServerFields {
  readonly host: string
  readonly port: number | string
  readonly certificateName: string
}

export interface DirectoryFields {
  readonly type: 'activeDirectory' | 'generic'
  readonly servers: readonly ServerFields[]
  readonly encryption: 'ldaps' | 'startTls' | 'none'
  readonly trust: string
  readonly bindDn: string
  /** Never filled from what is stored: it can be replaced, not read. */
  readonly bindPassword: string
  readonly baseDn: string
  readonly userBaseDn: string
  readonly groupBaseDn: string
  readonly userFilter: string
  readonly groupFilter: string
}

export type StoredSettings = Readonly<Record<string, unknown>>

export const usualPorts = { ldaps: 636, startTls: 389, none: 389 } as const

const optionalTexts = ['trust', 'bindDn', 'userBaseDn', 'groupBaseDn', 'userFilter', 'groupFilter'] as const

export function fieldsOf(settings: StoredSettings | null): DirectoryFields {
  const text = (name: string) => (typeof settings?.[name] === 'string' ? settings[name] : '')
  const stored = Array.isArray(settings?.['servers']) ? (settings['servers'] as Record<string, unknown>[]) : []
  const servers = stored.map(({ host, port, certificateName }) => ({
    host: typeof host === 'string' ? host : '',
    port: typeof port === 'number' ? port : '',
    certificateName: typeof certificateName === 'string' ? certificateName : '',
  }))
  return {
    type: settings?.['type'] === 'generic' ? 'generic' : 'activeDirectory',
    servers: servers.length === 0 ? [{ host: '', port: usualPorts.ldaps, certificateName: '' }] : servers,
    encryption:
      settings?.['encryption'] === 'startTls' || settings?.['encryption'] === 'none' ? settings['encryption'] : 'ldaps',
    trust: text('trust'),
    bindDn: text('bindDn'),
    bindPassword: '',
    baseDn: text('baseDn'),
    userBaseDn: text('userBaseDn'),
    groupBaseDn: text('groupBaseDn'),
    userFilter: text('userFilter'),
    groupFilter: text('groupFilter'),
  }
}

export function settingsOf(fields: DirectoryFields, stored: StoredSettings | null): StoredSettings {
  const rest: Record<string, unknown> = { ...stored }
  for (const name of [...optionalTexts, 'bindPassword']) delete rest[name]
  const texts = optionalTexts.flatMap((name) =>
    fields[name].trim() === '' ? [] : [[name, fields[name].trim()] as const],
  )
  return {
    ...rest,
    type: fields.type,
    encryption: fields.encryption,
    baseDn: fields.baseDn.trim(),
    servers: fields.servers.map(({ host, port, certificateName }) => ({
      host: host.trim(),
      port: Number(port),
      ...(certificateName.trim() === '' ? {} : { certificateName: certificateName.trim() }),
    })),
    ...Object.fromEntries(texts),
    ...(fields.bindPassword === '' ? {} : { bindPassword: fields.bindPassword }),
  }
}

export function hasPassword(stored: StoredSettings | null): boolean {
  return stored?.['bindPassword'] !== undefined
}

/** A stored password is given only to whom it was meant for: another server or other trust, and it has to be entered again. */
export function erasesPassword(fields: DirectoryFields, stored: StoredSettings | null): boolean {
  if (!hasPassword(stored)) return false
  const before = settingsOf(fieldsOf(stored), stored)
  const after = settingsOf(fields, stored)
  return ['servers', 'encryption', 'trust'].some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

/** Plain values of a settings page; `null` where nobody has turned the service on. */
export function storedOf({ values }: Pick<SettingsPage, 'values'>): StoredSettings | null {
  const entries = Object.entries(values).map(([field, { value }]) => [field, value] as const)
  return entries.some(([field]) => field === 'servers') ? Object.fromEntries(entries) : null
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
