/**
 * Stored directory settings as the form begins with them, whatever version wrote them.
 *
 * @module
 */
import { usualPort, type Bind, type DirectoryFields, type Encryption, type ServerFields } from './directory-fields.ts'
import type { StoredSettings } from '../services/service-settings.ts'
import { typeNames, type DirectoryType } from './directory-types.ts'

type Plain = Readonly<Record<string, unknown>>

const plain = (value: unknown): Plain => (typeof value === 'object' && value !== null ? (value as Plain) : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown, otherwise: number | '' = ''): number | '' =>
  typeof value === 'number' ? value : otherwise
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
const oneOf = <const Word extends string>(value: unknown, words: readonly Word[], otherwise: Word): Word =>
  words.find((word) => word === value) ?? otherwise
const words = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(plain(value)).map(([name, one]) => [name, text(one)]))

export function fieldsOf(settings: StoredSettings | null): DirectoryFields {
  const stored = plain(settings)
  const encryption = oneOf<Encryption>(stored['encryption'], ['ldaps', 'startTls', 'none'], 'ldaps')
  const referrals = plain(stored['referrals'])
  const identifier = plain(stored['objectIdentifier'])
  const rule = plain(stored['disabledRule'])
  const membership = plain(stored['membership'])
  return {
    type: oneOf(stored['type'], Object.keys(typeNames) as DirectoryType[], 'activeDirectory'),
    ...servers(stored, encryption),
    encryption,
    trust: text(stored['trust']),
    certificatePins: texts(stored['certificatePins']),
    bind: oneOf<Bind>(stored['bind'], ['simple', 'kerberos', 'anonymous'], startingBind(settings)),
    bindDn: text(stored['bindDn']),
    bindPassword: '',
    referrals: { follow: oneOf(referrals['follow'], ['never', 'listed'], 'never'), hosts: texts(referrals['hosts']) },
    baseDn: text(stored['baseDn']),
    userBaseDn: text(stored['userBaseDn']),
    groupBaseDn: text(stored['groupBaseDn']),
    userObjectClass: text(stored['userObjectClass']),
    groupObjectClass: text(stored['groupObjectClass']),
    userFilter: text(stored['userFilter']),
    groupFilter: text(stored['groupFilter']),
    userAttributes: words(stored['userAttributes']),
    groupAttributes: words(stored['groupAttributes']),
    customAttributes: Object.entries(words(stored['customAttributes'])).map(([name, attribute]) => ({
      name,
      attribute,
    })),
    objectIdentifier: {
      attribute: text(identifier['attribute']),
      dataType: oneOf(identifier['dataType'], ['guid', 'text', 'hex'], 'text'),
    },
    disabledRule: {
      kind: oneOf(rule['kind'], ['value', 'flagBit', 'none', 'default'], 'default'),
      attribute: text(rule['attribute']),
      value: text(rule['value']),
      bit: number(rule['bit']),
    },
    membership: {
      attribute: text(membership['attribute']),
      holds: oneOf(membership['holds'], ['dn', 'login'], 'dn'),
      transitive: oneOf(membership['transitive'], ['none', 'matchingRule', 'walk', ''], ''),
    },
    sync: sync(stored['sync']),
    connectTimeoutMs: number(stored['connectTimeoutMs'], 3000),
    operationTimeoutMs: number(stored['operationTimeoutMs'], 10_000),
    maxBytes: number(stored['maxBytes'], 16 * 1024 * 1024),
    maxEntries: number(stored['maxEntries'], 10_000),
  }
}

/** Nobody begins with an anonymous bind; who has stored one has chosen it. */
function startingBind(settings: StoredSettings | null): Bind {
  return settings !== null && text(settings['bindDn']) === '' ? 'anonymous' : 'simple'
}

function servers(
  stored: Plain,
  encryption: Encryption,
): Pick<DirectoryFields, 'servers' | 'isDiscovered' | 'discovery'> {
  const listed = Array.isArray(stored['servers']) ? stored['servers'] : []
  const given = listed.map(plain).map(({ host, port, certificateName, isBackup }): ServerFields => ({
    host: text(host),
    port: number(port),
    certificateName: text(certificateName),
    isBackup: isBackup === true,
  }))
  const found = plain(stored['discovery'])
  const isDiscovered = stored['discovery'] !== undefined
  const first = { host: '', port: usualPort(encryption), certificateName: '', isBackup: false }
  const site = text(found['site'])
  return {
    servers: given.length === 0 && !isDiscovered ? [first] : given,
    isDiscovered,
    discovery: {
      domain: text(found['domain']),
      siteRule: site === '' ? 'any' : site === 'automatic' ? 'automatic' : 'named',
      site: site === 'automatic' ? '' : site,
      globalCatalog: found['globalCatalog'] === true,
    },
  }
}

/** In the order the console writes them, so that what nobody touched compares as the same. */
function sync(value: unknown): DirectoryFields['sync'] {
  const stored = plain(value)
  const safeguards = plain(stored['safeguards'])
  return {
    isOn: stored['isOn'] === true,
    everyMinutes: number(stored['everyMinutes'], 5),
    fullEveryHours: number(stored['fullEveryHours'], 24),
    incremental: oneOf(stored['incremental'], ['automatic', 'usn', 'dirSync', 'timestamp', 'none'], 'automatic'),
    deletions: oneOf(stored['deletions'], ['automatic', 'tombstones', 'sweep', 'never'], 'automatic'),
    groups: stored['groups'] !== false,
    safeguards: {
      maxRemovals: number(safeguards['maxRemovals'], 500),
      maxRemovalsPercent: number(safeguards['maxRemovalsPercent'], 10),
      maxChangesPercent: number(safeguards['maxChangesPercent'], 50),
      maxMembershipsRemovedPercent: number(safeguards['maxMembershipsRemovedPercent'], 50),
    },
  }
}
