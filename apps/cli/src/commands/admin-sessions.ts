/**
 * `sallygate admin sessions|end-session`: where somebody is signed in, and how to end one of that.
 *
 * @module
 */
import type { Command } from 'commander'
import { adminPath } from '../addressable.ts'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { print, printJson, printTable } from '../output.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface Session {
  readonly id: string
  readonly browser?: string
  readonly addressFamily?: string
  readonly startedAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
}

export function addAdminSessions(admin: Command): void {
  withConsole(admin.command('sessions').description('where an administrator is signed in, with which browser'))
    .argument('<name>', 'id or name')
    .action(async (name: string, options: Flags) => {
      const client = consoleFrom(options)
      const { sessions } = await client.call<{ readonly sessions: readonly Session[] }>(
        'GET',
        `${await adminPath(client, name)}/sessions`,
      )
      if (options.json === true) return printJson(sessions)
      if (sessions.length === 0) return print(`${name} is signed in nowhere.`)
      printTable(
        ['browser', 'over', 'since', 'last seen', 'until', 'id'],
        sessions.map((one) => [one.browser, one.addressFamily, one.startedAt, one.lastSeenAt, one.expiresAt, one.id]),
      )
    })
  withConsole(admin.command('end-session').description('end one session; sallygate admin reset ends all'))
    .argument('<name>', 'id or name')
    .argument('<session>', 'its id: sallygate admin sessions')
    .action(async (name: string, session: string, options: Flags) => {
      const client = consoleFrom(options)
      const path = `${await adminPath(client, name)}/sessions`
      const answer = await client.call('DELETE', `${path}/${encodeURIComponent(session)}`)
      if (options.json === true) return printJson(answer)
      print('That session is over.')
    })
}
