/**
 * OpenLDAP on loopback: LDAP, LDAPS and StartTLS, a password policy, many people.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { freePort, runProgram, startPeer } from './peer-process.ts'

export const slapdBase = 'dc=office,dc=test'
export const slapdReader = { dn: `cn=reader,${slapdBase}`, password: 'reads-only' } as const
export const slapdPassword = 'correct horse'

export interface Slapd {
  readonly ldapPort: number
  readonly ldapsPort: number
  /** PEM of the authority of its certificate, which is made out to `localhost`. */
  readonly authority: string
  readonly version: string
  readonly logFile: string
  stop(): Promise<void>
}

export interface SlapdOptions {
  /** Where it listens; loopback unless given. */
  readonly address?: string
  /** Addresses it is reached by, for its certificate. */
  readonly names?: readonly string[]
  /** slapd's own: 0 says nothing, 256 writes every operation into the log. */
  readonly logLevel?: number
}

export async function startSlapd(people: number, options: SlapdOptions = {}): Promise<Slapd> {
  const { address = '127.0.0.1', logLevel = 0 } = options
  const program = findProgram('slapd')
  const slapadd = findProgram('slapadd')
  if (program === undefined || slapadd === undefined) throw new Error('slapd is not installed')
  const home = mkdtempSync(join(tmpdir(), 'slapd-'))
  const at = (name: string) => join(home, name)
  try {
    const authority = await makeTlsAuthority()
    const { cert, key } = await authority.issue(['localhost'], new Date(), [
      ...new Set(['127.0.0.1', ...(options.names ?? [])]),
    ])
    mkdirSync(at('data'))
    writeFileSync(at('authority.pem'), authority.certificate)
    writeFileSync(at('server.pem'), cert)
    writeFileSync(at('server.key'), key, { mode: 0o600 })
    writeFileSync(at('slapd.conf'), configuration(home))
    runProgram(slapadd, ['-q', '-f', at('slapd.conf')], ldif(people))
    const [ldapPort, ldapsPort] = [await freePort(), await freePort()]
    const urls = `ldap://${address}:${ldapPort} ldaps://${address}:${ldapsPort}`
    const peer = await startPeer({
      program,
      // A debug level keeps it in the foreground.
      args: ['-f', at('slapd.conf'), '-h', urls, '-d', String(logLevel)],
      logFile: at('log'),
      readyPorts: [
        { host: '127.0.0.1', port: ldapPort },
        { host: '127.0.0.1', port: ldapsPort },
      ],
    })
    return {
      ldapPort,
      ldapsPort,
      authority: authority.certificate,
      version: versionOf(program),
      logFile: at('log'),
      async stop() {
        await peer.stop()
        rmSync(home, { recursive: true })
      },
    }
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

function versionOf(program: string): string {
  return /slapd ([\d.]+\S*)/.exec(spawnSync(program, ['-VV'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown'
}

function configuration(home: string): string {
  const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`)
  const modules = ['back_mdb', 'ppolicy', 'memberof'].map((name) => `moduleload ${name}`)
  return [
    ...schemas,
    'modulepath /usr/lib/ldap',
    ...modules,
    `pidfile ${home}/pid`,
    `TLSCACertificateFile ${home}/authority.pem`,
    `TLSCertificateFile ${home}/server.pem`,
    `TLSCertificateKeyFile ${home}/server.key`,
    // As many as Active Directory gives without pages.
    'sizelimit size.soft=1000 size.hard=1000 size.prtotal=unlimited',
    // A password on a connection that is not encrypted is refused.
    'security simple_bind=128',
    'database mdb',
    `suffix "${slapdBase}"`,
    // No password: nobody binds with it. The password policy writes in its name.
    `rootdn "cn=root,${slapdBase}"`,
    `directory ${home}/data`,
    'maxsize 268435456',
    'index objectClass,uid,member,memberOf eq',
    'overlay memberof',
    'overlay ppolicy',
    `ppolicy_default "cn=policy,${slapdBase}"`,
    'ppolicy_use_lockout',
    'access to attrs=userPassword by anonymous auth by * none',
    `access to * by dn.exact="${slapdReader.dn}" read by users none by anonymous auth`,
    '',
  ].join('\n')
}

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
