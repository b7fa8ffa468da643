import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, type ConsoleInTest } from '../../../console/src/testing/console-in-test.ts'
import { runSallygate } from '../testing/cli-in-test.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())

const mail = (...words: readonly string[]) =>
  runSallygate('mail', ...words, '--console', it.origin, '--api-key-file', join(it.home, 'key'))

test.each([
  [['show', '0'.repeat(32)], 'CONSOLE_NOT_FOUND'],
  [['retry', '0'.repeat(32)], 'CONSOLE_NOT_FOUND'],
  [['cancel', '0'.repeat(32)], 'CONSOLE_NOT_FOUND'],
  [['test', 'ada@example.com'], 'OUTBOX_NOT_CONFIGURED'],
  [['test', 'not an address'], 'CONSOLE_INVALID_REQUEST'],
  [['list', '--state', 'nothing'], 'CONSOLE_INVALID_REQUEST'],
  [['preview', 'nothing'], 'CONSOLE_INVALID_REQUEST'],
  [['preview', 'mail-test', 'grup=x'], 'some of group, by, at'],
] as const)('%j is refused by name', async (words, wanted) => {
  const { code: exit, err } = await mail(...words)

  expect([exit, err.includes(wanted)]).toEqual([1, true])
})

test('a test message that nobody can send yet is shown as waiting, with what it waits for', async () => {
  const settings = { servers: [{ host: 'mail.test', port: 25 }], encryption: 'none', from: 'sallygate@example.com' }
  const key = `sgk_${'A'.repeat(43)}`
  await it.ask('PUT', '/api/groups/Sample/services/mail', { key, body: { settings } })
  const queued = await mail('test', 'ada@example.com')
  const id = /show ([0-9a-f]{32})/.exec(queued.out)?.[1] ?? ''
  await expect.poll(async () => (await mail('list')).out, { timeout: 5000 }).toContain('CONSOLE_')

  const shown = await mail('show', id)
  const status = await mail('status')
  const cancelled = await mail('cancel', id)

  expect(shown.out).toContain('ada@example.com')
  // At once, without having to look it up: why it waits, and what to do.
  for (const { out } of [queued, shown, status]) expect(out).toMatch(/relay|connector/i)
  expect(queued.out).toContain('It waits: ')
  expect(shown.out).toMatch(/waits because .*CONSOLE_[A-Z_]+\)\n\s*what to do /)
  expect(cancelled.out).toContain('is sent to nobody else')
  expect(JSON.parse((await mail('list', '--state', 'cancelled', '--json')).out).messages).toHaveLength(1)
  expect((await mail('status')).out).toMatch(/cancelled\s+1/)
})

test('a preview puts values where they belong', async () => {
  const { out } = await mail('preview', 'expiry-warning', 'about=a=b', 'when=ends')

  expect(out).toContain('Subject: Sallygate: the nac account a=b ends')
})
