import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consoleInTest, rootKey, rootPassword, type Answer, type ConsoleInTest } from '../testing/console-in-test.ts'

const password = 'a password of some length'
const day = 24 * 3_600_000

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
  await make('/api/groups', { name: 'Acme' })
  await make('/api/groups', { name: 'EMEA', parent: 'Acme' })
  await make('/api/groups', { name: 'Other' })
  await admin('acme-root', 'administrator', 'Acme')
})
afterAll(() => it.stop())

const make = (path: string, body: unknown, key = rootKey): Promise<Answer> => it.ask('POST', path, { key, body })
const admin = (name: string, role: string, group?: string, more = {}): Promise<Answer> =>
  make('/api/admins', { name, password, role, ...(group === undefined ? {} : { group }), ...more })
const as = async (name: string, word = password) => ({ session: await it.signIn(name, word) })
const code = ({ body }: Answer) => body['code']

describe('nobody gives more than he has', () => {
  test('an administrator of a group makes others in it and below, and nowhere else', async () => {
    const who = await as('acme-root')
    const attempt = (group: string | undefined, role: string, name: string) =>
      it.ask('POST', '/api/admins', {
        ...who,
        body: { name, password, role, ...(group === undefined ? {} : { group }) },
      })

    const below = await attempt('EMEA', 'help-desk', 'emea-desk')
    const own = await attempt('Acme', 'administrator', 'acme-second')
    const beside = await attempt('Other', 'help-desk', 'spy')
    const above = await attempt(undefined, 'help-desk', 'spy')

    expect([below.status, own.status, beside.status, above.status]).toEqual([201, 201, 404, 403])
  })

  test('a role with a right its maker lacks is refused, made, given or changed', async () => {
    await make('/api/roles', {
      name: 'Account clerk',
      group: 'Acme',
      resources: [
        'admins:read',
        'admins:edit',
        'roles:read',
        'roles:edit',
        'status:read',
        'api-keys:read',
        'api-keys:edit',
      ],
    })
    await admin('clerk', 'Account clerk', 'Acme')
    const who = await as('clerk')
    const ask = (method: string, path: string, body?: unknown) => it.ask(method, path, { ...who, body })

    const answers = [
      await ask('POST', '/api/roles', { name: 'More', group: 'Acme', resources: ['connectors:edit'] }),
      await ask('PUT', '/api/roles/Account%20clerk', { resources: ['admins:edit', 'relay:edit'] }),
      await ask('POST', '/api/admins', { name: 'x1', password, group: 'Acme', role: 'administrator' }),
      await ask('POST', '/api/admins/clerk/roles', { group: 'Acme', role: 'administrator' }),
      await ask('POST', '/api/api-keys', { name: 'k', group: 'Acme', role: 'auditor' }),
      await ask('POST', '/api/admins/acme-root/reset', { password: 'taken over by a clerk' }),
      await ask('PUT', '/api/admins/acme-root', { isDisabled: true }),
      await ask('POST', '/api/admins/acme-root/remove', { note: 'gone' }),
    ]
    const equal = await ask('POST', '/api/admins', { name: 'clerk 2', password, group: 'EMEA', role: 'status only' })

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403))
    expect(equal.status).toBe(404)
    expect(
      (await ask('POST', '/api/roles', { name: 'status only', group: 'Acme', resources: ['status:read'] })).status,
    ).toBe(201)
  })

  test('a role of a group is not given above it, where its group could then change it', async () => {
    await make('/api/roles', { name: 'Acme reader', group: 'Acme', resources: ['status:read'] })

    expect((await make('/api/admins/admin/roles', { role: 'Acme reader' })).status).toBe(403)
  })

  test('built-in roles stay as they are', async () => {
    const changed = await it.ask('PUT', '/api/roles/auditor', { key: rootKey, body: { resources: ['relay:edit'] } })
    const removed = await it.ask('DELETE', '/api/roles/administrator', { key: rootKey })
    const twin = await make('/api/roles', { name: ' administrator', resources: ['status:read'] })

    expect([changed, removed, twin].map(code)).toEqual(Array(3).fill('CONSOLE_ROLE_BUILT_IN'))
  })

  test('an API key has its role in its group and no more', async () => {
    const made = await make('/api/api-keys', { name: 'watcher', role: 'auditor', group: 'Acme' })
    const key = String(made.body['key'])

    expect((await it.ask('GET', '/api/groups/EMEA', { key })).status).toBe(200)
    expect((await it.ask('GET', '/api/groups/Other', { key })).status).toBe(404)
    expect((await it.ask('POST', '/api/groups', { key, body: { name: 'y', parent: 'Acme' } })).status).toBe(403)
    expect((await it.ask('GET', '/api/api-keys', { key: rootKey })).text).not.toContain(key)
    expect((await make('/api/api-keys/watcher/revoke', undefined)).status).toBe(200)
    expect((await it.ask('GET', '/api/groups/EMEA', { key })).status).toBe(401)
  })
})

