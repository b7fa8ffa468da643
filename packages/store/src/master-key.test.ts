import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { createMasterKey, hasMasterKey, loadMasterKey, stageNextKey } from './master-key.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

test('a master key is 32 bytes that only this user can read, and each is different', () => {
  const other = join(home.directory, 'other.key')
  createMasterKey(other)

  expect(statSync(other).mode & 0o777).toBe(0o600)
  expect(readFileSync(other)).toHaveLength(32)
  expect(readFileSync(other).equals(readFileSync(home.keyPath))).toBe(false)
})

test('a master key that is there is never overwritten', () => {
  const before = readFileSync(home.keyPath)

  expect(() => createMasterKey(home.keyPath)).toThrow(/There is a master key already/)
  expect(readFileSync(home.keyPath)).toEqual(before)
})

test('a key file that others can read, that is missing, or has another length is refused by name', () => {
  chmodSync(home.keyPath, 0o640)
  expect(() => loadMasterKey(home.keyPath)).toThrow(expect.objectContaining({ code: 'FILE_NOT_PRIVATE' }))

  const short = join(home.directory, 'short.key')
  writeFileSync(short, randomBytes(31), { mode: 0o600 })
  expect(() => loadMasterKey(short)).toThrow(expect.objectContaining({ code: 'STORE_KEY_MALFORMED' }))

  const absent = join(home.directory, 'absent.key')
  expect(() => loadMasterKey(absent)).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }))
  expect(hasMasterKey(absent)).toBe(false)
})

test('a key does not print', () => {
  const key = loadMasterKey(home.keyPath)

  expect(JSON.stringify(key)).not.toContain(readFileSync(home.keyPath).toString('base64').slice(0, 8))
  expect(JSON.stringify(key)).toContain('[secret]')
})

test('after a rotation the old key opens nothing and the new one everything', async () => {
  const store = await home.open()
  const group = await store.groups.add({ name: 'Acme' })
  const key = await store.keys.add({ purpose: 'consoleSigning', group: group.id, pkcs8: new Secret(randomBytes(9)) })
  const was = (await store.keys.open(key.id)).reveal()
  const oldKey = readFileSync(home.keyPath)

  await store.rotateMasterKey()

  expect((await store.keys.open(key.id)).reveal()).toEqual(was)
  await store.close()
  const again = await home.open()
  expect((await again.keys.open(key.id)).reveal()).toEqual(was)
  await again.close()
  writeFileSync(home.keyPath, oldKey)
  await expect(home.open()).rejects.toMatchObject({ code: 'STORE_WRONG_KEY' })
})

test('a rotation cut short before the database changed goes back to the old key', async () => {
  await (await home.open()).close()
  const before = readFileSync(home.keyPath)
  stageNextKey(home.keyPath)

  await (await home.open()).close()

  expect(readFileSync(home.keyPath)).toEqual(before)
  expect(existsSync(`${home.keyPath}.next`)).toBe(false)
})

test('a rotation cut short after the database changed goes on to the new key', async () => {
  const store = await home.open()
  const before = readFileSync(home.keyPath)
  await store.rotateMasterKey()
  await store.close()
  const rotated = readFileSync(home.keyPath)
  writeFileSync(`${home.keyPath}.next`, rotated, { mode: 0o600 })
  writeFileSync(home.keyPath, before)

  const again = await home.open()

  expect(readFileSync(home.keyPath)).toEqual(rotated)
  await again.rotateMasterKey()
  expect(readFileSync(home.keyPath)).not.toEqual(rotated)
})

test('groups made and secrets sealed while the key rotates open afterwards', async () => {
  const store = await home.open()
  const made = Array.from({ length: 30 }, async (_, at) => {
    for (let turn = 0; turn < at * 3; turn++) await Promise.resolve()
    const group = await store.groups.add({ name: `group ${at}` })
    return store.keys.add({ purpose: 'consoleSigning', group: group.id, pkcs8: new Secret(Buffer.from(`key ${at}`)) })
  })
  const [keys] = await Promise.all([Promise.all(made), store.rotateMasterKey()])
  await store.rotateMasterKey()
  await store.close()

  const again = await home.open()

  const opened = await Promise.all(keys.map(async ({ id }) => (await again.keys.open(id)).reveal().toString()))
  expect(opened).toEqual(keys.map((_, at) => `key ${at}`))
})

test('a rotation whose key could not be put in place is ended before the next begins', async () => {
  const store = await home.open()
  const key = await store.keys.add({ purpose: 'productRoot', pkcs8: new Secret(Buffer.from('root')) })
  const before = readFileSync(home.keyPath)
  await store.rotateMasterKey()
  // As a rename that failed would have left it.
  writeFileSync(`${home.keyPath}.next`, readFileSync(home.keyPath), { mode: 0o600 })
  writeFileSync(home.keyPath, before)

  await store.rotateMasterKey()
  await store.close()

  expect((await (await home.open()).keys.open(key.id)).reveal().toString()).toBe('root')
})
