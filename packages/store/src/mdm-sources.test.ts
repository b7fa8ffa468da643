import { Secret } from '@sallygate/base/secret'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Store } from './store.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
let store: Store
let group: string
beforeEach(async () => {
  home = new TestHome()
  store = await home.open()
  group = (await store.groups.add({ name: 'Acme' })).id
})
afterEach(async () => {
  await store.close()
  await home.remove()
})

test('a secret of agents opens its group until it is revoked or ends', async () => {
  const { agentSecrets } = store
  const { agentSecret, secret } = await agentSecrets.add({ group, name: 'laptops' })
  const ended = await agentSecrets.add({ group, name: 'old', expiresAt: new Date(0) })

  expect(await agentSecrets.check(secret.reveal())).toMatchObject({ group, name: 'laptops' })
  expect(await agentSecrets.check(ended.secret.reveal())).toBeUndefined()
  expect(await agentSecrets.check('sga_nothing')).toBeUndefined()
  await agentSecrets.used(agentSecret.id, 'FusionInventory-Agent_v2.6')
  expect(await agentSecrets.list(group)).toHaveLength(2)
  expect(await agentSecrets.revoke('0'.repeat(32), agentSecret.id)).toBe(false)
  expect(await agentSecrets.revoke(group, agentSecret.id)).toBe(true)
  expect(await agentSecrets.check(secret.reveal())).toBeUndefined()
})

test('the password of a source is sealed, stays when nothing is said of it, and goes when it is to go', async () => {
  const { mdmSources } = store
  const source = await mdmSources.add(group, {
    name: 'UEM',
    settings: { url: 'https://uem.example' },
    password: new Secret('open sesame'),
  })

  await mdmSources.set(group, source.id, { name: 'UEM two', settings: { url: 'https://uem.example' } })

  expect(await mdmSources.find(group, source.id)).toMatchObject({ name: 'UEM two', hasPassword: true })
  expect((await mdmSources.openPassword(group, source.id))?.reveal()).toBe('open sesame')
  await mdmSources.set(group, source.id, { name: 'UEM', settings: {}, password: null })
  expect(await mdmSources.openPassword(group, source.id)).toBeUndefined()
  expect(await mdmSources.set('0'.repeat(32), source.id, { name: 'x', settings: {} })).toBeUndefined()
})

test('whom a source told of is remembered until it is removed', async () => {
  const { mdmSources } = store
  const { id } = await mdmSources.add(group, { name: 'UEM', settings: {} })

  await mdmSources.writeTold(
    id,
    new Map([
      ['a', 0],
      ['b', 1],
    ]),
  )

  expect([...(await mdmSources.told(id))]).toEqual([
    ['a', 0],
    ['b', 1],
  ])
  expect(await mdmSources.remove(group, id)).toBe(true)
  expect(await mdmSources.remove(group, id)).toBe(false)
  expect((await mdmSources.told(id)).size).toBe(0)
})

test('both go with their group', async () => {
  await store.groups.add({ name: 'Other' })
  const { id } = await store.mdmSources.add(group, { name: 'UEM', settings: {}, password: new Secret('open sesame') })
  await store.mdmSources.writeTold(id, new Map([['a', 0]]))
  await store.agentSecrets.add({ group, name: 'laptops' })

  await store.groups.remove(group)

  expect(await store.mdmSources.all()).toEqual([])
})
