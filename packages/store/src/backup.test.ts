import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { systemClock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { inspectBackup } from './backup.ts'
import { loadMasterKey } from './master-key.ts'
import { restoreBackup } from './restore.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
let copy: string
beforeEach(() => {
  home = new TestHome()
  copy = join(home.directory, 'copy.backup')
})
afterEach(() => home.remove())

const restore = () => restoreBackup(copy, home.path, { masterKey: loadMasterKey(home.keyPath), clock: systemClock })

test('a backup made while writing goes on is whole, private, and says what it is', async () => {
  const clock = new FakeClock()
  const store = await home.open({ clock })
  await store.groups.add({ name: 'before' })
  const writing = Array.from({ length: 50 }, (_, at) => store.groups.add({ name: `during ${at}` }))
  await Promise.all([store.backup(copy), ...writing])

  const facts = await inspectBackup(copy, loadMasterKey(home.keyPath))

  expect(facts).toMatchObject({ installationId: store.installationId, takenAt: clock.now(), keyFits: true })
  expect(facts.groups).toBeGreaterThanOrEqual(1)
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  expect(readdirSync(home.directory).filter((name) => name.startsWith('copy'))).toEqual(['copy.backup'])
})

test('a backup begins well in the middle of transactions, of which there is always one', async () => {
  const store = await home.open()
  let isOver = false
  const write = async (name: string) => {
    for (let at = 0; !isOver; at++)
      await store.transaction(async (inside) => {
        await inside.groups.add({ name: `${name} ${at}` })
        await new Promise((resolve) => setImmediate(resolve))
      })
  }
  const writing = [write('a'), write('b')]

  for (const name of ['1', '2', '3', '4', '5']) await store.backup(`${copy}.${name}`)

  isOver = true
  await Promise.all(writing)
  expect((await inspectBackup(`${copy}.5`)).groups).toBeGreaterThan((await inspectBackup(`${copy}.1`)).groups)
})

test('a backup never replaces a file', async () => {
  const store = await home.open()
  writeFileSync(copy, 'mine')

  await expect(store.backup(copy)).rejects.toMatchObject({ code: 'STORE_FILE_EXISTS' })
  expect(readFileSync(copy, 'utf8')).toBe('mine')
})

test('inspecting a backup changes nothing, and tells damage and a wrong key', async () => {
  const store = await home.open()
  await store.backup(copy)
  const before = readFileSync(copy)
  await inspectBackup(copy)
  writeFileSync(home.keyPath, randomBytes(32))

  expect((await inspectBackup(copy, loadMasterKey(home.keyPath))).keyFits).toBe(false)
  expect(readFileSync(copy).equals(before)).toBe(true)
  truncateSync(copy, before.length - 100)
  await expect(inspectBackup(copy)).rejects.toMatchObject({ code: 'STORE_TRUNCATED' })
  await expect(inspectBackup(`${copy}.absent`)).rejects.toMatchObject({ code: 'STORE_MISSING' })
})

test('a restored backup holds what it held, secrets too, and the replaced database is kept', async () => {
  const store = await home.open()
  const pkcs8 = randomBytes(100)
  const key = await store.keys.add({ purpose: 'productRoot', pkcs8: new Secret(pkcs8) })
  await store.backup(copy)
  await store.groups.add({ name: 'after the backup' })
  await store.close()

  const restored = await restore()

  const again = await home.open()
  expect(await again.groups.list()).toEqual([])
  expect((await again.keys.open(key.id)).reveal()).toEqual(pkcs8)
  expect(existsSync(restored.replaced ?? '')).toBe(true)
})

test('a damaged database is repaired by restoring, also after a crash', async () => {
  const store = await home.open()
  await store.backup(copy)
  await store.close()
  truncateSync(home.path, 5000)
  writeFileSync(`${home.path}-wal`, randomBytes(9000))
  writeFileSync(`${home.path}-running`, '1')
  await expect(home.open()).rejects.toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))

  await restore()

  expect((await home.open()).installationId).toBe(store.installationId)
})

test('a database in use and a backup under another key are not touched', async () => {
  const store = await home.open()
  await store.backup(copy)
  await expect(restore()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await store.close()
  const before = readFileSync(home.path)
  writeFileSync(home.keyPath, randomBytes(32))

  await expect(restore()).rejects.toMatchObject({ code: 'STORE_WRONG_KEY' })
  expect(readFileSync(home.path).equals(before)).toBe(true)
})

test('the database and its log are private, and looking into the one that is open is refused', async () => {
  const store = await home.open()
  await store.groups.add({ name: 'Acme' })

  for (const file of [home.path, `${home.path}-wal`]) expect(statSync(file).mode & 0o777, file).toBe(0o600)
  await expect(inspectBackup(home.path)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
})

test('closing twice does not end the store that was opened in between', async () => {
  const first = await home.open()
  await first.close()
  const second = await home.open()

  await first.close()

  expect(existsSync(`${home.path}-running`)).toBe(true)
  await expect(home.open()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  expect((await second.groups.add({ name: 'Acme' })).name).toBe('Acme')
})

test('T28: restoring says which keys and codes count no more, which count again, and who is signed out', async () => {
  const clock = new FakeClock()
  const store = await home.open({ clock })
  const { id: group } = await store.groups.add({ name: 'Acme' })
  const addCode = async (codeId: string, name: string) => {
    const expiresAt = new Date(clock.now().getTime() + 3_600_000)
    await store.enrollmentCodes.add({ codeId, group, name, expiresAt, secret: new Secret(randomBytes(16)) })
  }
  const admin = await store.admins.addFirst({ name: 'ada', passwordHash: 'x' })
  const early = await store.sessions.start(admin.id)
  const leaked = await store.apiKeys.add({ name: 'leaked' })
  await store.apiKeys.add({ name: 'kept' })
  await addCode('01', 'used later')
  await store.backup(copy)
  await store.sessions.end(early.token.reveal())
  await store.sessions.start(admin.id)
  await store.apiKeys.revoke(leaked.apiKey.id)
  await store.apiKeys.add({ name: 'late' })
  await store.enrollmentCodes.use('01', 'one')
  await addCode('02', '')
  await store.close()

  const { tokens } = await restoreBackup(copy, home.path, { masterKey: loadMasterKey(home.keyPath), clock })
  const again = await home.open({ clock })

  expect(tokens).toEqual({
    forgotten: { apiKeys: ['late'], enrollmentCodes: ['02'] },
    revived: { apiKeys: ['leaked'], enrollmentCodes: ['used later'] },
    signedOut: ['ada'],
  })
  expect(await again.sessions.check(early.token.reveal())).toBeUndefined()
  expect(await again.sessions.list(admin.id)).toEqual([])
})

test('T28: nothing is said about tokens where what was there cannot be read, or is another installation', async () => {
  const store = await home.open()
  await store.backup(copy)
  await store.close()
  home.edit(`update meta set value = 'another' where name = 'installationId'`)

  expect((await restore()).tokens).toBeUndefined()
  truncateSync(home.path, 5000)
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect((await restore()).tokens).toBeUndefined()
})
