/**
 * Every row of the route table, asked by those it is not for, about what is not theirs.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Assembly } from '../assembly.ts'
import type { Route } from '../http/route.ts'
import { allRoutes } from '../routes.ts'
import { consoleInTest, rootKey, type Answer, type ConsoleInTest } from '../testing/console-in-test.ts'
import { DeviceAgent } from '../testing/device-agent.ts'
import { sampleOf } from '../testing/sample-of.ts'

const password = 'a password of some length'
const closed = allRoutes({} as Assembly).filter(({ policy }) => policy !== 'public')
/** Signing out would end the test. */
const aboutOthers = closed.filter(({ policy }) => policy !== 'proven')
const withObject = aboutOthers.filter(({ path }) => /:(?:group|admin|role|key|device)\b/.test(path))

const absent = {
  group: '0'.repeat(32),
  admin: '1'.repeat(32),
  role: '2'.repeat(32),
  key: '3'.repeat(32),
  device: '00000000-0000-4000-8000-000000000000',
}
const foreign = { ...absent }
const actors: Record<string, string> = {}
let it: ConsoleInTest

const make = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
  const { status, body: made, text } = await it.ask('POST', path, { key: rootKey, body })
  if (status !== 201 && status !== 200) throw new Error(`${path}: ${text}`)
  return made
}

beforeAll(async () => {
  it = await consoleInTest()
  foreign.group = String((await make('/api/groups', { name: 'Acme' }))['id'])
  await make('/api/groups', { name: 'Child', parent: 'Acme' })
  await make('/api/groups', { name: 'Sibling' })
  foreign.admin = String(
    (await make('/api/admins', { name: 'acme-admin', password, group: 'Acme', role: 'auditor' }))['id'],
  )
  foreign.role = String(
    (await make('/api/roles', { name: 'Acme role', group: 'Acme', resources: ['status:read'] }))['id'],
  )
  foreign.key = String((await make('/api/api-keys', { name: 'acme-key', group: 'Acme', role: 'auditor' }))['id'])
  const agent = new DeviceAgent(it)
  await agent.enroll('Acme', { identifiers: { hostName: 'acme-device', serial: 'ACME-0001' } })
  foreign.device = agent.device
  await make('/api/groups/Acme/policies', {
    name: 'Acme policy',
    rules: [{ kind: 'isFalse', fact: 'jailBroken', whenUnknown: 'passes' }],
  })
  for (const [name, group, role] of [
    ['sibling', 'Sibling', 'administrator'],
    ['child', 'Child', 'administrator'],
    ['reader', 'Sibling', 'auditor'],
    ['nothing', 'Acme', 'rest-mdm-read'],
  ] as const) {
    await make('/api/admins', { name, password, group, role })
    actors[name] = await it.signIn(name, password)
  }
})
afterAll(() => it.stop())

function addressOf({ path }: Route, objects: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)/g, (_whole, name: string) => objects[name] ?? 'directory')
}

function ask(route: Route, address: string, by: { session?: string; key?: string }): Promise<Answer> {
  return it.ask(route.method, address, {
    ...by,
    ...(route.body === undefined ? {} : { body: sampleOf(route.body) }),
  })
}

describe.each(['sibling', 'child', 'reader', 'nothing'])('T62: an administrator: %s', (name) => {
  test.each(withObject.filter(({ path }) => name !== 'nothing' || path.includes(':role')))(
    'hears the same of $method $path whether it is there or not',
    async (route) => {
      const session = actors[name] ?? ''

      const there = await ask(route, addressOf(route, foreign), { session })
      const notThere = await ask(route, addressOf(route, absent), { session })

      expect([there.status, there.text]).toEqual([notThere.status, notThere.text])
      expect([400, 403, 404, 409]).toContain(there.status)
      if (name === 'sibling' && route.method === 'GET') expect(there.status).toBe(404)
    },
  )

  test.each(aboutOthers.filter(({ method, path }) => method === 'GET' && !path.includes(':')))(
    'finds nothing of others in $path',
    async (route) => {
      const { text } = await ask(route, route.path, { session: actors[name] ?? '' })

      const names =
        name === 'nothing'
          ? ['acme-admin', 'acme-key', 'acme-device', 'Acme policy']
          : ['Acme', 'acme-admin', 'acme-key', 'acme-device', 'ACME-0001', foreign.admin, foreign.key, foreign.device]
      expect(names.filter((word) => text.includes(word))).toEqual([])
    },
  )
})

test('T62: what concerns the whole installation is not for who has everything in one group', async () => {
  const wide = aboutOthers.filter(({ scope }) => scope === 'installation')

  const statuses = await Promise.all(
    wide.map(
      async (route) => (await ask(route, addressOf(route, absent), { session: actors['sibling'] ?? '' })).status,
    ),
  )

  expect(wide.length).toBeGreaterThan(5)
  expect(new Set(statuses)).toEqual(new Set([403]))
})

test('T62: who may only read changes nothing, whatever row he tries', async () => {
  const changing = aboutOthers.filter(({ method }) => method !== 'GET')

  const statuses = await Promise.all(
    changing.map(async (route) => {
      const own = { ...absent, group: 'Sibling', admin: 'reader', role: 'auditor' }
      return (await ask(route, addressOf(route, own), { session: actors['reader'] ?? '' })).status
    }),
  )

  expect(new Set(statuses)).toEqual(new Set([403]))
})

test('T61: no spelling of an address opens a foreign group', async () => {
  const path = `/api/groups/${foreign.group}`
  const spellings = [
    `/api//groups/${foreign.group}`,
    `/api/groups/Sibling/../${foreign.group}`,
    `/api/groups/Sibling/%2e%2e/${foreign.group}`,
    `${path};x`,
    `${path}/`,
    `${path}%00`,
    path.toUpperCase(),
    '/api/groups/ACME',
    '/api/groups/Acme',
    '/api/groups/Acme%20',
    `/api/groups/${foreign.group.toUpperCase()}`,
  ]
  const headers = { 'x-http-method-override': 'GET', 'x-original-url': path, 'x-sallygate-group': foreign.group }

  const answers = await Promise.all(
    [...spellings, '/api/groups/nobody'].map((spelling) =>
      it.ask('GET', spelling, { session: actors['sibling'] ?? '', headers }),
    ),
  )

  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(answers[0]?.status).toBe(404)
})

test('T61: an ended session and an ended key hear one and the same of every row', async () => {
  const expiresAt = new Date(it.clock.now().getTime() + 1000).toISOString()
  const { key } = await make('/api/api-keys', { name: 'short', role: 'administrator', expiresAt })
  const session = actors['sibling'] ?? ''
  await it.clock.advance(31 * 60_000)
  const heard = new Set<string>()
  for (const route of [...closed, ...closed.slice(0, 1).map((row) => ({ ...row, path: '/api/nothing' as const }))]) {
    const address = addressOf(route, foreign)
    for (const by of [{ session }, { key: String(key) }, {}]) {
      const { status, text } = await ask(route, address, by)
      heard.add(`${status} ${text}`)
    }
    // Many wrong keys from one place slow that place down.
    await it.clock.advance(30_001)
  }

  expect([...heard].map((text) => text.slice(0, 3))).toEqual(['401'])
  // Every row waits half a minute of the fake clock, with all that the console does meanwhile.
}, 240_000)
