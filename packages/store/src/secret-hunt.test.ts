import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { Passwords } from './passwords.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

test('T69: no planted secret is found in any byte of the database, its log or its backup', async () => {
  const planted = new Map<string, Buffer>()
  const plant = (what: string) => {
    const bytes = Buffer.from(`canary-${toHex(randomBytes(12))}`)
    planted.set(what, bytes)
    return bytes
  }
  const text = (what: string) => new Secret(plant(what).toString())
  const store = await home.open()
  const group = await store.groups.add({ name: 'control-canary' })
  for (const purpose of ['productRoot', 'consoleIdentity', 'secureChannel', 'tlsServer'] as const) {
    await store.keys.add({ purpose, pkcs8: new Secret(plant(purpose)) })
  }
  for (const purpose of ['groupAuthority', 'consoleSigning'] as const) {
    await store.keys.add({ purpose, group: group.id, pkcs8: new Secret(plant(purpose)) })
  }
  const code = { codeId: 'c', group: group.id, name: 'x', expiresAt: new Date(Date.now() + 1000) }
  await store.enrollmentCodes.add({ ...code, secret: new Secret(plant('enrollment code')) })
  const change = { group: group.id, service: 'directory', secretFields: ['password'], eraserFields: ['host'] }
  for (const host of ['a', 'b', 'c']) {
    const secrets = { password: text(`bind password of ${host}`) }
    await store.serviceSettings.set({ ...change, settings: { host }, secrets })
  }
  await store.serviceSettings.set({ ...change, settings: { host: 'd' } })
  const mail = {
    group: group.id,
    template: 'x',
    subject: 'x',
    domain: 'x.test',
    to: ['a@x.test'],
    giveUpAt: new Date(),
  }
  await store.mailOutbox.add({ ...mail, key: 'k', content: plant('text of a mail').toString() })
  const { key } = await store.apiKeys.add({ name: 'script' })
  planted.set('API key', Buffer.from(key.reveal()))
  planted.set('API key bytes', Buffer.from(key.reveal().slice(4), 'base64url'))
  const passwordHash = await new Passwords().hash(text('admin password'))
  await store.admins.addFirst({ name: 'root', passwordHash })
  await store.rotateMasterKey()
  planted.set('master key', readFileSync(home.keyPath))
  await store.backup(join(home.directory, 'copy.backup'))

  const files = readdirSync(home.directory)
    .filter((name) => name !== 'master.key')
    .map((name) => ({ name, content: readFileSync(join(home.directory, name)) }))

  const found = files.flatMap(({ name, content }) =>
    [...planted].flatMap(([what, bytes]) =>
      [bytes, Buffer.from(toHex(bytes)), Buffer.from(bytes.toString('base64').slice(0, -4))]
        .filter((form) => content.includes(form))
        .map(() => `${what} in ${name}`),
    ),
  )
  expect(found).toEqual([])
  // The hunt itself works: what is not secret is found, and the log is among the files.
  expect(files.filter(({ content }) => content.includes('control-canary')).map(({ name }) => name)).toContain(
    'console.db-wal',
  )
  expect(planted.size).toBe(15)
})
