/**
 * A company to measure: so many people of about a kilobyte each, groups of a hundred, written as LDIF piece by piece.
 *
 * @module
 */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'

export const companyBase = 'dc=office,dc=test'
export const companyReader = { dn: `cn=reader,${companyBase}`, password: 'reads-only' } as const
export const companyAdmin = { dn: `cn=admin,${companyBase}`, password: 'writes-too' } as const
export const companyPassword = 'correct horse'

export interface Company {
  readonly people: number
  readonly groups: number
  readonly edges: number
}

/** 100,000 people: 5,000 groups, 500,000 memberships. */
export function companyOf(people: number): Company {
  const groups = Math.max(1, Math.round(people / 20))
  return { people, groups, edges: groups * membersPerGroup(people) }
}

const membersPerGroup = (people: number) => Math.min(100, people)

/** What is synchronized of a person: the ten fields of the default mapping that people have. */
export const personAttributes = [
  'uid',
  'mail',
  'givenName',
  'sn',
  'displayName',
  'telephoneNumber',
  'mobile',
  'departmentNumber',
  'manager',
  'employeeNumber',
] as const

export const uidOf = (at: number) => `u${String(at).padStart(6, '0')}`
export const personDn = (at: number) => `uid=${uidOf(at)},ou=people,${companyBase}`
export const groupDn = (at: number) => `cn=group-${at},ou=groups,${companyBase}`

/** Lower-case letters that differ from person to person and do not compress to nothing. */
function letters(seed: number, length: number): string {
  let state = (seed * 2654435761 + 12345) >>> 0
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    text += state.toString(36)
  }
  return text.slice(0, length)
}

export function personLines(at: number): readonly string[] {
  const uid = uidOf(at)
  const given = letters(at, 40)
  const family = letters(at + 7, 40)
  return [
    `dn: ${personDn(at)}`,
    'objectClass: inetOrgPerson',
    `uid: ${uid}`,
    `cn: ${uid}`,
    `givenName: ${given}`,
    `sn: ${family}`,
    `displayName: ${given} ${family} ${letters(at + 11, 180)}`,
    `mail: ${given}.${family}@office.test`,
    `telephoneNumber: +49 30 ${1_000_000 + at}`,
    `mobile: +49 170 ${1_000_000 + at}`,
    `departmentNumber: ${letters(at + 13, 200)}`,
    `manager: ${personDn(Math.floor(at / 10))}`,
    `employeeNumber: ${letters(at + 17, 60)}`,
    `userPassword: ${companyPassword}`,
  ]
}

/** Every group has a hundred people; who is in which is spread evenly. */
export function memberAt(group: number, place: number, { people }: Company): number {
  return (group * 97 + place * 1009) % people
}

export async function writeCompany(company: Company, file: string): Promise<void> {
  const stream = createWriteStream(file)
  const write = async (lines: readonly string[]) => {
    if (!stream.write(`${lines.join('\n')}\n\n`)) await once(stream, 'drain')
  }
  await write([`dn: ${companyBase}`, 'objectClass: domain', 'dc: office'])
  for (const unit of ['people', 'groups'])
    await write([`dn: ou=${unit},${companyBase}`, 'objectClass: organizationalUnit'])
  await write([
    `dn: ${companyReader.dn}`,
    'objectClass: device',
    'objectClass: simpleSecurityObject',
    'cn: reader',
    `userPassword: ${companyReader.password}`,
  ])
  for (let at = 0; at < company.people; at++) await write(personLines(at))
  for (let group = 0; group < company.groups; group++) {
    const members = new Set<number>()
    for (let place = 0; members.size < membersPerGroup(company.people); place++)
      members.add(memberAt(group, place, company))
    await write([
      `dn: ${groupDn(group)}`,
      'objectClass: groupOfNames',
      `cn: group-${group}`,
      ...[...members].map((at) => `member: ${personDn(at)}`),
    ])
  }
  stream.end()
  await once(stream, 'close')
}
