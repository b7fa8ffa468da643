/**
 * `sallygate group`: organization groups.
 *
 * @module
 */
import type { Command } from 'commander'
import type { Group } from '../answers.ts'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { print, printJson, printTable } from '../output.ts'

type Flags = AccessOptions & { readonly json?: boolean }

export function addGroup(program: Command): void {
  const group = program.command('group').description('organization groups')
  withConsole(group.command('list').description('all groups')).action(async (options: Flags) => {
    const answer = await consoleFrom(options).call<{ readonly groups: readonly Group[] }>('GET', '/api/groups')
    if (options.json === true) return printJson(answer.groups)
    printTable(
      ['name', 'id', 'since'],
      answer.groups.map((one) => [one.name, one.id, one.createdAt]),
    )
  })
  withConsole(group.command('create').description('make a group, with its own certificate authority'))
    .argument('<name>')
    .action(async (name: string, options: Flags) => {
      const made = await consoleFrom(options).call<Group>('POST', '/api/groups', { name })
      if (options.json === true) return printJson(made)
      print(
        `Group ${made.name} is ready (${made.id}). Next: sallygate connector code --group ${JSON.stringify(made.name)}`,
      )
    })
}
