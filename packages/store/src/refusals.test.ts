import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { storeFailure } from './failures.ts'
import { loadMasterKey } from './master-key.ts'
import { openStore } from './store.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

async function fill(groups = 40): Promise<void> {
  const store = await home.open()
  await store.transaction(async (inside) => {
    for (let at = 0; at < groups; at++) await inside.groups.add({ name: `group ${at}` })
  })
  await store.close()
}

/** Refused by name, with every byte as it was. */
async function expectRefused(code: string): Promise<void> {
  const before = readFileSync(home.path)
  const error: unknown = await home.open().then(
    () => 'opened',
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code })
  expect(readFileSync(home.path).equals(before)).toBe(true)
}

describe('T27: a store is refused by name and left as it is', () => {
  test('with a damaged page: STORE_CORRUPT, with the restore command', async () => {
    await fill()
    const content = readFileSync(home.path)
    const pageBytes = content.readUInt16BE(16)
    // The cell count of a page in the middle: a structure, so that SQLite can see it.
    content.writeUInt8((content[pageBytes * 5 + 4] ?? 0) ^ 0x40, pageBytes * 5 + 4)
    writeFileSync(home.path, content)

    await expectRefused('STORE_CORRUPT')
    expect(storeFailure.rows.CORRUPT.fix).toContain('sallygate store restore')
  })

  test('with one changed byte in a name, which only a comparison with its index shows: STORE_CORRUPT', async () => {
    await fill()
    const content = readFileSync(home.path)
    const at = content.indexOf('group 7group 7')
    content.writeUInt8(content.readUInt8(at + 13) ^ 1, at + 13)
    writeFileSync(home.path, content)

    await expectRefused('STORE_CORRUPT')
  })

  test('with a damaged first line: STORE_CORRUPT, not foreign', async () => {
    await fill()
    const content = readFileSync(home.path)
    content.writeUInt8(content.readUInt8(3) ^ 1, 3)
    writeFileSync(home.path, content)

    await expectRefused('STORE_CORRUPT')
  })

  test.each([1, 3000, 4096, 20_000])('cut short by %i bytes: STORE_TRUNCATED', async (bytes) => {
    await fill()
    truncateSync(home.path, readFileSync(home.path).length - bytes)

    await expectRefused('STORE_TRUNCATED')
  })

  test('cut to a part of its header: STORE_TRUNCATED', async () => {
    await fill()
    truncateSync(home.path, 50)

    await expectRefused('STORE_TRUNCATED')
  })

  test('with no content: STORE_EMPTY_FILE, and no new database in its place', async () => {
    writeFileSync(home.path, '')

    await expectRefused('STORE_EMPTY_FILE')
  })

  test('being the database of another program: STORE_FOREIGN', async () => {
    const other = new DatabaseSync(home.path)
    other.exec('create table theirs (a); insert into theirs values (1)')
    other.close()

    await expectRefused('STORE_FOREIGN')
  })

  test.each([
    ['text', Buffer.from('dear diary\n'.repeat(500))],
    ['one byte', Buffer.from('x')],
    ['noise', randomBytes(8192)],
  ])('being no database at all, but %s: STORE_FOREIGN', async (_, content) => {
    writeFileSync(home.path, content)

    await expectRefused('STORE_FOREIGN')
  })

  test('with the wrong master key: STORE_WRONG_KEY', async () => {
    await fill()
    writeFileSync(home.keyPath, randomBytes(32))

    await expectRefused('STORE_WRONG_KEY')
  })

  test('last used by a newer program: STORE_TOO_NEW, which says so', async () => {
    await fill()
    home.edit(`insert into kysely_migration values ('999-future', '2030-01-01T00:00:00.000Z')`)

    await expectRefused('STORE_TOO_NEW')
    await expect(home.open()).rejects.toMatchObject({ details: { schema: '999-future' } })
  })

  test('that lost its tables: STORE_CORRUPT', async () => {
    await fill()
    home.edit('drop table meta')

    await expectRefused('STORE_CORRUPT')
  })

  test('that is not there where one has to be: STORE_MISSING, and none is made', async () => {
    await expect(home.open({ whenAbsent: 'refuse' })).rejects.toMatchObject({ code: 'STORE_MISSING' })

    expect(existsSync(home.path)).toBe(false)
  })

  test('in a directory that does not exist: STORE_CANNOT_WRITE', async () => {
    const masterKey = loadMasterKey(home.keyPath)
    const path = join(home.directory, 'absent', 'console.db')

    const opening = openStore({ path, masterKey, clock: systemClock, log: silentLog })

    await expect(opening).rejects.toMatchObject({ code: 'STORE_CANNOT_WRITE' })
  })
})

describe('two consoles', () => {
  test('in one process cannot have one store: STORE_LOCKED', async () => {
    const store = await home.open()

    await expect(home.open()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    await store.close()

    expect((await home.open()).installationId).toBe(store.installationId)
  })

  test('in two processes cannot have one store: STORE_LOCKED, and the first goes on', async () => {
    const store = await home.open()

    const other = inOtherProcess(home, 'const store = await open(); await store.close(); console.log("opened")')

    expect(other).toBe('STORE_LOCKED')
    expect((await store.groups.add({ name: 'Acme' })).name).toBe('Acme')
  })
})

describe('T27: a console that was killed', () => {
  const killed = `
    const store = await open()
    for (let at = 0; at < 30; at++) { await store.groups.add({ name: 'group ' + at }); console.log(at) }
    process.kill(process.pid, 'SIGKILL')`

  test('finds everything it acknowledged', async () => {
    await fill(1)

    const acknowledged = inOtherProcess(home, killed.replaceAll('group ', 'later '))

    expect(acknowledged.split('\n')).toHaveLength(30)
    const store = await home.open()
    expect(await store.groups.list()).toHaveLength(31)
  })

  test.each([
    ['deleted', (log: string) => rmSync(log)],
    ['emptied', (log: string) => truncateSync(log, 0)],
    ['cut to its header', (log: string) => truncateSync(log, 32)],
  ])('and whose write-ahead log was %s is told so: STORE_TRUNCATED', async (_, damage) => {
    inOtherProcess(home, killed)
    damage(`${home.path}-wal`)

    await expectRefused('STORE_TRUNCATED')
  })

  test('and whose main file is gone is told so: STORE_TRUNCATED, no new database', async () => {
    inOtherProcess(home, killed)
    rmSync(home.path)

    await expect(home.open()).rejects.toMatchObject({ code: 'STORE_TRUNCATED' })
    expect(existsSync(home.path)).toBe(false)
  })
})

test('a first start that was cut short leaves nothing in the way of the next', async () => {
  writeFileSync(join(home.directory, 'console.db.1.making'), 'half')
  const store = await home.open()
  await store.close()

  expect(readdirSync(home.directory).toSorted()).toEqual(['console.db', 'console.db.1.making', 'master.key'])
})

function inOtherProcess({ path, keyPath }: TestHome, work: string): string {
  const source = (file: string) => JSON.stringify(join(import.meta.dirname, file))
  const script = `
    import { openStore } from ${source('store.ts')}
    import { loadMasterKey } from ${source('master-key.ts')}
    import { systemClock } from '@sallygate/base/clock'
    import { silentLog } from '@sallygate/base/log'
    const masterKey = loadMasterKey(${JSON.stringify(keyPath)})
    const open = () => openStore({ path: ${JSON.stringify(path)}, masterKey, clock: systemClock, log: silentLog })
    try { ${work} } catch (error) { console.log(error.code) }`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  if (stderr !== '') throw new Error(stderr)
  return stdout.trim()
}
