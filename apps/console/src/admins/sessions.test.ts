import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { consoleInTest, rootKey, rootPassword, tokenOf, type ConsoleInTest } from '../testing/console-in-test.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())

const minute = 60_000

test('signing in sets a cookie that scripts and strange pages do not get, and says who is there', async () => {
  const answer = await it.ask('POST', '/api/session', { body: { user: 'ADMIN', password: rootPassword } })
  const session = tokenOf(answer) ?? ''
  const who = await it.ask('GET', '/api/session', { session })

  expect(answer.cookie).toMatch(/^sallygate_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=[^;]+$/)
  expect(who).toMatchObject({ status: 200, body: { admin: { name: 'admin', kind: 'local' } } })
  expect(who.body['resources']).toContain('connectors:edit')
  expect(answer.text).not.toContain(session)
})

test('the database does not hold what a browser would have to send', async () => {
  const session = await it.signIn('admin', rootPassword)

  const files = ['console.sqlite', 'console.sqlite-wal'].map((name) => {
    try {
      return readFileSync(join(it.home, name))
    } catch {
      return Buffer.alloc(0)
    }
  })

  expect(files.some((file) => file.length > 0)).toBe(true)
  expect(files.some((file) => file.includes(session))).toBe(false)
  expect(files.some((file) => file.includes(Buffer.from(session, 'base64url')))).toBe(false)
})

test('T67: a session changes something only from our own page', async () => {
  const session = await it.signIn('admin', rootPassword)
  const cookie = `sallygate_session=${session}`
  const attempt = (headers: Record<string, string>) =>
    it.ask('POST', '/api/groups', { body: { name: 'Forged' }, headers: { cookie, ...headers } })

  const answers = [
    await attempt({}),
    await attempt({ 'x-sallygate': 'web' }),
    await attempt({ origin: it.origin }),
    await attempt({ origin: it.origin, 'x-sallygate': 'no' }),
    await attempt({ origin: 'http://evil.example', 'x-sallygate': 'web' }),
    await attempt({ origin: 'null', 'x-sallygate': 'web' }),
  ]
  const own = await attempt({ origin: it.origin, 'x-sallygate': 'web' })

  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403])
  expect(own.status).toBe(201)
})

test('two cookies of the name are none: which one is ours cannot be told', async () => {
  const session = await it.signIn('admin', rootPassword)
  const headers = { cookie: `sallygate_session=${session}; sallygate_session=x` }

  expect((await it.ask('GET', '/api/session', { headers })).status).toBe(401)
})

test('signing out ends the session for good, and its cookie is taken back', async () => {
  const session = await it.signIn('admin', rootPassword)

  const out = await it.ask('DELETE', '/api/session', { session })

  expect(out).toMatchObject({ status: 200, cookie: expect.stringContaining('sallygate_session=;') as string })
  expect((await it.ask('GET', '/api/session', { session })).status).toBe(401)
})

test('signing in again ends the session the browser had: nobody keeps one he planted', async () => {
  const old = await it.signIn('admin', rootPassword)

  const answer = await it.ask('POST', '/api/session', { session: old, body: { user: 'admin', password: rootPassword } })

  expect(tokenOf(answer)).not.toBe(old)
  expect((await it.ask('GET', '/api/session', { session: old })).status).toBe(401)
})

test('a session ends after half an hour without a request, and after twelve hours with', async () => {
  const idle = await it.signIn('admin', rootPassword)
  const busy = await it.signIn('admin', rootPassword)
  const statuses: number[] = []
  for (let at = 0; at < 35; at++) {
    await it.clock.advance(20 * minute)
    statuses.push((await it.ask('GET', '/api/session', { session: busy })).status)
    if (at === 1) expect((await it.ask('GET', '/api/session', { session: idle })).status).toBe(401)
  }

  expect(new Set(statuses)).toEqual(new Set([200]))
  await it.clock.advance(20 * minute)
  expect((await it.ask('GET', '/api/session', { session: busy })).status).toBe(401)
  // Half a day with everything that a console does every second.
}, 60_000)

