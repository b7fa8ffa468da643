import { afterEach, beforeEach, expect, test } from 'vitest'
import { consoleInTest, rootKey, rootPassword, type ConsoleInTest } from '../testing/console-in-test.ts'

let gate: ConsoleInTest
beforeEach(async () => {
  gate = await consoleInTest()
})
afterEach(() => gate.stop())

interface Event {
  readonly id: string
  readonly name: string
  readonly about?: string
  readonly severity: string
  readonly details: Readonly<Record<string, unknown>>
}

const relayOff = { enabled: false, externalUrl: 'https://127.0.0.1:1', internalUrl: 'https://127.0.0.1:1' }

/** Nobody waits for an event, so it may come a moment later. */
async function events(query = '', name?: string): Promise<readonly Event[]> {
  const { body } = await gate.ask('GET', `/api/events${query}`, { key: rootKey })
  const found = body['events'] as readonly Event[]
  if (name !== undefined) await expect.poll(() => named(query, name), { timeout: 3000 }).toBe(true)
  return name === undefined ? found : events(query)
}

async function named(query: string, name: string): Promise<boolean> {
  return (await events(query)).some((event) => event.name === name)
}

test('a console that started says so', async () => {
  const [started] = await events('', 'consoleStarted')

  expect(started).toMatchObject({ id: 'SG-5001', severity: 'info' })
})

test('a refused sign-in is told with its address, once for many', async () => {
  for (let at = 0; at < 3; at++) await gate.ask('POST', '/api/session', { body: { user: 'admin', password: 'guess' } })
  await gate.ask('GET', '/api/status', { key: `sgk_${'B'.repeat(43)}` })

  const found = await events('?category=admins', 'signInFailed')

  expect(found).toMatchObject([{ id: 'SG-3001', about: '127.0.0.1' }])
})

test('one who guesses on is told of as throttled', async () => {
  for (let at = 0; at < 8; at++) await gate.ask('POST', '/api/session', { body: { user: 'admin', password: 'guess' } })

  const found = await events('?severity=error', 'signInThrottled')

  expect(found.map(({ name }) => name)).toEqual(['signInThrottled'])
})

test('a right password, and a page that asks who is there, are no events', async () => {
  await gate.signIn('admin', rootPassword)
  await gate.ask('GET', '/api/session')
  // Events come one after the other: what stands before this one would be there with it.
  await gate.ask('POST', '/api/session', { body: { user: 'admin', password: 'guess' } })

  const found = await events('?category=admins', 'signInFailed')

  expect(found.map(({ name }) => name)).toEqual(['signInFailed'])
})

test('a changed relay and a backup are told, with who did it', async () => {
  await gate.ask('PUT', '/api/relay', { key: rootKey, body: relayOff })
  await gate.ask('POST', '/api/backups', { key: rootKey })

  const found = await events('?category=system', 'backupMade')

  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['relayChanged', 'backupMade']))
  expect(found.find(({ name }) => name === 'backupMade')?.details['by']).toBe('first API key')
})

test('refused settings are told with the code, and not what was sent', async () => {
  const settings = { host: 'dc1.example.com', port: 'none', bindPassword: 'planted secret' }
  const { status } = await gate.ask('PUT', '/api/groups/Sample/services/directory', {
    key: rootKey,
    body: { settings },
  })

  const [refused] = await events('?category=services', 'settingsRefused')

  expect(status).toBeGreaterThanOrEqual(400)
  expect(refused).toMatchObject({ id: 'SG-4005', about: 'groups/Sample/services/directory' })
  expect(JSON.stringify(refused)).not.toContain('planted')
})

test('pages follow each other', async () => {
  await gate.ask('PUT', '/api/relay', { key: rootKey, body: relayOff })
  await events('', 'relayChanged')
  const first = await gate.ask('GET', '/api/events?limit=1', { key: rootKey })
  const second = await gate.ask('GET', `/api/events?limit=1&cursor=${String(first.body['nextCursor'])}`, {
    key: rootKey,
  })

  const shown = [first, second].flatMap(({ body }) => (body['events'] as Event[]).map(({ name }) => name))

  expect(shown).toEqual(['relayChanged', 'consoleStarted'])
  expect(second.body['nextCursor']).toBeUndefined()
})

/** As the one thing that has a service, a group and a name of anybody's choice. */
async function changeMailOf(name: string, parent?: string): Promise<void> {
  await gate.ask('POST', '/api/groups', { key: rootKey, body: { name, ...(parent === undefined ? {} : { parent }) } })
  const path = `/api/groups/${encodeURIComponent(name)}/services/mail`
  const { status } = await gate.ask('PUT', path, { key: rootKey, body: { settings: { from: 'nobody' } } })
  expect(status).toBe(400)
  await expect.poll(async () => (await events()).filter(({ about }) => about?.includes(name)).length).toBe(1)
}

const refusedIn = async (query: string) =>
  (await events(`?id=SG-4005${query}`)).map(({ about }) => about?.split('/')[1]).toReversed()

test('events are limited to a group and what is below it, to one service, and to both', async () => {
  await changeMailOf('North')
  await changeMailOf('Oslo', 'North')
  await changeMailOf('South')

  expect(await refusedIn('')).toEqual(['North', 'Oslo', 'South'])
  expect(await refusedIn('&group=North')).toEqual(['North', 'Oslo'])
  expect(await refusedIn('&group=North&below=false')).toEqual(['North'])
  expect(await refusedIn('&group=South&service=mail')).toEqual(['South'])
  expect(await refusedIn('&service=syslog')).toEqual([])
  expect((await gate.ask('GET', '/api/events?group=West', { key: rootKey })).status).toBe(404)
})

test('capital letters of any script make no difference to a search, and what an event says is searched too', async () => {
  await changeMailOf('MÜLLER Ελλάς')

  for (const text of ['MÜLLER', 'müller', 'ελλάσ', 'stay in force', 'SG-4005'])
    expect([text, await refusedIn(`&text=${encodeURIComponent(text)}`)]).toEqual([text, ['MÜLLER Ελλάς']])
})

test('events are searched by text, and exported as CSV in which a formula is text', async () => {
  const name = '=HYPERLINK("x")'
  await gate.ask('POST', '/api/groups', { key: rootKey, body: { name } })
  await gate.ask('PUT', `/api/groups/${encodeURIComponent(name)}/settings/cloudConnector`, {
    key: rootKey,
    body: { mode: 'inherit' },
  })
  await events('', 'settingsChanged')

  const found = await events('?text=hyperlink')
  const none = await events('?text=100%25')
  const csv = await fetch(`${gate.origin}/api/events/export?text=hyperlink`, {
    headers: { authorization: `Bearer ${rootKey}` },
  })

  expect(found.map((event) => event.name)).toEqual(['settingsChanged'])
  expect(none).toEqual([])
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const [head, row] = (await csv.text()).split('\r\n')
  expect(head).toBe('"number","at","id","severity","category","about","says","details"')
  expect(row).toMatch(/"groups\/=HYPERLINK/)
  expect(row).not.toMatch(/(?:^|,)"?[=+@-]/)
})
