/**
 * `sallygate store`: the console's database file. A backup may be made while the console runs, the rest may not.
 *
 * @module
 */
import { chmodSync, constants, copyFileSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { writeFailure } from '@sallygate/base/file'
import { silentLog } from '@sallygate/base/log'
import { readSettingsFile } from '@sallygate/base/settings-file'
import type { PostgresConnection, RestoredTokens } from '@sallygate/store'
import type { Command } from 'commander'
import { consoleFrom, defaultHome } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { clean, paint, print, printFields, printJson, say } from '../output.ts'

interface StoreFlags {
  readonly home: string
  readonly settings?: string
  readonly json?: boolean
}

export function addStore(program: Command): void {
  const store = program
    .command('store')
    .description('the console’s database: backup also while the console runs; restore and keys with it stopped')
  local(store.command('backup').description('write a whole copy; the master key is not in it'))
    .argument('<file>')
    .action(runBackup)
  local(store.command('inspect').description('whether a backup can be restored, and what is in it'))
    .argument('<file>')
    .action(runInspect)
  local(store.command('restore').description('put a backup in the place of the database, which is kept aside'))
    .argument('<file>')
    .action(runRestore)
  local(store.command('rotate-key').description('replace the master key by a new one')).action(runRotateKey)
}

function local(command: Command): Command {
  return command
    .option('--home <dir>', 'home of an all-in-one start, or of a console', defaultHome)
    .option('--settings <file>', 'settings file of the console, where it is not settings.json in its home')
    .option('--json', 'print the answer as JSON')
}

/** Where the console of this home keeps its data, if not in a file: what its settings file says. */
async function elsewhere(flags: StoreFlags): Promise<PostgresConnection | undefined> {
  const file = flags.settings ?? join(dirname(filesIn(flags.home).key), 'settings.json')
  if (flags.settings === undefined && !existsSync(file)) return undefined
  const { database, databasePasswordFile, databaseCaFile } = readSettingsFile(file).values
  if (typeof database !== 'string') return undefined
  const { connectionOf } = await import('@sallygate/store')
  const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return connectionOf({
    database,
    databasePasswordFile: textOf(databasePasswordFile),
    databaseCaFile: textOf(databaseCaFile),
  })
}

/** @throws STORE_BACKUP_ELSEWHERE, also while the console runs. */
async function refuseElsewhere(flags: StoreFlags): Promise<void> {
  const connection = await elsewhere(flags)
  if (connection === undefined) return
  const { storeFailure } = await import('@sallygate/store')
  throw storeFailure('BACKUP_ELSEWHERE', { details: { server: `${connection.host}:${connection.port}` } })
}

/** An all-in-one home keeps the console's files in a folder of their own. */
function filesIn(home: string) {
  const inside = join(home, 'console')
  const directory = existsSync(inside) ? inside : home
  if (!existsSync(join(directory, 'master.key'))) throw cliFailure('NOT_A_CONSOLE', { details: { home } })
  return { database: join(directory, 'console.sqlite'), key: join(directory, 'master.key') }
}

async function openLocal(flags: StoreFlags) {
  const { loadMasterKey, openPostgresStore, openStore } = await import('@sallygate/store')
  const { database, key } = filesIn(flags.home)
  const common = {
    masterKey: loadMasterKey(key),
    clock: systemClock,
    log: silentLog,
    whenAbsent: 'refuse',
  } as const
  const connection = await elsewhere(flags)
  return connection === undefined
    ? openStore({ path: database, ...common })
    : openPostgresStore({ connection, ...common })
}

async function runBackup(file: string, flags: StoreFlags): Promise<void> {
  await refuseElsewhere(flags)
  const { storeFailure } = await import('@sallygate/store')
  try {
    await backupStopped(file, flags)
  } catch (error) {
    if (!storeFailure.is(error) || error.code !== 'STORE_LOCKED') throw error
    await backupRunning(file, flags.home)
  }
  if (flags.json === true) return printJson({ file })
  print(`Wrote ${file}. Keep a copy of the master key somewhere else: without it nothing sealed can be read.`)
}

async function backupStopped(file: string, flags: StoreFlags): Promise<void> {
  const store = await openLocal(flags)
  try {
    await store.backup(file)
  } finally {
    await store.close()
  }
}

/** A console that runs makes its own copy; it is then put where it was asked for. @throws STORE_FILE_EXISTS. */
async function backupRunning(file: string, home: string): Promise<void> {
  const { storeFailure } = await import('@sallygate/store')
  if (existsSync(file)) throw storeFailure('FILE_EXISTS', { details: { path: file } })
  const client = consoleFrom({ home })
  const { id } = await client.call<{ readonly id: string }>('POST', '/api/backups')
  try {
    copyFileSync(join(dirname(filesIn(home).database), 'backups', id), file, constants.COPYFILE_EXCL)
    chmodSync(file, 0o600)
  } catch (cause) {
    throw writeFailure(cause, file)
  } finally {
    await client.call('DELETE', `/api/backups/${id}`)
  }
}

async function runInspect(file: string, flags: StoreFlags): Promise<void> {
  const { inspectBackup, loadMasterKey } = await import('@sallygate/store')
  const facts = await inspectBackup(file, loadMasterKey(filesIn(flags.home).key))
  if (flags.json === true) return printJson(facts)
  printFields([
    ['taken', facts.takenAt?.toISOString()],
    ['installation', facts.installationId],
    ['master key', facts.keyFits === true ? paint('green', 'fits') : paint('red', 'is another one')],
    ['groups', facts.groups],
    ['connectors', facts.instances],
    ['requests logged', facts.requests],
  ])
}

async function runRestore(file: string, flags: StoreFlags): Promise<void> {
  await refuseElsewhere(flags)
  const { loadMasterKey, restoreBackup } = await import('@sallygate/store')
  const { database, key } = filesIn(flags.home)
  const restored = await restoreBackup(file, database, { masterKey: loadMasterKey(key), clock: systemClock })
  if (flags.json === true) return printJson(restored)
  print(`Restored the state of ${restored.takenAt?.toISOString() ?? 'an unknown time'}.`)
  if (restored.replaced !== undefined) say(`What was there is kept as ${restored.replaced}.`)
  sayTokens(restored.tokens)
  say('Connectors enrolled or revoked since then: look at sallygate connector list, and revoke again what has to be.')
}

async function runRotateKey(flags: StoreFlags): Promise<void> {
  const store = await openLocal(flags)
  try {
    await store.rotateMasterKey()
  } finally {
    await store.close()
  }
  if (flags.json === true) return printJson({})
  print('The master key is a new one. Backups made before need the old one: keep its copy with them.')
}

/** Whoever restores has to know who knocks in vain tomorrow, and who gets in again that should not. */
function sayTokens(tokens: RestoredTokens | undefined): void {
  if (tokens === undefined) {
    say(
      'What was there cannot be read, so look at sallygate key list: keys made since then are gone, those revoked since',
    )
    say('then count again, as do enrollment codes. Everybody signs in again.')
    return
  }
  const { forgotten, revived, signedOut } = tokens
  const lines: readonly (readonly [string, readonly string[], string])[] = [
    ['API keys that no longer count', forgotten.apiKeys, 'make them again: sallygate key create'],
    ['Enrollment codes that no longer count', forgotten.enrollmentCodes, 'make new ones: sallygate connector code'],
    ['API keys that count AGAIN', revived.apiKeys, 'they were revoked since: sallygate key revoke'],
    [
      'Enrollment codes that count AGAIN',
      revived.enrollmentCodes,
      'they were used since, and end by themselves within the hour they were made for',
    ],
    ['Signed out', signedOut, 'everybody signs in again'],
  ]
  for (const [what, names, todo] of lines)
    if (names.length > 0) say(`${what}: ${names.map(clean).join(', ')} (${todo}).`)
}
