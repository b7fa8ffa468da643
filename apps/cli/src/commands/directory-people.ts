/**
 * `sallygate directory users|groups`: who was synchronized of a directory.
 *
 * @module
 */
import type { Command } from 'commander'
import { withGroup, type GroupOptions } from '../console-access.ts'
import { directoryFrom, limitOf } from '../directory-access.ts'
import { print, printFields, printJson, printTable } from '../output.ts'

interface ListFlags extends GroupOptions {
  readonly search?: string
  readonly limit: string
}

/** Below `sallygate directory`. */
export function addDirectoryPeople(directory: Command): void {
  withGroup(directory.command('users').description('users that were synchronized; one of them with all groups'))
    .argument('[user]', 'id; without it: a list')
    .option('--search <text>', 'the beginning of a name, a login or a mail address')
    .option('--limit <n>', 'at most this many', '50')
    .action(runUsers)
  withGroup(directory.command('groups').description('groups that were synchronized; one of them with its members'))
    .argument('[group]', 'id; without it: a list')
    .option('--search <text>', 'the beginning of a name')
    .option('--limit <n>', 'at most this many', '50')
    .action(runGroups)
}

interface Listed {
  readonly id: string
  readonly name: string
  readonly dn: string
  readonly mail?: string
  readonly login?: string
  readonly isDisabled?: boolean
  readonly isLocked?: boolean
  readonly isExpired?: boolean
}

async function list<K extends string>(what: K, flags: ListFlags): Promise<Readonly<Record<K, readonly Listed[]>>> {
  const query = new URLSearchParams({ limit: String(limitOf(flags.limit)) })
  if (flags.search !== undefined) query.set('search', flags.search)
  const { client, path } = await directoryFrom(flags)
  return client.call('GET', `${path}/${what}?${query.toString()}`)
}

const standing = ({ isDisabled, isLocked, isExpired }: Listed) =>
  [isDisabled === true && 'disabled', isLocked === true && 'locked', isExpired === true && 'expired']
    .filter((word) => word !== false)
    .join(' ')

async function runUsers(id: string | undefined, flags: ListFlags): Promise<void> {
  if (id === undefined) {
    const answer = await list('users', flags)
    if (flags.json === true) return printJson(answer)
    return printTable(
      ['name', 'login', 'mail', 'state', 'id'],
      answer.users.map((user) => [user.name, user.login, user.mail, standing(user), user.id]),
    )
  }
  const { client, path } = await directoryFrom(flags)
  interface User extends Listed {
    readonly fields: Readonly<Record<string, readonly string[]>>
    readonly groups: readonly { readonly name: string; readonly isTransitive: boolean; readonly id: string }[]
  }
  const user = await client.call<User>('GET', `${path}/users/${encodeURIComponent(id)}`)
  if (flags.json === true) return printJson(user)
  printFields([
    ['name', user.name],
    ['dn', user.dn],
    ['state', standing(user) || 'ok'],
    ...Object.entries(user.fields).map(([name, values]) => [name, values.join(', ')] as const),
  ])
  print('')
  printTable(
    ['group', 'by', 'id'],
    user.groups.map(({ name, isTransitive, id: group }) => [name, isTransitive ? 'another group' : 'itself', group]),
  )
}

async function runGroups(id: string | undefined, flags: ListFlags): Promise<void> {
  if (id === undefined) {
    const answer = await list('groups', flags)
    if (flags.json === true) return printJson(answer)
    return printTable(
      ['name', 'mail', 'dn', 'id'],
      answer.groups.map((group) => [group.name, group.mail, group.dn, group.id]),
    )
  }
  const { client, path } = await directoryFrom(flags)
  const own = `${path}/groups/${encodeURIComponent(id)}`
  interface Group extends Listed {
    readonly directMembers: number
    readonly unknownMembers: number
  }
  const group = await client.call<Group>('GET', own)
  const { members } = await client.call<{
    readonly members: readonly (Listed & { kind: string; isTransitive: boolean })[]
  }>('GET', `${own}/members?of=transitive&limit=${limitOf(flags.limit)}`)
  if (flags.json === true) return printJson({ ...group, members })
  printFields([
    ['name', group.name],
    ['dn', group.dn],
    ['direct members', group.directMembers],
    ['members not known here', group.unknownMembers],
  ])
  print('')
  printTable(
    ['member', 'kind', 'by', 'id'],
    members.map((one) => [one.name, one.kind, one.isTransitive ? 'another group' : 'itself', one.id]),
  )
}
