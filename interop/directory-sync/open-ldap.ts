/**
 * The office in OpenLDAP's slapd: as a server of its own, or as two that replicate.
 *
 * @module
 */
import { runProgram } from '../directory/peer-process.ts'
import { startSlapdServer, type SlapdServer, type SlapdServerOptions } from '../directory/slapd-server.ts'
import { genericBase, genericPeople, genericReader, genericTeams } from './generic.ts'
import { makeOffice, officePassword } from './office.ts'

export interface OpenLdapOptions extends Pick<SlapdServerOptions, 'logLevel'> {
  /** People besides the staff. */
  readonly crowd: number
  /** Groups write themselves into their members' `memberOf`. */
  readonly hasMemberOf?: boolean
  /** Most entries without pages; absent: 1,000. */
  readonly sizeLimit?: number
  /** More lines of the database: a provider's or a consumer's. */
  readonly more?: readonly string[]
  readonly moreGlobal?: readonly string[]
  readonly moreModules?: readonly string[]
  /** Entries besides the office; or, for a copy of another server, all there are. */
  readonly extra?: string
  readonly only?: string
}

/** Writes what an administrator would; nobody binds as it from outside of the tests. */
export const openLdapAdmin = { dn: `cn=admin,${genericBase}`, password: 'writes-too' } as const

export async function startOpenLdap(options: OpenLdapOptions): Promise<SlapdServer> {
  const { crowd, hasMemberOf = false, sizeLimit = 1000, more = [], moreModules = [] } = options
  const office = makeOffice(crowd)
  // What is loaded from below goes past the overlay; what is added later does not.
  const ldif =
    options.only ??
    genericPeople(office, officePassword) + (hasMemberOf ? '' : genericTeams(office)) + (options.extra ?? '')
  const server = await startSlapdServer({
    suffix: genericBase,
    modules: [...(hasMemberOf ? ['memberof'] : []), ...moreModules],
    global: [
      `sizelimit size.soft=${sizeLimit} size.hard=${sizeLimit} size.prtotal=unlimited`,
      'security simple_bind=128',
      ...(options.moreGlobal ?? []),
    ],
    database: [
      `rootdn "${openLdapAdmin.dn}"`,
      `rootpw ${openLdapAdmin.password}`,
      'index objectClass,uid,cn,entryUUID,entryCSN,modifyTimestamp eq',
      ...(hasMemberOf ? ['overlay memberof'] : []),
      ...more,
      'access to attrs=userPassword by anonymous auth by * none',
      `access to * by dn.exact="${genericReader.dn}" read by users none by anonymous auth`,
    ],
    ldif,
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  })
  if (hasMemberOf) addOver(server, genericTeams(office))
  return server
}

/** As an administrator does it. */
function addOver({ ldapPort }: SlapdServer, ldif: string): void {
  const who = ['-x', '-D', openLdapAdmin.dn, '-w', openLdapAdmin.password]
  const args = ['LDAPTLS_REQCERT=never', 'ldapadd', '-ZZ', '-H', `ldap://127.0.0.1:${ldapPort}`, ...who]
  runProgram('env', args, ldif)
}

export interface OpenLdapPair {
  readonly provider: SlapdServer
  readonly consumer: SlapdServer
  /** PEM of both authorities. */
  readonly authorities: string
  stop(): Promise<void>
}

/** A provider, and a consumer that follows it by `refreshAndPersist` (RFC 4533) and has its entryUUIDs. */
export async function startOpenLdapPair(crowd: number): Promise<OpenLdapPair> {
  const provider = await startOpenLdap({
    crowd,
    moreModules: ['syncprov'],
    moreGlobal: ['serverID 1'],
    more: ['overlay syncprov', 'limits dn.exact="cn=admin,dc=office,dc=test" size=unlimited'],
  })
  try {
    const consumer = await startOpenLdap({
      crowd,
      // It would take a minute to fetch all of it.
      only: provider.dump(),
      moreGlobal: ['serverID 2'],
      more: [
        'syncrepl rid=1',
        `  provider=ldap://127.0.0.1:${provider.ldapPort}`,
        `  type=refreshAndPersist retry="1 +" searchbase="${genericBase}"`,
        // The reader may not see passwords; the administrator may.
        `  bindmethod=simple binddn="${openLdapAdmin.dn}" credentials=${openLdapAdmin.password}`,
        '  starttls=critical tls_reqcert=never',
        'updateref ldap://127.0.0.1:1',
      ],
    })
    return {
      provider,
      consumer,
      authorities: `${provider.authority}\n${consumer.authority}`,
      async stop() {
        await consumer.stop()
        await provider.stop()
      },
    }
  } catch (error) {
    await provider.stop()
    throw error
  }
}
