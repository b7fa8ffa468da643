/**
 * What the form of the directory holds while somebody fills it in.
 *
 * Its parts are called as the settings are, so that what the console says about a
 * field finds the field. Empty means the default, wherever there is one.
 *
 * @module
 */
import type { DirectoryType } from './directory-types.ts'

export interface ServerFields {
  readonly host: string
  readonly port: number | string
  readonly certificateName: string
  readonly isBackup: boolean
}

export type Encryption = 'ldaps' | 'startTls' | 'none'
export type Bind = 'simple' | 'kerberos' | 'anonymous'

export interface SyncFields {
  readonly isOn: boolean
  readonly everyMinutes: number | string
  readonly fullEveryHours: number | string
  readonly incremental: string
  readonly deletions: string
  readonly groups: boolean
  readonly safeguards: {
    readonly maxRemovals: number | string
    readonly maxRemovalsPercent: number | string
    readonly maxChangesPercent: number | string
    readonly maxMembershipsRemovedPercent: number | string
  }
}

export interface DirectoryFields {
  readonly type: DirectoryType
  readonly servers: readonly ServerFields[]
  readonly isDiscovered: boolean
  readonly discovery: {
    readonly domain: string
    readonly siteRule: 'any' | 'automatic' | 'named'
    readonly site: string
    readonly globalCatalog: boolean
  }
  readonly encryption: Encryption
  readonly trust: string
  readonly certificatePins: readonly string[]
  readonly bind: Bind
  readonly bindDn: string
  /** Never filled from what is stored: it can be replaced, not read. */
  readonly bindPassword: string
  readonly referrals: { readonly follow: 'never' | 'listed'; readonly hosts: readonly string[] }
  readonly baseDn: string
  readonly userBaseDn: string
  readonly groupBaseDn: string
  readonly userObjectClass: string
  readonly groupObjectClass: string
  readonly userFilter: string
  readonly groupFilter: string
  readonly userAttributes: Readonly<Record<string, string>>
  readonly groupAttributes: Readonly<Record<string, string>>
  readonly customAttributes: readonly { readonly name: string; readonly attribute: string }[]
  readonly objectIdentifier: { readonly attribute: string; readonly dataType: string }
  readonly disabledRule: {
    readonly kind: 'default' | 'value' | 'flagBit' | 'none'
    readonly attribute: string
    readonly value: string
    readonly bit: number | string
  }
  readonly membership: { readonly attribute: string; readonly holds: 'dn' | 'login'; readonly transitive: string }
  readonly sync: SyncFields
  readonly connectTimeoutMs: number | string
  readonly operationTimeoutMs: number | string
  readonly maxBytes: number | string
  readonly maxEntries: number | string
}

const ports = {
  ldaps: { domain: 636, catalog: 3269 },
  startTls: { domain: 389, catalog: 3268 },
  none: { domain: 389, catalog: 3268 },
} as const

export const usualPort = (encryption: Encryption): number => ports[encryption].domain

/** Ports to choose from, with what each is for. */
export const portsOf = (encryption: Encryption): readonly { readonly port: number; readonly says: string }[] => [
  { port: ports[encryption].domain, says: 'the domain' },
  { port: ports[encryption].catalog, says: 'global catalog: the forest' },
]

/** The usual port follows the encryption; one that somebody chose stays. */
export function portAfter(port: number | string, from: Encryption, to: Encryption): number | string {
  if (port === ports[from].domain) return ports[to].domain
  return port === ports[from].catalog ? ports[to].catalog : port
}
