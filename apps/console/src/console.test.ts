import { afterEach, expect, test } from 'vitest'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { consoleSettings, startConsole, type Console } from './index.ts'

const apiKey = `sgk_${'A'.repeat(43)}`
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

function home(): string {
  const path = mkdtempSync(join(tmpdir(), 'sallygate-console-'))
  cleanups.push(() => rmSync(path, { recursive: true, force: true }))
  writeFileSync(join(path, 'password'), 'correct horse battery\n', { mode: 0o600 })
  writeFileSync(join(path, 'key'), `${apiKey}\n`, { mode: 0o600 })
  return path
}

async function start(path: string, more: Record<string, unknown> = {}): Promise<Console> {
  const values = {
    home: path,
    port: 0,
    firstAdminPasswordFile: join(path, 'password'),
    firstApiKeyFile: join(path, 'key'),
    ...more,
  }
  const running = await startConsole(consoleSettings.parse([{ name: 'test', values }]), {
    clock: systemClock,
    log: silentLog,
  })
  cleanups.push(() => running.stop())
  return running
}

async function call(
  running: Console,
  method: string,
  path: string,
  body?: unknown,
  authorization = `Bearer ${apiKey}`,
) {
  const answer = await fetch(`${running.url}${path}`, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> }
}

test('a first start has an administrator, a key, a group, and says so', async () => {
  const path = home()

  const running = await start(path)

  const basic = `Basic ${Buffer.from('admin:correct horse battery').toString('base64')}`
  expect((await call(running, 'GET', '/api/status', undefined, basic)).status).toBe(200)
  expect((await call(running, 'GET', '/api/groups')).body).toMatchObject({ groups: [{ name: 'Sample' }] })
  expect(JSON.parse(readFileSync(join(path, 'status.json'), 'utf8'))).toMatchObject({
    state: 'up',
    facts: { url: running.url },
  })
})

test('after the first start the files make nobody an administrator', async () => {
  const path = home()
  await (await start(path)).stop()
  writeFileSync(join(path, 'password'), 'another password\n', { mode: 0o600 })

  const running = await start(path)

  const basic = `Basic ${Buffer.from('admin:another password').toString('base64')}`
  expect((await call(running, 'GET', '/api/status', undefined, basic)).status).toBe(401)
})

test('a wrong password, an unknown name and a wrong key read the same', async () => {
  const running = await start(home())
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

  const answers = await Promise.all(
    [
      basic('admin:wrong'),
      basic('nobody:wrong'),
      `Bearer sgk_${'B'.repeat(43)}`,
      'Bearer',
      'Digest x',
      basic('nocolon'),
    ].map((authorization) => call(running, 'GET', '/api/status', undefined, authorization)),
  )

  const said = answers.map(({ status, body }) => JSON.stringify([status, body['code'], body['says'], body['details']]))
  expect(new Set(said).size).toBe(1)
})

test('groups are made, found by id and by name, and their names are unique', async () => {
  const running = await start(home())

  const made = await call(running, 'POST', '/api/groups', { name: 'Acme / EMEA' })
  const again = await call(running, 'POST', '/api/groups', { name: 'ACME / emea' })
  const found = await call(running, 'GET', `/api/groups/${String(made.body['id'])}`)
  const sub = await call(running, 'POST', '/api/groups', { name: 'Berlin', parent: String(made.body['id']) })
  const named = await call(running, 'GET', '/api/groups/Berlin')
  const missing = await call(running, 'GET', '/api/groups/nothing')

  expect([made.status, again.status, found.status, sub.status, named.status, missing.status]).toEqual([
    201, 409, 200, 201, 200, 404,
  ])
  expect(again.body['code']).toBe('STORE_NAME_TAKEN')
})

test('a master key others can read, a foreign, a truncated and a newer database, and a short password are named', async () => {
  const readable = home()
  await (await start(readable)).stop()
  chmodSync(join(readable, 'master.key'), 0o644)
  const foreign = home()
  writeFileSync(
    join(foreign, 'console.sqlite'),
    'not a database, but long enough to have a header of a hundred bytes or more, which is what is read first',
  )
  const truncated = home()
  await (await start(truncated)).stop()
  const database = join(truncated, 'console.sqlite')
  writeFileSync(database, readFileSync(database).subarray(0, 9000))
  const newer = home()
  await (await start(newer)).stop()
  const inside = new DatabaseSync(join(newer, 'console.sqlite'))
  inside.exec("insert into kysely_migration (name, timestamp) values ('999-from-the-future', '2030')")
  inside.close()
  const weak = home()
  writeFileSync(join(weak, 'password'), 'short\n', { mode: 0o600 })

  await expect(start(readable)).rejects.toMatchObject({ code: 'FILE_NOT_PRIVATE' })
  await expect(start(foreign)).rejects.toMatchObject({ code: 'STORE_FOREIGN' })
  await expect(start(truncated)).rejects.toMatchObject({
    code: expect.stringMatching(/^STORE_(?:TRUNCATED|CORRUPT)$/) as string,
  })
  await expect(start(newer)).rejects.toMatchObject({ code: 'STORE_TOO_NEW' })
  await expect(start(weak)).rejects.toMatchObject({ code: 'CONSOLE_FIRST_SECRET_UNUSABLE' })
})
