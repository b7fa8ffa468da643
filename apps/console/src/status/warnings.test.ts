import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

const password = 'a password of some length'
const day = 86_400_000

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
  const soon = new Date(it.clock.now().getTime() + 5 * day).toISOString()
  for (const name of ['Acme', 'Other']) {
    await make('/api/groups', { name })
    await make('/api/admins', { name: `ends in ${name}`, password, role: 'auditor', group: name, expiresAt: soon })
    await make('/api/api-keys', { name: `key of ${name}`, role: 'auditor', group: name, expiresAt: soon })
  }
  await make('/api/groups', { name: 'Below', parent: 'Acme' })
  await make('/api/admins', { name: 'ends in Below', password, role: 'auditor', group: 'Below', expiresAt: soon })
  await make('/api/admins', { name: 'ada', password, role: 'administrator', group: 'Acme' })
})
afterAll(() => it.stop())

const make = (path: string, body: unknown) => it.ask('POST', path, { key: rootKey, body })

interface Shown {
  readonly code: string
  readonly about?: string
  readonly group?: string
}

async function warnings(as: { readonly key?: string; readonly session?: string }): Promise<readonly Shown[]> {
  return (await it.ask('GET', '/api/status', as)).body['warnings'] as readonly Shown[]
}

test('an administrator of a group is warned of what concerns it and what is below, and of nothing else', async () => {
  const own = await warnings({ session: await it.signIn('ada', password) })

  expect(
    own
      .map(({ about = '' }) => about)
      .map(String)
      .toSorted((a, b) => (a < b ? -1 : 1)),
  ).toEqual(['ends in Acme', 'ends in Below', 'key of Acme'])
  expect(own.every(({ group }) => group !== undefined)).toBe(true)
})

test('who sees everything is warned of everything, the installation’s own among it', async () => {
  const all = await warnings({ key: rootKey })

  expect(all.map(({ code }) => code)).toContain('RELAY_NOT_SET')
  expect(all.map(({ about }) => about)).toEqual(
    expect.arrayContaining(['ends in Acme', 'ends in Other', 'key of Other']),
  )
})
