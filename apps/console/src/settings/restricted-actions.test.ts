import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

const password = 'a password of some length'
const pin = '4711-x'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
  await make('/api/groups', { name: 'Acme' })
  await make('/api/groups', { name: 'Strict', parent: 'Acme' })
  await make('/api/groups', { name: 'Below', parent: 'Strict' })
  await make('/api/admins', { name: 'ada', password, role: 'administrator' })
})
afterAll(() => it.stop())

const make = (path: string, body: unknown) => it.ask('POST', path, { key: rootKey, body })
const ada = async (method: string, path: string, body: unknown) =>
  it.ask(method, path, { session: await it.signIn('ada', password), body })
const page = (group: string) => `/api/groups/${group}/settings/restrictedActions`
const restrict = (group: string, values: unknown, more = {}) =>
  it.ask('PUT', page(group), { key: rootKey, body: { mode: 'override', values, ...more } })
const addGroup = async (name: string, parent: string) => make('/api/groups', { name, parent })
const remove = (group: string, body: unknown) => ada('DELETE', `/api/groups/${group}`, body)

test('a group says what is asked for before what cannot be undone, and the groups below inherit it', async () => {
  await restrict('Strict', { deleteGroup: 'noteAndPin', moveGroup: 'note' })
  await addGroup('Leaf', 'Below')
  await addGroup('Free leaf', 'Acme')

  const withoutPin = await remove('Leaf', { note: 'gone' })
  const elsewhere = await remove('Free%20leaf', { note: 'gone' })
  const moved = await ada('POST', '/api/groups/Leaf/move', { to: 'Acme' })
  await ada('PUT', '/api/session/pin', { password, pin })
  const wrong = await remove('Leaf', { note: 'gone', pin: '0000' })
  const right = await remove('Leaf', { note: 'gone', pin })

  expect([withoutPin.body['code'], elsewhere.status, moved.body['code']]).toEqual([
    'CONSOLE_PIN_NEEDED',
    200,
    'CONSOLE_NOTE_NEEDED',
  ])
  expect([wrong.body['code'], right.status]).toEqual(['CONSOLE_PIN_WRONG', 200])
})

test('where nothing is asked for, nothing is; unless somebody says so a group is moved without a note and not deleted', async () => {
  await restrict('Acme', { deleteGroup: 'none' })
  await addGroup('Loose', 'Acme')

  expect((await ada('POST', '/api/groups/Loose/move', { to: 'Acme', preview: true })).status).toBe(200)
  expect((await remove('Loose', {})).status).toBe(200)
})

test('the page itself asks for the most it asks for anything, and a group above can keep it to itself', async () => {
  await make('/api/groups', { name: 'Kept' })
  await addGroup('Kept below', 'Kept')
  await restrict('Kept', { revokeKeys: 'noteAndPin' }, { childPermission: 'inheritOnly' })
  const loosen = (group: string, more: unknown) =>
    ada('PUT', page(group), { mode: 'override', values: {}, ...(more as {}) })

  const withoutNote = await loosen('Kept', {})
  const withoutPin = await loosen('Kept', { note: 'n' })
  const below = await loosen('Kept%20below', { note: 'n', pin })
  const above = await loosen('Kept', { note: 'n', pin })

  expect([withoutNote.body['code'], withoutPin.body['code']]).toEqual(['CONSOLE_NOTE_NEEDED', 'CONSOLE_PIN_WRONG'])
  expect([below.body['code'], above.status]).toEqual(['PAGE_INHERIT_ONLY', 200])
})

test('a program has no PIN: its role is its consent, and it is slowed', async () => {
  await restrict('Acme', { deleteGroup: 'noteAndPin' })
  await addGroup('By key', 'Acme')

  expect((await it.ask('DELETE', '/api/groups/By%20key', { key: rootKey, body: {} })).status).toBe(200)
})