describe('the last administrator', () => {
  test.each([
    ['removed', 'POST', '/api/admins/admin/remove', {}],
    ['disabled', 'PUT', '/api/admins/admin', { isDisabled: true }],
    ['given an end', 'PUT', '/api/admins/admin', { expiresAt: '2027-01-01T00:00:00Z' }],
    ['demoted', 'DELETE', '/api/admins/admin/roles/administrator', undefined],
  ])('is not %s', async (_what, method, path, body) => {
    const answer = await it.ask(method, path, { key: rootKey, body })

    expect([answer.status, code(answer)]).toEqual([409, 'CONSOLE_LAST_ADMINISTRATOR'])
    expect((await it.ask('GET', '/api/session', await as('admin', rootPassword))).status).toBe(200)
  })

  test('of two that go at the same time one stays', async () => {
    await admin('second', 'administrator')

    const answers = await Promise.all(
      ['admin', 'second'].map((name) => it.ask('DELETE', `/api/admins/${name}/roles/administrator`, { key: rootKey })),
    )

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
    await make('/api/admins/admin/roles', { role: 'administrator' })
    await it.ask('PUT', '/api/admins/second', { key: rootKey, body: { isDisabled: true } })
  })
})

describe('an account', () => {
  test('that is disabled is signed out at once, and reads like one that is not there', async () => {
    await admin('leaver', 'auditor')
    const who = await as('leaver')

    await it.ask('PUT', '/api/admins/leaver', { key: rootKey, body: { isDisabled: true } })
    const answers = [
      await make('/api/session', { user: 'leaver', password }),
      await make('/api/session', { user: 'nobody', password }),
      await make('/api/session', { user: 'leaver', password: 'wrong' }),
    ]

    expect((await it.ask('GET', '/api/session', who)).status).toBe(401)
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  })

  test('that ends is warned of at 14, 7 and 1 days, and named when it has ended', async () => {
    const expiresAt = new Date(it.clock.now().getTime() + 20 * day).toISOString()
    await admin('temp', 'auditor', undefined, { expiresAt })
    const said = async () => {
      const { body } = await it.ask('GET', '/api/status', { key: rootKey })
      const all = body['warnings'] as { code: string; says: string; about?: string }[]
      return all.find(({ about }) => about === 'temp')
    }
    const seen: (string | undefined)[] = [(await said())?.says]
    for (const left of [14, 7, 1, 0]) {
      it.clock.jumpWall(new Date(expiresAt).getTime() - left * day - it.clock.now().getTime())
      seen.push((await said())?.says)
    }

    expect(seen[0]).toBeUndefined()
    expect(seen.slice(1).map((says) => /within (\d+)|expired/.exec(says ?? '')?.[0])).toEqual([
      'within 14',
      'within 7',
      'within 1',
      'expired',
    ])
    expect((await make('/api/session', { user: 'temp', password })).status).toBe(401)
    const events = await it.ask('GET', '/api/events?limit=50', { key: rootKey })
    expect(events.text).toContain('SG-3007')
    expect(events.text).toContain('"about":"temp"')
  })

  test('changes its own password with the old one; its other sessions end', async () => {
    await admin('changer', 'auditor')
    const [here, there] = [await as('changer'), await as('changer')]

    const wrong = await it.ask('POST', '/api/session/password', { ...here, body: { current: 'no', password } })
    const body = { current: password, password: 'a new password of length' }
    const right = await it.ask('POST', '/api/session/password', { ...here, body })

    expect([wrong.status, right.status]).toEqual([403, 200])
    expect((await it.ask('GET', '/api/session', here)).status).toBe(200)
    expect((await it.ask('GET', '/api/session', there)).status).toBe(401)
    expect(await it.signIn('changer', password)).toBe('')
  })

  test('is set back by an administrator, which signs it out everywhere', async () => {
    await admin('forgetful', 'auditor')
    const who = await as('forgetful')

    await make('/api/admins/forgetful/reset', { password: 'given by the help desk' })

    expect((await it.ask('GET', '/api/session', who)).status).toBe(401)
    expect(await it.signIn('forgetful', 'given by the help desk')).not.toBe('')
  })

  test('is not set back by itself: that would go around the question for its password', async () => {
    await admin('self', 'administrator')
    const who = await as('self')

    const answer = await it.ask('POST', '/api/admins/self/reset', { ...who, body: { password, clearTotp: true } })

    expect(answer.status).toBe(403)
  })

  test('of the help desk looks and tests, and is told which right it lacks for anything else', async () => {
    await admin('desk', 'help-desk')
    const who = await as('desk')
    const group = '/api/groups/Sample'

    const users = await it.ask('GET', `${group}/directory/users`, who)
    const check = await it.ask('POST', `${group}/services/directory/check`, who)
    const off = await it.ask('DELETE', `${group}/services/directory`, who)

    expect(users.status).toBe(200)
    expect(check.body['code']).toBe('CONSOLE_NO_CONNECTOR_ATTACHED')
    expect(off).toMatchObject({ status: 403, body: { code: 'CONSOLE_FORBIDDEN', details: { right: 'services:edit' } } })
  })

  test('is removed for good, with a note where a person asks', async () => {
    await admin('gone', 'auditor')
    const who = await as('admin', rootPassword)
    const remove = (body: unknown) => it.ask('POST', '/api/admins/gone/remove', { ...who, body })

    const silent = await remove({})
    const noted = await remove({ note: 'left the company' })

    expect([silent.status, noted.status]).toEqual([400, 200])
    expect((await it.ask('GET', '/api/admins/gone', { key: rootKey })).status).toBe(404)
  })

  test('with a PIN is asked for it by what cannot be undone', async () => {
    await admin('careful', 'administrator')
    await admin('victim', 'auditor')
    const who = await as('careful')
    await it.ask('PUT', '/api/session/pin', { ...who, body: { password, pin: '4711-x' } })
    const remove = (pin?: string) =>
      it.ask('POST', '/api/admins/victim/remove', {
        ...who,
        body: { note: 'n', ...(pin === undefined ? {} : { pin }) },
      })

    expect([(await remove()).status, (await remove('0000')).status, (await remove('4711-x')).status]).toEqual([
      403, 403, 200,
    ])
  })

  test.each([
    ['role', { role: 'auditor', id: 'x' }],
    ['group', { role: 'auditor', groupKey: '' }],
    ['hash', { role: 'auditor', passwordHash: '$argon2id$' }],
    ['state', { role: 'auditor', isDisabled: false }],
    ['factor', { role: 'auditor', hasTotp: true }],
  ])('is not made with members nobody named: %s', async (_what, more) => {
    expect((await make('/api/admins', { name: 'mass', password, ...more })).status).toBe(400)
  })
})

