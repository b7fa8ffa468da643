import { rmSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { restoreBackup } from './restore.ts'
import { loadMasterKey } from './master-key.ts'
import { systemClock } from '@sallygate/base/clock'
import { TestHome } from './testing/test-home.ts'

let home: TestHome | undefined
afterEach(async () => {
  await home?.remove()
  home = undefined
})

const guid = '0d5b6c1e-0000-4000-8000-000000000001'
const device = (group: string, more: object = {}) =>
  ({ kind: 'device', id: guid, value: { guid, group, registered: true, macs: ['0026B424FEB4'], ...more } }) as const

test('what changed twice is in the feed once, at its last place', async () => {
  home = new TestHome()
  const store = await home.open()
  const { id } = await store.groups.add({ name: 'Acme' })
  await store.nacFeed.append(device(id), { kind: 'device', id: guid.replace(/1$/, '2') })
  await store.nacFeed.append(device(id, { compliant: true }))

  const entries = await store.nacFeed.after(0, 100)

  expect(entries.map(({ kind, number }) => [kind, number])).toEqual([
    ['group', 1],
    ['device', 3],
  ])
  expect((await store.nacFeed.state()).head).toBe(3)
})

test('what did not change gets no number', async () => {
  home = new TestHome()
  const store = await home.open()
  await store.nacFeed.append(device('g'))
  await store.nacFeed.append(device('g'))

  expect((await store.nacFeed.state()).head).toBe(1)
})

test('what is gone stays in the feed as gone', async () => {
  home = new TestHome()
  const store = await home.open()
  await store.nacFeed.append(device('g'))
  await store.nacFeed.append({ kind: 'device', id: guid })

  expect(await store.nacFeed.after(0, 10)).toEqual([{ number: 2, kind: 'device', id: guid }])
  expect(await store.nacFeed.find('device', guid)).toBeUndefined()
})

test('a change that is rolled back is not in the feed', async () => {
  home = new TestHome()
  const store = await home.open()
  const failing = store.transaction(async (inside) => {
    await inside.nacFeed.append(device('g'))
    throw new Error('no')
  })

  await expect(failing).rejects.toThrow('no')
  expect((await store.nacFeed.state()).head).toBe(0)
})

test('nothing enters the feed that nac would refuse', async () => {
  home = new TestHome()
  const store = await home.open()

  expect(() => store.nacFeed.append(device('g', { password: 'x' }))).toThrow(
    expect.objectContaining({ code: 'BASE_MALFORMED' }),
  )
})

test('a restored backup begins another history; a restart does not', async () => {
  home = new TestHome()
  let store = await home.open()
  const { epoch } = await store.nacFeed.state()
  const backup = `${home.path}.backup`
  await store.backup(backup)
  await store.close()
  store = await home.open()
  expect((await store.nacFeed.state()).epoch).toBe(epoch)
  await store.close()

  await restoreBackup(backup, home.path, { masterKey: loadMasterKey(home.keyPath), clock: systemClock })
  store = await home.open()

  expect((await store.nacFeed.state()).epoch).not.toBe(epoch)
  rmSync(backup)
})
