/**
 * What a sync has to bring, found out by an independent client (ldapts) that reads all of a directory.
 *
 * Names are compared in a form of its own making, transitive members are followed here; no
 * code of the product is used.
 *
 * @module
 */
import { Client, type Entry } from 'ldapts'

/** People and groups by their stable id. */
export interface Picture {
  readonly users: Readonly<Record<string, PictureUser>>
  readonly groups: Readonly<Record<string, PictureGroup>>
}

export interface PictureUser {
  readonly dn: string
  readonly isDisabled: boolean
  readonly fields: Readonly<Record<string, readonly string[]>>
}

export interface PictureGroup {
  readonly dn: string
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Ids of people and groups that are in it themselves. */
  readonly direct: readonly string[]
  /** Ids of people and groups that are in it one way or another, without the group itself. */
  readonly all: readonly string[]
}

export interface OracleOptions {
  readonly url: string
  readonly authority: string
  readonly serverName: string
  readonly user: string
  readonly password: string
  readonly base: string
  readonly shape: Shape
}

/** How a kind of directory says what we ask for. */
export interface Shape {
  readonly users: string
  readonly groups: string
  readonly id: (entry: Entry) => string
  readonly isDisabled: (entry: Entry) => boolean
  /** Attributes by field. */
  readonly userFields: Readonly<Record<string, string>>
  readonly groupFields: Readonly<Record<string, string>>
  readonly binary?: readonly string[]
  readonly more: readonly string[]
  /** Active Directory: who is in a group without being listed there. */
  readonly primaryGroup?: (user: Entry, groups: readonly Entry[]) => Entry | undefined
}

const values = (entry: Entry, attribute: string): readonly string[] => {
  const found = entry[attribute]
  if (found === undefined) return []
  return (Array.isArray(found) ? found : [found]).map(String)
}

const common = { mail: 'mail', givenName: 'givenName', surname: 'sn', displayName: 'displayName' }

export const genericShape = (identifier: 'entryUUID' | 'nsUniqueId'): Shape => ({
  users: '(objectClass=inetOrgPerson)',
  groups: '(objectClass=groupOfNames)',
  id: (entry) => values(entry, identifier)[0] ?? '',
  isDisabled: (entry) => values(entry, 'employeeType').includes('gone'),
  userFields: {
    login: 'uid',
    ...common,
    phone: 'telephoneNumber',
    mobile: 'mobile',
    department: 'departmentNumber',
    manager: 'manager',
    employeeId: 'employeeNumber',
  },
  groupFields: { name: 'cn', description: 'description', mail: 'mail' },
  more: [identifier, 'employeeType'],
})

export const adShape: Shape = {
  users: '(&(objectClass=user)(objectCategory=person))',
  groups: '(objectClass=group)',
  id: (entry) => guidText(entry['objectGUID'] as Buffer),
  isDisabled: (entry) => (Number(values(entry, 'userAccountControl')[0]) & 2) !== 0,
  userFields: {
    login: 'sAMAccountName',
    userPrincipalName: 'userPrincipalName',
    ...common,
    phone: 'telephoneNumber',
    mobile: 'mobile',
    department: 'department',
    manager: 'manager',
    employeeId: 'employeeID',
  },
  groupFields: { name: 'sAMAccountName', description: 'description', mail: 'mail' },
  binary: ['objectGUID', 'objectSid'],
  more: ['objectGUID', 'objectSid', 'userAccountControl', 'primaryGroupID'],
  primaryGroup: (user, groups) => groups.find((group) => relativeId(group) === values(user, 'primaryGroupID')[0]),
}

/** Mixed-endian, as Windows writes it (MS-DTYP 2.3.4.3). */
function guidText(bytes: Buffer): string {
  const part = (...places: readonly number[]) =>
    places.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0')).join('')
  return [part(3, 2, 1, 0), part(5, 4), part(7, 6), part(8, 9), part(10, 11, 12, 13, 14, 15)].join('-')
}

