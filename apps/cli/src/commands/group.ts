/**
 * `sallygate group`: the tree of organization groups.
 *
 * @module
 */
import type { Command } from 'commander'
import type { Group } from '../answers.ts'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { print, printJson, printTable, say } from '../output.ts'
import { fromText, valueText, type From, type PageValue } from '../settings-values.ts'

type Flags = AccessOptions & { readonly json?: boolean }
type TreeGroup = Group & { readonly parent?: string }

interface Moved {
  readonly group: Group
  readonly isMoved: boolean
  readonly settings: readonly {
    readonly group: { readonly name: string }
    readonly page: string
    readonly field: string
    readonly before?: PageValue
    readonly after?: PageValue
  }[]
  readonly servedBy: readonly {
    readonly group: { readonly name: string }
    readonly before: From
    readonly after: From
  }[]
}

export function addGroup(program: Command): void {
  const group = program.command('group').description('organization groups')
  withConsole(group.command('list').description('all groups')).action(async (options: Flags) => {
    const groups = await listed(options)
    if (options.json === true) return printJson(groups)
    printTable(
      ['name', 'id', 'since'],
      groups.map((one) => [one.name, one.id, one.createdAt]),
    )
  })
  withConsole(group.command('tree').description('all groups, each below the one it belongs to')).action(runTree)
  withConsole(group.command('create').alias('add').description('make a group, with its own certificate authority'))
    .argument('<name>')
    .option('--parent <group>', 'below this group, by name or id; without it at the top')
    .action(runCreate)
  withConsole(group.command('rename').description('give a group another name'))
    .argument('<group>', 'name or id')
    .argument('<name>', 'the new name')
    .action(async (reference: string, name: string, options: Flags) => {
      const renamed = await consoleFrom(options).call<Group>('PUT', pathOf(reference), { name })
      if (options.json === true) return printJson(renamed)
      print(`The group is now called ${renamed.name}.`)
    })
  withConsole(group.command('move').description('put a group, with all below it, below another one'))
    .argument('<group>', 'name or id')
    .option('--to <group>', 'below this group, by name or id')
    .option('--to-top', 'below none')
    .option('--preview', 'only show which settings that would change')
    .addHelpText('after', '\nExample: sallygate group move Berlin --to Europe --preview')
    .action(runMove)
  withConsole(group.command('delete').description('delete a group without children and connectors'))
    .argument('<group>', 'name or id')
    .option('--note <text>', 'why; kept in the audit')
    .action(async (reference: string, options: Flags & { readonly note?: string }) => {
      const body = options.note === undefined ? undefined : { note: options.note }
      const gone = await consoleFrom(options).call<Group>('DELETE', pathOf(reference), body)
      if (options.json === true) return printJson(gone)
      print(`Group ${gone.name} is deleted, with its settings, invitations and certificates.`)
    })
}

async function listed(options: Flags): Promise<readonly TreeGroup[]> {
  const answer = await consoleFrom(options).call<{ readonly groups: readonly TreeGroup[] }>('GET', '/api/groups')
  return answer.groups
}

async function runTree(options: Flags): Promise<void> {
  const groups = await listed(options)
  if (options.json === true) return printJson(groups)
  const known = new Set(groups.map(({ id }) => id))
  // What hangs below a group that this account does not see stands at the top here.
  const isTop = ({ parent }: TreeGroup) => parent === undefined || !known.has(parent)
  const rows = (level: readonly TreeGroup[], depth: number): (readonly string[])[] =>
    level.flatMap((one) => [
      [`${'  '.repeat(depth)}${one.name}`, one.id],
      ...rows(
        groups.filter(({ parent }) => parent === one.id),
        depth + 1,
      ),
    ])
  printTable(['group', 'id'], rows(groups.filter(isTop), 0))
}

async function runCreate(name: string, options: Flags & { readonly parent?: string }): Promise<void> {
  const { parent } = options
  const body = parent === undefined ? { name } : { name, parent }
  const made = await consoleFrom(options).call<Group>('POST', '/api/groups', body)
  if (options.json === true) return printJson(made)
  print(`Group ${made.name} is ready (${made.id}). Next: sallygate connector code --group ${JSON.stringify(made.name)}`)
}

interface MoveFlags extends Flags {
  readonly to?: string
  readonly toTop?: boolean
  readonly preview?: boolean
}

async function runMove(reference: string, options: MoveFlags): Promise<void> {
  const { to, toTop = false, preview = false } = options
  if ((to === undefined) !== toTop) return notBoth()
  const moved = await consoleFrom(options).call<Moved>('POST', `${pathOf(reference)}/move`, { to: to ?? null, preview })
  if (options.json === true) return printJson(moved)
  if (moved.settings.length === 0) print('No effective setting changes.')
  else {
    printTable(
      ['group', 'page', 'setting', 'before', 'after'],
      moved.settings.map((one) => [one.group.name, one.page, one.field, valueText(one.before), valueText(one.after)]),
    )
  }
  for (const one of moved.servedBy) {
    print(`${one.group.name}: connectors of ${fromText(one.after)} instead of ${fromText(one.before)}.`)
  }
  print(moved.isMoved ? `${moved.group.name} is moved.` : 'Nothing was changed. Without --preview it is moved.')
}

function notBoth(): void {
  say('Say where to: either --to <group> or --to-top.')
  process.exitCode = 64
}

const pathOf = (reference: string) => `/api/groups/${encodeURIComponent(reference)}`