test('a session that is not one, an expired one and none read the same', async () => {
  const expired = await it.signIn('admin', rootPassword)
  await it.clock.advance(31 * minute)

  const answers = await Promise.all(
    [expired, 'x', '', 'A'.repeat(43), 'A'.repeat(5000)].map((session) => it.ask('GET', '/api/groups', { session })),
  )
  const none = await it.ask('GET', '/api/groups')

  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set([`401 ${none.text}`]))
})

test('members that are not in the form are refused, also well-meant ones', async () => {
  const body = { user: 'admin', password: rootPassword, role: 'administrator' }

  expect((await it.ask('POST', '/api/session', { body })).status).toBe(400)
})

test('an API key says who it is, and has nothing to sign out of', async () => {
  const who = await it.ask('GET', '/api/session', { key: rootKey })
  const out = await it.ask('DELETE', '/api/session', { key: rootKey })

  expect(who.body).toMatchObject({ admin: { name: 'first API key', kind: 'apiKey' } })
  expect(out.status).toBe(404)
})

test('one sees where else one is signed in, and ends that without leaving', async () => {
  const [other, here] = [await it.signIn('admin', rootPassword), await it.signIn('admin', rootPassword)]
  const sessions = async () =>
    (await it.ask('GET', '/api/session/all', { session: here })).body['sessions'] as readonly { isThis: boolean }[]

  const before = await sessions()
  const ended = await it.ask('DELETE', '/api/session/others', { session: here })
  const after = await sessions()

  expect(before.length).toBeGreaterThan(1)
  expect(before.filter(({ isThis }) => isThis)).toHaveLength(1)
  expect(ended.status).toBe(200)
  expect(after).toMatchObject([{ isThis: true }])
  expect((await it.ask('GET', '/api/session', { session: other })).status).toBe(401)
  expect((await it.ask('GET', '/api/session', { session: here })).body).toMatchObject({ hasTotp: false, hasPin: false })
})

test('one ends a single session, knowing it by its browser and the family of its address', async () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
  const body = { user: 'admin', password: rootPassword }
  const there = tokenOf(await it.ask('POST', '/api/session', { body, headers: { 'user-agent': firefox } })) ?? ''
  const here = await it.signIn('admin', rootPassword)
  const listed = await it.ask('GET', '/api/session/all', { session: here })
  const sessions = listed.body['sessions'] as readonly { id: string; browser?: string; addressFamily?: string }[]
  const known = sessions.find(({ browser }) => browser !== undefined)
  const end = (id: string | undefined) => it.ask('DELETE', `/api/session/all/${id}`, { session: here })

  const ended = await end(known?.id)

  expect(known).toMatchObject({ browser: 'Firefox on Linux', addressFamily: 'IPv4' })
  expect(ended.status).toBe(200)
  expect((await end(known?.id)).status).toBe(404)
  expect((await it.ask('GET', '/api/session', { session: there })).status).toBe(401)
  expect((await it.ask('GET', '/api/session', { session: here })).status).toBe(200)
})

test('who looks after accounts ends one session of another, and of nobody who may more than he', async () => {
  const make = async (name: string, role: string) => {
    await it.ask('POST', '/api/admins', { key: rootKey, body: { name, password: rootPassword, role } })
    return it.signIn(name, rootPassword)
  }
  await it.ask('POST', '/api/roles', {
    key: rootKey,
    body: { name: 'accounts', resources: ['admins:read', 'admins:edit', 'roles:read'] },
  })
  const keeper = await make('keeper', 'accounts')
  const other = await make('other', 'accounts')
  const strong = await make('strong', 'administrator')
  const idOf = async (name: string) => {
    const answer = await it.ask('GET', `/api/admins/${name}/sessions`, { session: keeper })
    return (answer.body['sessions'] as readonly { id: string }[])[0]?.id ?? ''
  }
  const [weakId, strongId] = [await idOf('other'), await idOf('strong')]
  const end = (name: string, id: string) => it.ask('DELETE', `/api/admins/${name}/sessions/${id}`, { session: keeper })

  const statuses = [
    (await end('strong', strongId)).status,
    (await end('other', strongId)).status,
    (await end('other', weakId)).status,
    (await end('other', weakId)).status,
  ]

  expect(statuses).toEqual([403, 404, 200, 404])
  expect((await it.ask('GET', '/api/session', { session: other })).status).toBe(401)
  expect((await it.ask('GET', '/api/session', { session: strong })).status).toBe(200)
})
