/**
 * `sallygate key`: API keys for programs. A key is written to a file, never to the screen.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printJson, printTable } from '../output.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface ApiKey {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly expiresAt?: string
  readonly revokedAt?: string
  readonly role?: string
  readonly group?: string
}

interface CreateFlags extends Flags {
  readonly out: string
  readonly role: string
  readonly group?: string
  readonly days?: string
}

export function addKey(program: Command): void {
  const key = program.command('key').description('API keys for programs')
  withConsole(key.command('list').description('every key you see, also ended ones')).action(runList)
  withConsole(key.command('create').alias('add').description('make a key and write it to a file (mode 0600)'))
    .argument('<name>', 'what the key is for')
    .requiredOption('--role <role>', 'by id or name: sallygate role list')
    .requiredOption('--out <file>', 'where to write the key; it is shown nowhere')
    .option('--group <group>', 'where the role counts, with all below; without it, everywhere')
    .option('--days <n>', 'for how many days; without it, until it is revoked')
    .action(runCreate)
  withConsole(key.command('revoke').description('end a key for good'))
    .argument('<name>', 'id or name')
    .action(async (name: string, options: Flags) => {
      const ended = await consoleFrom(options).call<ApiKey>('POST', `/api/api-keys/${encodeURIComponent(name)}/revoke`)
      if (options.json === true) return printJson(ended)
      print(`${ended.name} is refused from now on.`)
    })
}

async function runList(options: Flags): Promise<void> {
  const { keys } = await consoleFrom(options).call<{ readonly keys: readonly ApiKey[] }>('GET', '/api/api-keys')
  if (options.json === true) return printJson(keys)
  printTable(
    ['key', 'role', 'group', 'until', 'revoked', 'id'],
    keys.map((one) => [
      one.name,
      one.role,
      one.group,
      one.expiresAt?.slice(0, 10),
      one.revokedAt?.slice(0, 10),
      one.id,
    ]),
  )
}

async function runCreate(name: string, options: CreateFlags): Promise<void> {
  const { out, role, group } = options
  // Before the key is made: it is shown once, and must not be lost or write over something.
  if (existsSync(out))
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--out', expected: 'a file that is not there yet' } })
  const days = options.days === undefined ? undefined : Number(options.days)
  if (days !== undefined && !(days > 0 && days <= 3660))
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--days', expected: 'a number of days up to 3660' } })
  const expiresAt = days === undefined ? undefined : new Date(Date.now() + days * 86_400_000).toISOString()
  const { key, ...made } = await consoleFrom(options).call<ApiKey & { readonly key: string }>('POST', '/api/api-keys', {
    name,
    role,
    ...(group === undefined ? {} : { group }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
  writeFileAtomic(out, `${key}\n`, { mode: 0o600 })
  if (options.json === true) return printJson({ ...made, file: out })
  print(`The key is in ${out}. Use it with: sallygate --api-key-file, or Authorization: Bearer.`)
}
