/**
 * The plan: settings read once, with defaults filled in and every text that has a
 * grammar parsed. What cannot be read is said at start, not at the first search.
 *
 * @module
 */
import { readAuthorities, type Authorities } from '@sallygate/agent-kit'
import { equal, parseFilter, parseName, type DistinguishedName, type Filter } from '@sallygate/protocol-ldap'
import {
  contentInForce,
  directoryFailure,
  isSecretAttribute,
  type ContentInForce,
  type DirectorySettings,
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
  readonly mapping: ContentInForce['mapping']
  readonly identifier: ContentInForce['identifier']
  readonly disabledRule: ContentInForce['disabledRule']
  readonly membership: ContentInForce['membership']
  /** Attributes of users by the names they get here. */
  readonly custom: ContentInForce['custom']
  readonly bind: 'simple' | 'kerberos' | 'anonymous'
  /** SHA-256 of the server certificates that are believed, lower case hex; `undefined`: any that `authorities` signed. */
  readonly pins: readonly string[] | undefined
  readonly authorities: Authorities
}

/** @throws DIRECTORY_SETTING_INVALID. */
export function planDirectory(settings: DirectorySettings): DirectoryPlan {
  const content = contentInForce(settings)
  parseSetting('baseDn', () => parseName(settings.baseDn))
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
    users: kind(settings.userBaseDn, 'userBaseDn', content.userObjectClass, content.userFilter, 'userFilter'),
    groups: kind(settings.groupBaseDn, 'groupBaseDn', content.groupObjectClass, content.groupFilter, 'groupFilter'),
    mapping: { user: withoutSecrets(content.mapping.user), group: withoutSecrets(content.mapping.group) },
    identifier: content.identifier,
    disabledRule: content.disabledRule,
    membership: content.membership,
    custom: withoutSecrets(content.custom),
    bind: bindOf(settings),
    pins: settings.certificatePins,
    authorities: readAuthorities(settings.trust, (expected) => invalid('trust', expected)),
  }
}

/** @throws DIRECTORY_SETTING_INVALID for Kerberos without TLS, a bind account without a password, or the other way round. */
function bindOf({ bind, bindDn, bindPassword, encryption }: DirectorySettings): DirectoryPlan['bind'] {
  const kind = bind ?? (bindDn === undefined && bindPassword === undefined ? 'anonymous' : 'simple')
  // Nothing but TLS protects what follows a Kerberos bind here: there is no layer of its own.
  if (kind === 'kerberos' && encryption === 'none') throw invalid('encryption', 'LDAPS or StartTLS with Kerberos')
  if (kind !== 'simple') return kind
  if (bindDn !== undefined && bindPassword !== undefined) return kind
  throw invalid(bindDn === undefined ? 'bindDn' : 'bindPassword', 'bind account and password, or neither')
}

/** Settings from before passwords were kept out of the mapping are still read, and the mapping is not. */
function withoutSecrets<T extends Readonly<Record<string, string | undefined>>>(mapping: T): T {
  return Object.fromEntries(
    Object.entries(mapping).filter(([, attribute]) => attribute !== undefined && !isSecretAttribute(attribute)),
  ) as T
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
