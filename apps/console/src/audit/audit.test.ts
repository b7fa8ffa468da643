import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Assembly } from '../assembly.ts'
import { allRoutes } from '../routes.ts'
import { consoleInTest, rootKey, rootPassword, type ConsoleInTest } from '../testing/console-in-test.ts'
import { actionOf } from './action.ts'

let gate: ConsoleInTest
beforeEach(async () => {
  gate = await consoleInTest()
})
afterEach(() => gate.stop())

const routes = allRoutes({} as Assembly)

interface Entry {
  readonly position: number
  readonly action: string
  readonly object: string
  readonly outcome: string
  readonly actor: { readonly kind: string; readonly name: string }
  readonly source: string
  readonly inputDigest?: string
}

async function entries(query = ''): Promise<readonly Entry[]> {
  const { body } = await gate.ask('GET', `/api/audit${query}`, { key: rootKey })
  return body['entries'] as readonly Entry[]
}

const addGroup = (name: string, headers: Record<string, string> = {}) =>
  gate.ask('POST', '/api/groups', { key: rootKey, body: { name }, headers })

/** Rows that are no GET and change nothing, each with its reason. */
const exempt = new Map([
  ['POST /api/relay/check', 'looks only'],
  ['POST /api/relay/test', 'looks only'],
  ['POST /api/groups/:group/services/:service/check', 'looks only'],
  ['POST /api/groups/:group/services/:service/test', 'looks only'],
  ['POST /api/groups/:group/connectors/:connector/test', 'looks only'],
  ['POST /api/groups/:group/settings/preview', 'looks only'],
  ['POST /api/groups/:group/directory/bases', 'looks only'],
  ['POST /api/groups/:group/directory/preview', 'looks only'],
  ['POST /api/groups/:group/directory/servers', 'looks only'],
  ['POST /api/groups/:group/mail/templates/:template/preview', 'looks only'],
  ['POST /api/groups/:group/syslog/preview', 'looks only'],
  ['POST /api/groups/:group/move/preview', 'looks only'],
  ['POST /api/nac/report', 'says how nac is'],
  ['POST /api/nac/verify', 'looks only'],
  ['POST /api/nac/probe', 'looks only'],
  ['POST /api/groups/:group/sources/:source/check', 'looks only'],
  ['POST /api/groups/:group/policies/preview', 'looks only'],
  ['POST /api/check-in', 'is in the history of the device'],
])

test('every row that is not a GET is audited, but for those that only look', () => {
  const body = { operation: 'mail.send' }
  const silent = routes
    .filter((row) => row.method !== 'GET' && !row.changes(body))
    .map(({ method, path }) => `${method} ${path}`)

  expect(silent.filter((row) => !exempt.has(row))).toEqual([])
  expect(routes.filter((row) => row.method === 'GET' && row.changes(undefined))).toEqual([])
})

test('every action has a name of its own', () => {
  const names = routes.filter(({ method }) => method !== 'GET').map(actionOf)

  expect(new Set(names).size).toBe(names.length)
})

test('a change is written down with who made it, from where, on what, and how it ended', async () => {
  const made = await addGroup('Berlin')

  const [entry] = await entries()

  expect(entry).toMatchObject({
    actor: { kind: 'apiKey', name: 'first API key' },
    source: '127.0.0.1',
    action: 'groups.post',
    object: `groups/${String(made.body['id'])}`,
    outcome: 'done',
  })
  expect(entry?.inputDigest).toMatch(/^[0-9a-f]{64}$/)
})

test('a change that was refused is written down with its failure', async () => {
  await addGroup('Berlin')
  await addGroup('Berlin')

  const [entry] = await entries()

  expect(entry).toMatchObject({ action: 'groups.post', object: 'groups', outcome: 'STORE_NAME_TAKEN' })
})

test('looking changes nothing in the log', async () => {
  await gate.ask('GET', '/api/groups', { key: rootKey })

  expect(await entries()).toEqual([])
})

test('a sign-in has a row that names who, a wrong password has none', async () => {
  await gate.ask('POST', '/api/session', { body: { user: 'admin', password: 'guess' } })
  await gate.signIn('admin', rootPassword)

  const found = await entries()

  expect(found.map(({ action, outcome, actor }) => [action, outcome, actor.kind, actor.name])).toEqual([
    ['session.post', 'done', 'admin', 'admin'],
  ])
})

test('a refused sign-in is an event that names the account that was tried, and never what no account is called', async () => {
  await gate.ask('POST', '/api/session', { body: { user: 'ADMIN', password: 'planted-guess-1' } })
  await gate.clock.advance(61_000)
  await gate.ask('POST', '/api/session', { body: { user: 'planted-password-in-the-wrong-box', password: 'x' } })

  const { body, text } = await gate.ask('GET', '/api/events?id=SG-3001', { key: rootKey })

  const tried = (body['events'] as readonly { readonly details: { readonly account?: string } }[]).map(
    ({ details }) => details.account,
  )
  expect(tried).toEqual(['(no such account)', 'admin'])
  expect(text).not.toContain('planted')
})

