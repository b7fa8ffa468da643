/**
 * A console on a PostgreSQL server: settings, restart, and the way its backups are made.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { consoleSettings, startConsole, type Console } from '@sallygate/console'
import type { PostgresConnection } from '@sallygate/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../directory/peer-process.ts'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

const postgres = findPostgres()
const apiKey = `sgk_${'k'.repeat(43)}`

describe.skipIf('missing' in postgres)('a console on PostgreSQL', () => {
  let home: PostgresHome

  beforeAll(async () => {
    home = await PostgresHome.start()
  }, 60_000)
  afterAll(() => home.stop())

  function files(name: string) {
    const directory = join(home.directory, name)
    mkdirSync(directory, { mode: 0o700 })
    const write = (file: string, content: string) => {
      writeFileSync(join(directory, file), content, { mode: 0o600 })
      return join(directory, file)
    }
    return { directory, write }
  }
  function settingsFor({ host, port, database, user, password }: PostgresConnection, name: string) {
    const { directory, write } = files(name)
    return {
      home: directory,
      port: 0,
      database: `postgres://${user}@${host}:${port}/${database}`,
      databasePasswordFile: write('database-password', `${password?.reveal()}\n`),
      firstAdminPasswordFile: write('admin-password', 'correct horse battery'),
      firstApiKeyFile: write('api-key', apiKey),
    }
  }
  const start = (values: Record<string, unknown>) =>
    startConsole(consoleSettings.parse([{ name: 'test', values }]), { clock: systemClock, log: silentLog })
  const ask = async (running: Console, path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
    const answer = await fetch(`${running.url}${path}`, { headers, ...init })
    return { status: answer.status, body: (await answer.json()) as { name?: string; console?: string; code?: string } }
  }

  test('keeps what it was told over a restart, and leaves no file for it', async () => {
    const values = settingsFor(await home.server.makeDatabase(), 'kept')
    const first = await start(values)
    const added = await ask(first, '/api/groups', { method: 'POST', body: JSON.stringify({ name: 'Acme' }) })
    const { body: before } = await ask(first, '/api/status')
    await first.stop()

    const second = await start(values)

    expect(added.status).toBe(201)
    expect((await ask(second, '/api/groups/Acme')).body.name).toBe('Acme')
    expect((await ask(second, '/api/status')).body.console).toBe(before.console)
    await second.stop()
  })

  test('answers that the server is away while it is, and goes on when it is back', async () => {
    const running = await start(settingsFor(await home.server.makeDatabase(), 'away'))
    await home.server.crash()

    const away = await ask(running, '/api/groups')
    const health = await ask(running, '/health')
    await home.server.resume()

    expect(away).toMatchObject({ status: 503, body: { code: 'STORE_UNREACHABLE' } })
    expect(health.status).toBe(200)
    expect((await ask(running, '/api/groups')).status).toBe(200)
    await running.stop()
  })

  test('comes back from a dump of pg_dump, in another database, with its key file', async () => {
    if ('missing' in postgres) return
    const connection = await home.makeFilled()
    const store = await home.open({ connection })
    await store.groups.add({ name: 'Acme' })
    await store.close()
    const dump = join(home.directory, 'dump')
    const tool = (name: string) => join(postgres.bin, name)
    const reach = (database: string) =>
      `host=127.0.0.1 port=${home.server.port} user=${connection.user} dbname=${database} password='${connection.password?.reveal()}'`
    const restored = await home.server.makeDatabase()

    runProgram(tool('pg_dump'), ['--format=custom', `--file=${dump}`, reach(connection.database)])
    runProgram(tool('pg_restore'), ['--clean', '--if-exists', `--dbname=${reach(restored.database)}`, dump])

    const again = await home.open({ connection: restored, whenAbsent: 'refuse' })
    expect((await again.groups.list()).map(({ name }) => name)).toEqual(['Acme'])
  })
})
