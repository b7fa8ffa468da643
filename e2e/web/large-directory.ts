/**
 * A *simulated* LDAP directory of as many people and groups as a test wants.
 *
 * @module
 */
import { LdapTree, ldapResult, startLdapServer, type LdapServer } from '@sallygate/protocol-ldap'

export const largeBase = 'dc=large,dc=test'
export const largeReader = { dn: `cn=reader,${largeBase}`, password: 'reads-only' } as const
const perGroup = 25

export const uidOf = (at: number): string => `u${String(at).padStart(5, '0')}`
const personDn = (at: number) => `uid=${uidOf(at)},ou=people,${largeBase}`
const uuidOf = (kind: number, at: number) =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(at).padStart(12, '0')}`

/** Every twenty-fifth person begins a group. */
export function startLargeDirectory(people: number): Promise<LdapServer> {
  const tree = new LdapTree()
  tree.add('', { objectClass: 'top', namingContexts: largeBase, supportedLDAPVersion: '3' })
  tree.add(largeBase, { objectClass: ['top', 'domain'], dc: 'large' })
  for (const ou of ['people', 'groups'])
    tree.add(`ou=${ou},${largeBase}`, { objectClass: ['top', 'organizationalUnit'], ou })
  tree.add(largeReader.dn, { objectClass: ['top', 'applicationProcess'], cn: 'reader' })
  for (let at = 0; at < people; at++) {
    tree.add(personDn(at), {
      objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
      uid: uidOf(at),
      cn: `Person ${uidOf(at)}`,
      displayName: `Person ${uidOf(at)}`,
      sn: uidOf(at),
      mail: `${uidOf(at)}@large.test`,
      entryUUID: uuidOf(1, at),
    })
  }
  for (let first = 0; first < people; first += perGroup) {
    const members = Array.from({ length: Math.min(perGroup, people - first) }, (_, at) => personDn(first + at))
    tree.add(`cn=Group ${uidOf(first)},ou=groups,${largeBase}`, {
      objectClass: ['top', 'groupOfNames'],
      cn: `Group ${uidOf(first)}`,
      member: members,
      entryUUID: uuidOf(2, first),
    })
  }
  const authenticate = (_: string, password: string) => ({
    result: ldapResult(password === largeReader.password ? 'success' : 'invalidCredentials'),
  })
  return startLdapServer({ tree, authenticate }, { host: '127.0.0.1', ldap: 0 })
}