const relativeId = (group: Entry) => {
  const sid = group['objectSid'] as Buffer
  return String(sid.readUInt32LE(sid.length - 4))
}

/** Reads the whole directory. */
export async function readDirectory(options: OracleOptions): Promise<Picture> {
  const { shape, url, authority, serverName } = options
  const client = new Client({
    url,
    tlsOptions: { ca: authority, servername: serverName, checkServerIdentity: () => undefined },
    timeout: 60_000,
    connectTimeout: 5000,
  })
  try {
    await client.bind(options.user, options.password)
    const read = async (filter: string, fields: Readonly<Record<string, string>>, more: readonly string[]) => {
      const { searchEntries } = await client.search(options.base, {
        scope: 'sub',
        filter,
        attributes: [...new Set([...Object.values(fields), ...shape.more, ...more])],
        explicitBufferAttributes: [...(shape.binary ?? [])],
        paged: { pageSize: 500 },
      })
      return searchEntries
    }
    const users = await read(shape.users, shape.userFields, [])
    const groups = await read(shape.groups, shape.groupFields, ['member'])
    return pictureOf(shape, users, groups)
  } finally {
    await client.unbind()
  }
}

function pictureOf(shape: Shape, users: readonly Entry[], groups: readonly Entry[]): Picture {
  const ids = new Map([...users, ...groups].map((entry) => [plainName(entry.dn), shape.id(entry)]))
  const direct = new Map<string, Set<string>>()
  for (const group of groups) {
    const members = values(group, 'member').flatMap((name) => ids.get(plainName(name)) ?? [])
    direct.set(shape.id(group), new Set(members))
  }
  for (const user of users) {
    const group = shape.primaryGroup?.(user, groups)
    if (group !== undefined) direct.get(shape.id(group))?.add(shape.id(user))
  }
  const fieldsOf = (entry: Entry, fields: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(fields)
        .map(([field, attribute]) => [field, values(entry, attribute).toSorted()] as const)
        .filter(([, found]) => found.length > 0),
    )
  return {
    users: Object.fromEntries(
      users.map((user) => {
        const fields = fieldsOf(user, shape.userFields)
        return [shape.id(user), { dn: plainName(user.dn), isDisabled: shape.isDisabled(user), fields }]
      }),
    ),
    groups: Object.fromEntries(
      groups.map((group) => {
        const id = shape.id(group)
        const fields = fieldsOf(group, shape.groupFields)
        const own = [...(direct.get(id) ?? [])].toSorted()
        return [id, { dn: plainName(group.dn), fields, direct: own, all: everybodyIn(id, direct) }]
      }),
    ),
  }
}

export function everybodyIn(group: string, direct: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const found = new Set<string>()
  const open = [group]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const member of direct.get(next) ?? []) {
      if (found.has(member)) continue
      found.add(member)
      open.push(member)
    }
  }
  found.delete(group)
  return [...found].toSorted()
}

/** A name in lower case, without the spaces that do not count, every escape undone but the one of a comma. */
export function plainName(name: string): string {
  const bytes: number[] = []
  const hex = /^\\[0-9a-fA-F]{2}/
  for (let at = 0; at < name.length; at++) {
    const rest = name.slice(at)
    const escaped = hex.exec(rest)
    if (escaped !== null) {
      const code = Number.parseInt(escaped[0].slice(1), 16)
      bytes.push(...(code === 0x2c ? [1] : [code]))
      at += 2
    } else if (rest.startsWith('\\,')) {
      bytes.push(1)
      at++
    } else if (rest.startsWith('\\')) {
      bytes.push(...Buffer.from(name[at + 1] ?? ''))
      at++
    } else {
      const sign = String.fromCodePoint(name.codePointAt(at) ?? 0)
      bytes.push(...Buffer.from(sign))
      at += sign.length - 1
    }
  }
  return Buffer.from(bytes)
    .toString('utf8')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/\s*,\s*/g, ',')
}
