/**
 * OpenLDAP on loopback: LDAP, LDAPS and StartTLS, a password policy, many people.
 *
 * @module
 */
import { startSlapdServer, type SlapdServer, type SlapdServerOptions } from './slapd-server.ts'

export const slapdBase = 'dc=office,dc=test'
export const slapdReader = { dn: `cn=reader,${slapdBase}`, password: 'reads-only' } as const
export const slapdPassword = 'correct horse'

export type Slapd = SlapdServer

export function startSlapd(
  people: number,
  options: Pick<SlapdServerOptions, 'address' | 'names' | 'logLevel'> = {},
): Promise<Slapd> {
  return startSlapdServer({
    suffix: slapdBase,
    modules: ['ppolicy', 'memberof'],
    global,
    database,
    ldif: ldif(people),
    ...options,
  })
}

const global = [
  // As many as Active Directory gives without pages.
  'sizelimit size.soft=1000 size.hard=1000 size.prtotal=unlimited',
  // A password on a connection that is not encrypted is refused.
  'security simple_bind=128',
]

const database = [
  // No password: nobody binds with it. The password policy writes in its name.
  `rootdn "cn=root,${slapdBase}"`,
  'index objectClass,uid,member,memberOf eq',
  'overlay memberof',
  'overlay ppolicy',
  `ppolicy_default "cn=policy,${slapdBase}"`,
  'ppolicy_use_lockout',
  'access to attrs=userPassword by anonymous auth by * none',
  `access to * by dn.exact="${slapdReader.dn}" read by users none by anonymous auth`,
]

/** People with a story each: what the password policy says about them is in operational attributes. */
const stories: Readonly<Record<string, readonly string[]>> = {
  'always.locked': ['pwdAccountLockedTime: 000001010000Z'],
  'long.expired': ['pwdChangedTime: 20200101000000Z'],
  'must.change': ['pwdReset: TRUE'],
}

function ldif(people: number): string {
  const entry = (dn: string, ...lines: readonly string[]) => [`dn: ${dn}`, ...lines, ''].join('\n')
  const person = (uid: string, more: readonly string[] = []) =>
    entry(
      `uid=${uid},ou=people,${slapdBase}`,
      'objectClass: inetOrgPerson',
      `uid: ${uid}`,
      `cn: ${uid}`,
      `sn: ${uid}`,
      `mail: ${uid}@office.test`,
      `userPassword: ${slapdPassword}`,
      ...more,
    )
  const uids = Array.from({ length: people }, (_, index) => `u${String(index).padStart(5, '0')}`)
  return [
    entry(slapdBase, 'objectClass: domain', 'dc: office'),
    entry(`ou=people,${slapdBase}`, 'objectClass: organizationalUnit', 'ou: people'),
    entry(
      `cn=policy,${slapdBase}`,
      'objectClass: device',
      'objectClass: pwdPolicy',
      'cn: policy',
      'pwdAttribute: userPassword',
      'pwdMaxAge: 7776000',
      'pwdMaxFailure: 3',
      'pwdLockout: TRUE',
      'pwdLockoutDuration: 600',
      'pwdMustChange: TRUE',
    ),
    entry(
      slapdReader.dn,
      'objectClass: device',
      'objectClass: simpleSecurityObject',
      'cn: reader',
      `userPassword: ${slapdReader.password}`,
    ),
    ...uids.map((uid) => person(uid)),
    ...Object.entries(stories).map(([uid, more]) => person(uid, more)),
    // Base64 in LDIF: a name that is not ASCII, and one with everything a filter cares about.
    person('o.brien', [`displayName:: ${Buffer.from("Zoë (O'Brien) * \\ 5").toString('base64')}`]),
    entry(
      `cn=all,${slapdBase}`,
      'objectClass: groupOfNames',
      'cn: all',
      ...uids.map((uid) => `member: uid=${uid},ou=people,${slapdBase}`),
    ),
    '',
  ].join('\n')
}
