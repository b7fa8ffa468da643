import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, type ConsoleInTest } from '../../../console/src/testing/console-in-test.ts'
import { runSallygate } from '../testing/cli-in-test.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())

const run = (...words: readonly string[]) =>
  runSallygate(...words, '--console', it.origin, '--api-key-file', join(it.home, 'key'))
const syslog = (...words: readonly string[]) => run('syslog', ...words)

test('what is not named stays, a move erases the key and says so, and the port goes with the transport', async () => {
  const file = join(it.home, 'target.json')
  writeFileSync(join(it.home, 'client.key'), 'KEY\n', { mode: 0o600 })
  writeFileSync(join(it.home, 'client.pem'), '-----BEGIN CERTIFICATE-----\n')
  writeFileSync(file, JSON.stringify({ target: { host: 'logs.lab.test', facility: 'local5' }, spoolBytes: 100_000 }))
  const key = ['--client-certificate', join(it.home, 'client.pem'), '--client-key-file', join(it.home, 'client.key')]
  await syslog('add', 'SIEM', '--file', file, '--categories', 'nac,audit', ...key)
  await syslog('set', 'SIEM', '--severity', 'error', '--name', 'SIEM 2')
  const before = JSON.parse((await syslog('show', 'SIEM 2', '--json')).out)
  const { out } = await syslog(
    'set',
    'SIEM 2',
    '--transport',
    'udp',
    '--off',
    '--client-key-file',
    join(it.home, 'client.key'),
  )

  expect(before.settings).toMatchObject({
    target: {
      host: 'logs.lab.test',
      port: 6514,
      transport: 'tls',
      facility: 'local5',
      clientCertificate: '-----BEGIN CERTIFICATE-----\n',
    },
    filter: { severity: 'error', categories: ['nac', 'audit'] },
    spoolBytes: 100_000,
    isOn: true,
  })
  expect(before.hasClientKey).toBe(true)
  expect(out).toBe('SIEM 2 was changed.\n')
  expect(JSON.parse((await syslog('show', 'SIEM 2', '--json')).out).settings).toMatchObject({
    isOn: false,
    target: { transport: 'udp', port: 514 },
  })
  expect((await syslog('set', 'SIEM 2', '--host', 'other.lab.test')).out).toContain('Its client key was erased')
  expect((await syslog('show', 'SIEM 2')).out).not.toContain('BEGIN')
})

test.each([
  [['show', 'nobody'], 'CLI_BAD_ARGUMENT'],
  [['add', 'x', '--host', 'h', '--port', 'many'], 'CONSOLE_INVALID_REQUEST'],
  [['add', 'x', '--host', 'h', '--transport', 'pigeon'], 'CONSOLE_INVALID_REQUEST'],
  [['add', 'x'], 'CONSOLE_INVALID_REQUEST'],
  [['preview', '--event', '999999'], 'LOG_TARGET_NO_SUCH_EVENT'],
] as const)('%j is refused by name', async (words, expected) => {
  const { err, out, code } = await syslog(...words, '--json')

  expect([code, out]).toEqual([1, ''])
  expect(JSON.parse(err).code).toBe(expected)
})

test('without a connector the test of a target says so, with 2', async () => {
  const { id } = JSON.parse((await syslog('add', 'alone', '--host', 'logs.lab.test', '--json')).out)
  const { code, out } = await syslog('test', id)

  expect(code).toBe(2)
  expect(out).toContain('the connector')
})

test('events are written one JSON a line, and a search finds by text, category, severity and time', async () => {
  const file = join(it.home, 'events.jsonl')
  const { out } = await run('events', '--json-lines', file, '--category', 'system')
  const lines = (await run('events', '--json-lines', '-', '--severity', 'info', '--since', '2020-01-01T00:00:00Z')).out

  expect(out).toMatch(/^Wrote .*: 1 event\(s\)\.\n$/)
  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id),
  ).toContain('SG-5001')
  expect((await run('events', '--json-lines', '-', '--until', '2020-01-01T00:00:00Z')).out).toBe('')
})
