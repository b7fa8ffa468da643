/**
 * The directory of the sample office: its people and groups as LDAP entries.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import {
  escapeNameValue,
  LdapTree,
  ldapResult,
  nameKey,
  parseName,
  passwordPolicyError,
  type BindDecision,
} from '@sallygate/protocol-ldap'
import {
  baseDn,
  everybodysPassword,
  groups,
  groupsDn,
  people,
  peopleDn,
  personDn,
  reader,
  type Group,
  type Person,
} from './people.ts'

export function sampleTree(): LdapTree {
  const tree = new LdapTree()
  tree.add('', {
    objectClass: 'top',
    namingContexts: baseDn,
    supportedLDAPVersion: '3',
    vendorName: 'Sallygate sample office (simulated)',
  })
  tree.add(baseDn, { objectClass: ['top', 'domain'], dc: 'sample-office', description: 'Simulated; all made up' })
  for (const [dn, ou] of [
    [peopleDn, 'People'],
    [groupsDn, 'Groups'],
    [`ou=Services,${baseDn}`, 'Services'],
  ] as const) {
    tree.add(dn, { objectClass: ['top', 'organizationalUnit'], ou })
  }
  tree.add(reader.dn, { objectClass: ['top', 'applicationProcess'], cn: 'sallygate-reader' })
  people.forEach((person, index) => addPerson(tree, person, index))
  for (const group of groups) addGroup(tree, group)
  return tree
}

function addPerson(tree: LdapTree, person: Person, index: number): void {
  const memberOf = groups.filter(({ members }) => members.includes(person.uid)).map(groupDn)
  tree.add(personDn(person.uid), {
    objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
    uid: person.uid,
    cn: `${person.givenName} ${person.surname}`,
    displayName: `${person.givenName} ${person.surname}`,
    givenName: person.givenName,
    sn: person.surname,
    title: person.title,
    mail: `${person.uid}@sample-office.example.com`,
    // 555-0100 to 555-0199 are for fiction.
    telephoneNumber: `+1 202 555 01${String(10 + index)}`,
    mobile: `+1 202 555 01${String(50 + index)}`,
    departmentNumber: person.department,
    employeeNumber: String(1001 + index),
    ...(person.manager === undefined ? {} : { manager: personDn(person.manager) }),
    entryUUID: stableUuid(person.uid),
    memberOf,
  })
}

function addGroup(tree: LdapTree, group: Group): void {
  tree.add(groupDn(group), {
    objectClass: ['top', 'groupOfNames'],
    cn: group.name,
    description: group.description,
    member: group.members.map(personDn),
    entryUUID: stableUuid(group.name),
  })
}

const groupDn = ({ name }: Group) => `cn=${escapeNameValue(name)},${groupsDn}`

/** The same at every start, as a real directory's would be (RFC 9562, version 8: made from what we choose). */
function stableUuid(name: string): string {
  const hex = createHash('sha256').update(`sample office ${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const refusals = { passwordExpired: 0, locked: 1, mustChange: 2 } as const

/** As OpenLDAP with its password policy answers. */
export function decideBind(name: string, password: string): BindDecision {
  const asked = keyOf(name)
  const expected = asked === keyOf(reader.dn) ? reader.password : everybodysPassword
  const person = people.find(({ uid }) => keyOf(personDn(uid)) === asked)
  const isKnown = person !== undefined || asked === keyOf(reader.dn)
  if (!isKnown || password !== expected) return { result: ldapResult('invalidCredentials') }
  if (person?.refusal === undefined) return { result: ldapResult('success') }
  const controls = [passwordPolicyError(refusals[person.refusal])]
  return { result: ldapResult(person.refusal === 'mustChange' ? 'success' : 'invalidCredentials'), controls }
}

function keyOf(name: string): string | undefined {
  try {
    return nameKey(parseName(name))
  } catch {
    return undefined
  }
}
