/**
 * `sallygate directory users|groups`: who was synchronized of a directory.
 *
 * @module
 */
import type { Command } from 'commander'
import { withGroup, type GroupOptions } from '../console-access.ts'
import { directoryFrom, limitOf, sayMore, type More } from '../directory-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printFields, printJson, printTable } from '../output.ts'
import { queryOf } from '../query.ts'

interface ListFlags extends GroupOptions {
  readonly search?: string
  readonly limit: string
  readonly cursor?: string
}

/** Below `sallygate directory`. */
export function addDirectoryPeople(directory: Command): void {
  withGroup(directory.command('users').description('users that were synchronized; one of them with all groups'))
    .argument('[user]', 'login, name, mail address or id; without it: a list')
    .option('--search <text>', 'words, or how they begin: of a name, a login or a mail address')
    .option('--limit <n>', 'at most this many', '50')
    .option('--cursor <cursor>', 'go on where the list before ended')
    .action(runUsers)
  withGroup(directory.command('groups').description('groups that were synchronized; one of them with its members'))
    .argument('[group]', 'name or id; without it: a list')
    .option('--search <text>', 'words of a name, or how they begin')
    .option('--limit <n>', 'at most this many', '50')
    .option('--cursor <cursor>', 'go on where the list before ended')
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

type Lists<K extends string> = Readonly<Record<K, readonly Listed[]>> & More

async function list<K extends string>(what: K, flags: ListFlags): Promise<Lists<K>> {
  const { search, cursor } = flags
  const query = queryOf({ limit: limitOf(flags.limit), search, cursor })
  const { client, path } = await directoryFrom(flags)
  return client.call('GET', `${path}/${what}${query}`)
}

/** More are looked through for one who is called so; beyond, an id is needed. */
const mostNamesakes = '100'

/** @returns the id of who is meant. @throws CLI_BAD_ARGUMENT when several are called that. */
async function idOf(what: 'users' | 'groups', named: string, flags: ListFlags): Promise<string> {
  const found = await list(what, { ...flags, search: named.slice(0, 200), limit: mostNamesakes })
  const wanted = plain(named)
  const called = found[what].filter(({ login, name, mail }) =>
    [login, name, mail].some((one) => one !== undefined && plain(one) === wanted),
  )
  // Nobody is called just that: a surname is enough where only one has it.
  const meant = called.length > 0 ? called : found[what]
  if (meant.length < 2) return meant[0]?.id ?? named
  const shown = meant.slice(0, mostShown).map(({ name, id }) => `${name} (${id})`)
  throw cliFailure('BAD_ARGUMENT', {
    details: { expected: `one of them: ${meant.length} are called that`, found: shown.join(', ') },
  })
}

const mostShown = 10

const plain = (name: string) => name.normalize('NFC').toLowerCase()

const standing = ({ isDisabled, isLocked, isExpired }: Listed) =>
  [isDisabled === true && 'disabled', isLocked === true && 'locked', isExpired === true && 'expired']
    .filter((word) => word !== false)
    .join(' ')

async function runUsers(named: string | undefined, flags: ListFlags): Promise<void> {
  if (named === undefined) {
    const answer = await list('users', flags)
    if (flags.json === true) return printJson(answer)
    printTable(
      ['name', 'login', 'mail', 'state', 'id'],
      answer.users.map((user) => [user.name, user.login, user.mail, standing(user), user.id]),
    )
    return sayMore(answer)
  }
  const { client, path } = await directoryFrom(flags)
  interface User extends Listed {
    readonly fields: Readonly<Record<string, readonly string[]>>
    readonly groups: readonly { readonly name: string; readonly isTransitive: boolean; readonly id: string }[]
  }
  const user = await client.call<User>('GET', `${path}/users/${encodeURIComponent(await idOf('users', named, flags))}`)
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

async function runGroups(named: string | undefined, flags: ListFlags): Promise<void> {
  if (named === undefined) {
    const answer = await list('groups', flags)
    if (flags.json === true) return printJson(answer)
    printTable(
      ['name', 'mail', 'dn', 'id'],
      answer.groups.map((group) => [group.name, group.mail, group.dn, group.id]),
    )
    return sayMore(answer)
  }
  const { client, path } = await directoryFrom(flags)
  const own = `${path}/groups/${encodeURIComponent(await idOf('groups', named, flags))}`
  interface Group extends Listed {
    readonly directMembers: number
    readonly unknownMembers: number
  }
  const group = await client.call<Group>('GET', own)
  const { members, ...more } = await client.call<
    { readonly members: readonly (Listed & { kind: string; isTransitive: boolean })[] } & More
  >('GET', `${own}/members${queryOf({ of: 'transitive', limit: limitOf(flags.limit), cursor: flags.cursor })}`)
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
  sayMore(more)
}
