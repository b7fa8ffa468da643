/**
 * The office as RFC 2798 people and `groupOfNames`, for OpenLDAP and 389-ds.
 *
 * @module
 */
import { entry, escapeRdn, line, units, type Office, type Person, type Team, type Unit } from './office.ts'

export const genericBase = 'dc=office,dc=test'
export const genericReader = { dn: `cn=reader,${genericBase}`, password: 'reads-only' } as const
/** Whoever has this value in this attribute is disabled. */
export const disabledMark = { attribute: 'employeeType', value: 'gone' } as const

export const genericUnit = (unit: Unit): string =>
  `${unit
    .split('/')
    .toReversed()
    .map((part) => `ou=${part}`)
    .join(',')},${genericBase}`
export const genericPerson = ({ name, unit }: Pick<Person, 'name' | 'unit'>): string =>
  `cn=${escapeRdn(name)},${genericUnit(unit)}`
export const genericTeam = ({ name, unit }: Pick<Team, 'name' | 'unit'>): string =>
  `cn=${escapeRdn(name)},${genericUnit(unit)}`

/** @param more Lines of the base entry. */
export function genericPeople(office: Office, password: string, more: readonly string[] = []): string {
  return [
    entry(genericBase, 'objectClass: domain', 'dc: office', ...more),
    entry(
      genericReader.dn,
      'objectClass: device',
      'objectClass: simpleSecurityObject',
      'cn: reader',
      `userPassword: ${genericReader.password}`,
    ),
    ...units.map((unit) => entry(genericUnit(unit), 'objectClass: organizationalUnit')),
    ...office.people.map((person) => personEntry(person, password)),
  ].join('')
}

export function genericTeams(office: Office): string {
  const people = new Map(office.people.map((person) => [person.login, genericPerson(person)]))
  const teams = new Map(office.teams.map((team) => [`@${team.name}`, genericTeam(team)]))
  return office.teams
    .map((team) =>
      entry(
        genericTeam(team),
        'objectClass: groupOfNames',
        line('cn', team.name),
        line('description', `The team ${team.name}`),
        ...team.members.map((name) => line('member', shouted(people.get(name) ?? teams.get(name) ?? ''))),
      ),
    )
    .join('')
}

function personEntry(person: Person, password: string): string {
  const { login, name, givenName, surname, state } = person
  return entry(
    genericPerson(person),
    'objectClass: inetOrgPerson',
    line('uid', login),
    line('cn', name),
    line('givenName', givenName),
    line('sn', surname),
    line('displayName', `${givenName} ${surname}`),
    line('mail', `${login}@office.test`),
    line('telephoneNumber', '+49 30 1234'),
    line('departmentNumber', 'Sales'),
    line('employeeNumber', `E-${login}`),
    ...(state === 'disabled' ? [line(disabledMark.attribute, disabledMark.value)] : []),
    ...(login.startsWith('crowd') ? [] : [line('userPassword', password)]),
  )
}

/** A server gives a DN as it was written, so members are spelled unlike the names they mean. */
function shouted(dn: string): string {
  return dn.replace(/,dc=office,dc=test$/, ', DC=Office, DC=TEST').replace(/^cn=/, 'CN=')
}
