/**
 * `sallygate role`: what an administrator or a key may do, as lists of rights.
 *
 * @module
 */
import type { Command } from 'commander'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { print, printJson, printTable } from '../output.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface Role {
  readonly id: string
  readonly name: string
  readonly says: string
  readonly isBuiltIn: boolean
  readonly resources: readonly string[]
}

interface Roles {
  readonly roles: readonly Role[]
  readonly resources: readonly string[]
}

export function addRole(program: Command): void {
  const role = program.command('role').description('what administrators and keys may do')
  withConsole(role.command('list').description('every role, and with --rights every right'))
    .option('--rights', 'list the rights a role can have instead')
    .action(runList)
  withConsole(role.command('create').alias('add').description('make a role from rights you have'))
    .argument('<name>')
    .argument('<rights...>', 'such as connectors:read services:edit')
    .option('--group <group>', 'only for this group and below')
    .action(async (name: string, resources: readonly string[], options: Flags & { readonly group?: string }) => {
      const { group } = options
      const body = { name, resources, ...(group === undefined ? {} : { group }) }
      const made = await consoleFrom(options).call<Role>('POST', '/api/roles', body)
      if (options.json === true) return printJson(made)
      print(`Role ${made.name} can be given with: sallygate admin grant`)
    })
  withConsole(role.command('remove').description('remove a role, also from everybody who has it'))
    .argument('<name>', 'id or name')
    .action(async (name: string, options: Flags) => {
      const answer = await consoleFrom(options).call('DELETE', `/api/roles/${encodeURIComponent(name)}`)
      if (options.json === true) return printJson(answer)
      print(`${name} is removed.`)
    })
}

async function runList(options: Flags & { readonly rights?: boolean }): Promise<void> {
  const { roles, resources } = await consoleFrom(options).call<Roles>('GET', '/api/roles')
  if (options.json === true) return printJson(options.rights === true ? resources : roles)
  if (options.rights === true) {
    for (const right of resources) print(right)
    return
  }
  printTable(
    ['role', 'id', 'kind', 'rights', 'what for'],
    roles.map((one) => [one.name, one.id, one.isBuiltIn ? 'built in' : 'own', one.resources.length, one.says]),
  )
}
