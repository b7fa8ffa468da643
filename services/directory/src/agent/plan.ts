/**
 * The plan: settings read once, with defaults filled in and every text that has a
 * grammar parsed. What cannot be read is said at start, not at the first search.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto'
import { equal, parseFilter, parseName, type DistinguishedName, type Filter } from '@sallygate/protocol-ldap'
import {
  defaultMapping,
  directoryFailure,
  typeDefaults,
  type AttributeMapping,
  type DirectorySettings,
  type TypeDefaults,
} from '../contract.ts'

export interface KindPlan {
  readonly base: string
  readonly baseName: DistinguishedName
  /** What makes an entry one of this kind. */
  readonly filters: readonly Filter[]
}

export interface DirectoryPlan {
  readonly settings: DirectorySettings
  readonly isActiveDirectory: boolean
  readonly users: KindPlan
  readonly groups: KindPlan
  readonly mapping: AttributeMapping
  readonly identifier: TypeDefaults['identifier']
  /** PEM blocks; `undefined`: the authorities of this host. */
  readonly authorities: readonly string[] | undefined
}

/** @throws DIRECTORY_SETTING_INVALID. */
export function planDirectory(settings: DirectorySettings): DirectoryPlan {
  const defaults = typeDefaults[settings.type]
  const mapping = defaultMapping[settings.type]
  parseSetting('baseDn', () => parseName(settings.baseDn))
  if ((settings.bindDn === undefined) !== (settings.bindPassword === undefined)) {
    throw invalid(settings.bindDn === undefined ? 'bindDn' : 'bindPassword', 'bind account and password, or neither')
  }
  const kind = (
    base: string | undefined,
    baseSetting: string,
    objectClass: string,
    filter: string | undefined,
    filterSetting: string,
  ): KindPlan => ({
    base: base ?? settings.baseDn,
    baseName: parseSetting(baseSetting, () => parseName(base ?? settings.baseDn)),
    filters: [
      equal('objectClass', objectClass),
      ...(filter === undefined ? [] : [parseSetting(filterSetting, () => parseFilter(filter))]),
    ],
  })
  return {
    settings,
    isActiveDirectory: settings.type === 'activeDirectory',
    users: kind(
      settings.userBaseDn,
      'userBaseDn',
      settings.userObjectClass ?? defaults.userObjectClass,
      settings.userFilter ?? defaults.userFilter,
      'userFilter',
    ),
    groups: kind(
      settings.groupBaseDn,
      'groupBaseDn',
      settings.groupObjectClass ?? defaults.groupObjectClass,
      settings.groupFilter,
      'groupFilter',
    ),
    mapping: {
      user: { ...mapping.user, ...settings.userAttributes },
      group: { ...mapping.group, ...settings.groupAttributes },
    },
    identifier: settings.objectIdentifier ?? defaults.identifier,
    authorities: settings.trust === undefined ? undefined : readAuthorities(settings.trust),
  }
}

function readAuthorities(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw invalid('trust', 'one or more certificates in PEM form')
  for (const block of blocks) parseSetting('trust', () => new X509Certificate(block))
  return blocks
}

function parseSetting<T>(setting: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    const { details } = cause as { details?: { why?: unknown } }
    throw invalid(setting, typeof details?.why === 'string' ? details.why : 'something else', cause)
  }
}

function invalid(setting: string, expected: string, cause?: unknown) {
  return directoryFailure('SETTING_INVALID', {
    ...(cause === undefined ? {} : { cause }),
    details: cause === undefined ? { setting, expected } : { setting, wrong: expected },
  })
}
