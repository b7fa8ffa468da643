/**
 * The office as an Active Directory domain in Samba: made once, controllers started over copies of it.
 *
 * @module
 */
import { runProgram } from '../directory/peer-process.ts'
import { ldb, makeSambaDomain, sambaBase, type SambaDomain } from '../directory/samba-server.ts'
import {
  entry,
  escapeRdn,
  line,
  makeOffice,
  officePassword,
  units,
  type Office,
  type Person,
  type Team,
  type Unit,
} from './office.ts'

export const adBase = `OU=Office,${sambaBase}`

const unitName = (unit: Unit) => unit.split('/').at(-1) ?? unit
export const adUnit = (unit: Unit): string =>
  `${unit
    .split('/')
    .toReversed()
    .map((part) => `OU=${part}`)
    .join(',')},${adBase}`
export const adPerson = ({ name, unit }: Pick<Person, 'name' | 'unit'>): string =>
  `CN=${escapeRdn(name)},${adUnit(unit)}`
export const adTeam = ({ name, unit }: Pick<Team, 'name' | 'unit'>): string => `CN=${escapeRdn(name)},${adUnit(unit)}`

/** From 1601 to 1970. A lock ends after half an hour, so it has to be of now. */
const fileTimeOffsetMs = 11_644_473_600_000

/** A thousand at a time: Samba's time for one file rises with the square of its length. */
const batch = 1000

export function makeAdDomain(crowd: number): SambaDomain {
  const office = makeOffice(crowd)
  return makeSambaDomain((database, configurationFile) => {
    const add = (ldif: string) => ldb('ldbadd', database, configurationFile, ldif)
    add(entry(adBase, 'objectClass: organizationalUnit'))
    for (const unit of units) add(entry(adUnit(unit), 'objectClass: organizationalUnit', line('ou', unitName(unit))))
    for (let at = 0; at < office.people.length; at += batch) {
      add(
        office.people
          .slice(at, at + batch)
          .map(personEntry)
          .join(''),
      )
    }
    add(office.teams.map(teamEntry).join(''))
    ldb('ldbmodify', database, configurationFile, memberLines(office))
    ldb('ldbmodify', database, configurationFile, afterwards(office, database, configurationFile))
    // In a domain that is in use somebody has left before: whoever may see that may see who leaves.
    const gone = `CN=Gone Before,${adUnit('archive')}`
    add(entry(gone, 'objectClass: user', 'sAMAccountName: gone'))
    ldb('ldbmodify', database, configurationFile, entry(gone, 'changetype: delete'))
  })
}

/** `userAccountControl`: 512 is an account, 32 lets it be without a password, 2 is disabled. */
function personEntry(person: Person): string {
  const { login, givenName, surname, state } = person
  const isStaff = !login.startsWith('crowd')
  return entry(
    adPerson(person),
    'objectClass: user',
    line('sAMAccountName', login),
    line('userPrincipalName', `${login}@corp.test`),
    line('givenName', givenName),
    line('sn', surname),
    line('displayName', `${givenName} ${surname}`),
    line('mail', `${login}@corp.test`),
    line('telephoneNumber', '+49 30 1234'),
    line('department', 'Sales'),
    line('employeeID', `E-${login}`),
    line('userAccountControl', String(512 + (isStaff ? 0 : 32) + (state === 'disabled' ? 2 : 0))),
    // Without a password everybody would have to change it.
    ...(isStaff ? [line('unicodePwd', Buffer.from(`"${officePassword}"`, 'utf16le'))] : []),
    ...(state === 'expired' ? ['accountExpires: 130000000000000000'] : []),
  )
}

function teamEntry(team: Team): string {
  // Every sign that a login must not have is in the name only.
  const account = team.name.replaceAll(/[^a-zA-Z0-9-]/g, '_')
  return entry(
    adTeam(team),
    'objectClass: group',
    line('sAMAccountName', account),
    line('description', `The team ${team.name}`),
  )
}

/** After all of them are there, so that rings are possible. */
function memberLines(office: Office): string {
  const people = new Map(office.people.map((person) => [person.login, adPerson(person)]))
  const teams = new Map(office.teams.map((team) => [`@${team.name}`, adTeam(team)]))
  return office.teams
    .map((team) =>
      entry(
        adTeam(team),
        'changetype: modify',
        'add: member',
        ...team.members.map((name) => line('member', people.get(name) ?? teams.get(name) ?? '')),
      ),
    )
    .join('')
}

function afterwards({ people, teams }: Office, database: string, configurationFile: string): string {
  return people
    .flatMap((person) => {
      const change = (attribute: string, value: string) =>
        entry(adPerson(person), 'changetype: modify', `replace: ${attribute}`, `${attribute}: ${value}`)
      const group = teams.find(({ name }) => name === person.primaryGroup)
      return [
        ...(person.state === 'mustChange' ? [change('pwdLastSet', '0')] : []),
        ...(person.state === 'locked'
          ? [change('lockoutTime', String(BigInt(Date.now() + fileTimeOffsetMs) * 10_000n))]
          : []),
        // It leaves the list of the group's members by itself.
        ...(group === undefined
          ? []
          : [change('primaryGroupID', relativeId(database, configurationFile, adTeam(group)))]),
      ]
    })
    .join('')
}

function relativeId(database: string, configurationFile: string, dn: string): string {
  const args = [`--configfile=${configurationFile}`, '-H', database, '-s', 'base', '-b', dn, 'objectSid']
  const found = /^objectSid: S-[\d-]+-(\d+)$/m.exec(runProgram('ldbsearch', args))
  if (found?.[1] === undefined) throw new Error(`${dn} has no security identifier`)
  return found[1]
}
