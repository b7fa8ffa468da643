import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  consoleInTest,
  rootKey,
  rootPassword,
  type ConsoleInTest,
} from '../../../console/src/testing/console-in-test.ts'
import { runSallygate } from '../testing/cli-in-test.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
  for (const name of ['=HYPERLINK("http://evil.example")', 'Ada'])
    await it.ask('POST', '/api/admins', { key: rootKey, body: { name, password: rootPassword, role: 'auditor' } })
})
afterAll(() => it.stop())

const events = (...words: readonly string[]) =>
  runSallygate('events', ...words, '--console', it.origin, '--api-key-file', join(it.home, 'key'))

test('events are written as CSV to a file that only its owner reads', async () => {
  const file = join(it.home, 'events.csv')

  const { out, code } = await events('--csv', file, '--id', 'SG-3003')

  const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  expect([code, out]).toEqual([0, `Wrote ${file}: 2 event(s).\n`])
  expect(head).toBe('"number","at","id","severity","category","about","says","details"')
  expect(rows).toHaveLength(2)
  expect(rows[0]).toContain('"SG-3003"')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('T66: with - they are the whole of standard output, and no cell of it begins a formula', async () => {
  const { out, err, code } = await events('--csv', '-', '--limit', '2')

  expect(code).toBe(0)
  expect(out.trimEnd().split('\r\n')).toHaveLength(3)
  expect(out).not.toMatch(/(?:^|,)"?[=+@-]/m)
  expect(err).toContain('--until')
})

test('events of one group and one service are asked for by name, and a group that is not there is refused', async () => {
  const settings = { settings: { from: 'nobody' } }
  for (const name of ['North', 'South']) {
    await it.ask('POST', '/api/groups', { key: rootKey, body: { name } })
    await it.ask('PUT', `/api/groups/${name}/services/mail`, { key: rootKey, body: settings })
  }
  const about = async (...words: readonly string[]) => {
    const { out } = await events('--json', '--id', 'SG-4005', ...words)
    return (JSON.parse(out) as { events: readonly { about: string }[] }).events.map((event) => event.about)
  }

  await expect.poll(() => about('--service', 'mail')).toHaveLength(2)
  expect(await about('--service', 'mail', '--group', 'North')).toEqual(['groups/North/services/mail'])
  expect(await about('--service', 'syslog', '--group', 'North', '--no-below')).toEqual([])
  expect((await events('--group', 'West')).code).toBe(1)
})

test('a filter that is none is refused before a file is made', async () => {
  const file = join(it.home, 'nothing.csv')

  const { code } = await events('--csv', file, '--severity', 'terrible')

  expect(code).toBe(1)
  expect(() => statSync(file)).toThrow('ENOENT')
})