describe('T64: names and passwords', () => {
  test('a name of 200 bytes is one identity, and its last byte counts', async () => {
    const name = 'n'.repeat(200)
    await admin(name, 'auditor')

    expect(await it.signIn(name, password)).not.toBe('')
    expect(await it.signIn(`${name}x`, password)).toBe('')
    expect(await it.signIn(name.slice(1), password)).toBe('')
    expect(await it.signIn(name, `${password}x`)).toBe('')
  })

  test.each([
    ['case', 'TWIN-ä'],
    ['combining accents', 'twin-a\u0308'],
    ['trailing spaces', 'twin-ä  '],
    ['a zero-width joiner', 'tw\u200din-ä'],
  ])('twins that differ in %s are one account', async (_what, twin) => {
    await admin('twin-ä', 'auditor')

    const again = await admin(twin, 'auditor')

    expect([again.status, code(again)]).toEqual([409, 'STORE_NAME_TAKEN'])
    expect(await it.signIn(twin, password)).not.toBe('')
  })

  test('passwords are not trimmed, folded or cut', async () => {
    await admin('exact', 'auditor', undefined, { password: `Pass word ä${'p'.repeat(100)}` })

    expect(await it.signIn('exact', `Pass word a\u0308${'p'.repeat(100)}`)).not.toBe('')
    for (const wrong of [
      `pass word ä${'p'.repeat(100)}`,
      `Pass word ä${'p'.repeat(99)}`,
      `Pass word ä${'p'.repeat(100)} `,
    ])
      expect(await it.signIn('exact', wrong)).toBe('')
  })

  test('a password of a megabyte, a NUL in a name and a lone surrogate cost nothing and are refused', async () => {
    const began = performance.now()
    const answers = await Promise.all([
      make('/api/session', { user: 'admin', password: 'p'.repeat(1_000_000) }),
      make('/api/session', { user: 'admin', password: 'p'.repeat(2_000_000) }),
      make('/api/session', { user: 'ad\0min', password }),
      make('/api/session', { user: 'admin', password: '\ud800' }),
      make('/api/admins', { name: 'a\0b', password, role: 'auditor' }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([400, 413, 401, 401, 400])
    expect(performance.now() - began).toBeLessThan(3000)
  })
})
