import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, type ConsoleInTest } from '../../../console/src/testing/console-in-test.ts'
import { runSallygate } from '../testing/cli-in-test.ts'
import { minutesOf } from './certificate-rotation.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())

const certificate = (...words: readonly string[]) =>
  runSallygate('certificate', ...words, '--console', it.origin, '--api-key-file', join(it.home, 'key'))

test('the certificates of a group are listed with their status and thumbprints', async () => {
  const table = await certificate('list')
  const { json } = await certificate('list', '--json')

  expect(table.code).toBe(0)
  expect(table.out).toMatch(/groupAuthority +active +\d{4}-\d\d-\d\d +[0-9A-F:]{95}/i)
  expect(json.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual(['consoleSigning', 'groupAuthority'])
})

test('the root and a server certificate go to files, the key to a private one, and never to the screen', async () => {
  const root = join(it.home, 'root.pem')
  const out = join(it.home, 'relay-tls')

  expect((await certificate('root', '--out', root)).out).toContain('SHA-256')
  const made = await certificate('server', '--name', 'relay.example.com', '--out', out)

  expect(readFileSync(root, 'utf8')).toContain('BEGIN CERTIFICATE')
  expect(statSync(join(out, 'tls.key')).mode & 0o777).toBe(0o600)
  expect(made.out + made.err).not.toContain('PRIVATE KEY')
})

test('keys are replaced, shown while they are, and refused a second time meanwhile', async () => {
  const begun = await certificate('regenerate', '--note', 'every year', '--grace', '12h', '--no-wait', '--json')
  const shown = await certificate('progress')
  const again = await certificate('regenerate', '--note', 'again', '--json')

  expect(begun).toMatchObject({ code: 0, json: { cause: 'regenerate', scope: 'all', connectors: [] } })
  expect(shown.out).toMatch(/^The new keys are announced/)
  expect(again).toMatchObject({ code: 1, out: '' })
  expect(JSON.parse(again.err)).toMatchObject({ code: 'CONSOLE_ROTATION_RUNNING' })
})

test('keys are revoked at once, also while they are being replaced, and both are in the audit with the note', async () => {
  const revoked = await certificate('revoke-now', '--note', 'a backup was lost')

  expect(revoked.code).toBe(0)
  expect(revoked.out).toMatch(/^The new keys sign/)
  const { body } = await it.ask('GET', '/api/audit?limit=20', {
    key: readFileSync(join(it.home, 'key'), 'utf8').trim(),
  })
  expect(JSON.stringify(body)).toMatch(/certificates\.revoke-now\.post/)
  expect(JSON.stringify(body)).toContain('a backup was lost')
})

test('without a note, and with a grace that is none, nothing is asked of the console', async () => {
  expect(await certificate('regenerate')).toMatchObject({ code: 64, out: '' })
  expect(await certificate('revoke-now', '--note', 'x', '--grace', 'soon')).toMatchObject({ code: 1, out: '' })
})

test.each([
  ['30m', 30],
  ['12h', 720],
  ['7d', 10_080],
  ['0m', 0],
  ['90d', 129_600],
])('a grace of %s is %i minutes', (text, minutes) => {
  expect(minutesOf(text)).toBe(minutes)
})

test.each(['', '7', 'd', '91d', '-1d', '1.5h', '1w', '999999d'])('a grace of %j is refused', (text) => {
  expect(() => minutesOf(text)).toThrow(expect.objectContaining({ code: 'CLI_BAD_ARGUMENT' }))
})