test('pages follow each other without a gap, also while the log grows', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await addGroup(name)
  const first = await gate.ask('GET', '/api/audit?limit=2', { key: rootKey })
  await addGroup('f')
  const second = await gate.ask('GET', `/api/audit?limit=2&cursor=${String(first.body['nextCursor'])}`, {
    key: rootKey,
  })

  const positions = [first, second].flatMap(({ body }) => (body['entries'] as Entry[]).map(({ position }) => position))

  expect(positions).toEqual([9, 7, 5, 3])
})

test.each(['actor=nobody', 'action=relay', 'object=groups/x', 'since=2030-01-01T00:00:00Z'])(
  '%s leaves out what does not fit',
  async (query) => {
    await addGroup('Berlin')

    expect(await entries(`?${query}`)).toEqual([])
    expect(await entries('?actor=first%20API%20key&action=groups')).toHaveLength(1)
  },
)

test('no digest tells what was sent: the same body in another installation has another one', async () => {
  const other = await consoleInTest()
  await addGroup('Berlin')
  await other.ask('POST', '/api/groups', { key: rootKey, body: { name: 'Berlin' } })
  const { body } = await other.ask('GET', '/api/audit', { key: rootKey })
  await other.stop()

  const [here] = await entries()

  expect((body['entries'] as Entry[])[0]?.inputDigest).not.toBe(here?.inputDigest)
})

test('a whole chain verifies; an edited row is found', async () => {
  await addGroup('Berlin')
  const before = await gate.ask('GET', '/api/audit/verify', { key: rootKey })
  await gate.console.stop()
  edit(`update auditLog set actorName = 'somebody else' where position = 1`)
  gate = await consoleInTest({ home: gate.home })
  const after = await gate.ask('GET', '/api/audit/verify', { key: rootKey })

  expect(before.body).toMatchObject({ ok: true, rows: 2 })
  expect(after.body).toEqual({ ok: false, rows: 0, says: 'A row was changed. Position 1.' })
})

/** As somebody with the file could. */
function edit(statement: string): void {
  const database = new DatabaseSync(join(gate.home, 'console.sqlite'))
  database.exec(statement)
  database.close()
}

test('a head this console never signed is refused, not compared', async () => {
  const { status, body } = await gate.ask('GET', '/api/audit/verify?heads=AAAA', { key: rootKey })

  expect([status, (body['details'] as { field: string }).field]).toEqual([400, 'heads'])
})

test('the export is CSV in which a formula is text', async () => {
  await addGroup('=HYPERLINK("http://x")')
  const { text } = await gate.ask('GET', '/api/audit/export', { key: rootKey })

  expect(text.split('\r\n')[0]).toContain('"position","at","actor"')
  expect(text).not.toMatch(/(?:^|,)"?=/m)
})

test('a key repeats an answer and not the change', async () => {
  const key = { 'idempotency-key': 'one-and-only' }
  const first = await addGroup('Berlin', key)
  const again = await addGroup('Berlin', key)
  const other = await addGroup('Hamburg', key)

  expect([first.status, again.status, again.body['id']]).toEqual([201, 201, first.body['id']])
  expect([other.status, other.body['code']]).toEqual([409, 'CONSOLE_KEY_REUSED'])
  expect(await entries()).toHaveLength(1)
})

test('of two with one key that come at once, one is done', async () => {
  const key = { 'idempotency-key': 'one-and-only' }

  const answers = await Promise.all([addGroup('Berlin', key), addGroup('Berlin', key)])

  const codes = answers.map(({ status, body }) => (status === 201 ? 'done' : String(body['code'])))
  expect(codes.toSorted()).toEqual(['CONSOLE_KEY_IN_PROGRESS', 'done'])
})

test('a refusal lets the key go, so that the corrected request may carry it', async () => {
  await addGroup('Taken')
  const key = { 'idempotency-key': 'one-and-only' }
  const refused = await addGroup('Taken', key)
  const corrected = await addGroup('Free', key)

  expect([refused.status, corrected.status]).toEqual([409, 201])
})

test.each(['short', 'x'.repeat(129), 'with space'])('%s is no key', async (key) => {
  const { status } = await addGroup('Berlin', { 'idempotency-key': key })

  expect(status).toBe(400)
})

test('a backup is made, listed, downloaded and removed while the console runs', async () => {
  const made = await gate.ask('POST', '/api/backups', { key: rootKey })
  const id = String(made.body['id'])
  const listed = await gate.ask('GET', '/api/backups', { key: rootKey })
  const file = await gate.ask('GET', `/api/backups/${id}`, { key: rootKey })
  const outside = await gate.ask('GET', '/api/backups/master.key', { key: rootKey })
  const removed = await gate.ask('DELETE', `/api/backups/${id}`, { key: rootKey })

  expect(made.status).toBe(201)
  expect(listed.body['backups']).toMatchObject([{ id }])
  expect(file.text.startsWith('SQLite format 3')).toBe(true)
  expect([outside.status, removed.status]).toEqual([404, 200])
  expect(existsSync(join(gate.home, 'backups', id))).toBe(false)
})
