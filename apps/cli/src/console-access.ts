/**
 * How a command finds the console and proves who asks.
 *
 * The API key comes from a file, never from an argument: arguments can be read by
 * every user of the machine.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readPrivateFile } from '@sallygate/base/file'
import { Secret } from '@sallygate/base/secret'
import { ConsoleClient, type Credentials } from '@sallygate/supervisor'
import type { Command } from 'commander'
import { cliFailure } from './failures.ts'

export interface AccessOptions {
  readonly console?: string
  readonly apiKeyFile?: string
  readonly home: string
}

/** What is given to a command that is about one organization group. */
export interface GroupOptions extends AccessOptions {
  readonly json?: boolean
  readonly group?: string
}

export const defaultHome = '.sallygate'

/** Adds the options every command that asks the console has. */
export function withConsole(command: Command): Command {
  return command
    .option('--console <url>', 'address of the console')
    .option('--api-key-file <file>', 'file that holds an API key (mode 0600)')
    .option('--home <dir>', 'home of an all-in-one start on this machine; its credentials are used', defaultHome)
    .option('--json', 'print the answer as JSON')
}

/** The same, and which group is meant. */
export function withGroup(command: Command): Command {
  return withConsole(command).option('--group <group>', 'organization group, by name or id')
}

/** @throws CLI_NO_CREDENTIALS, FILE_NOT_PRIVATE. */
export function consoleFrom(options: AccessOptions): ConsoleClient {
  const credentials = readCredentials(options.home)
  const url = options.console ?? credentials?.consoleUrl
  const apiKey =
    options.apiKeyFile === undefined ? credentials?.apiKey : readPrivateFile(options.apiKeyFile).toString('utf8').trim()
  if (url === undefined || apiKey === undefined) throw cliFailure('NO_CREDENTIALS', { details: { home: options.home } })
  return new ConsoleClient({ url, apiKey: new Secret(apiKey) })
}

function readCredentials(home: string): Credentials | undefined {
  const path = join(home, 'credentials.json')
  return existsSync(path) ? (JSON.parse(readPrivateFile(path).toString('utf8')) as Credentials) : undefined
}

/** The group a command means: the one it names, or the only one there is. */
export async function groupIdFrom(client: ConsoleClient, named: string | undefined): Promise<string> {
  if (named !== undefined) return encodeURIComponent(named)
  const groups = await client.call<{ readonly groups: readonly { readonly id: string; readonly name: string }[] }>(
    'GET',
    '/api/groups',
  )
  const [only, ...others] = groups.groups
  if (only === undefined || others.length > 0) {
    throw cliFailure('GROUP_NEEDED', { details: { groups: groups.groups.map((group) => group.name).join(', ') } })
  }
  return only.id
}
