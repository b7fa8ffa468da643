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
  runSallygate('directory', ...words, '--console', it.origin, '--api-key-file', join(it.home, 'key'))

const nowhere = '0'.repeat(32)

test.each([
  [['sync', '--preview', '--now'], 'CLI_BAD_ARGUMENT'],
  [['sync', '--preview'], 'DIRECTORY_SYNC_OFF'],
  [['sync', '--release', nowhere], 'CONSOLE_NOT_FOUND'],
  [['sync', '--stop', nowhere], 'CONSOLE_NOT_FOUND'],
  [['runs', '--changes', nowhere], 'CONSOLE_NOT_FOUND'],
  [['runs', '--limit', '0'], 'CLI_BAD_ARGUMENT'],
  [['users', 'nobody'], 'CONSOLE_NOT_FOUND'],
  [['groups', '--limit', 'many'], 'CLI_BAD_ARGUMENT'],
])('directory %j says what is wrong', async (words, code) => {
  const { err, code: exit, out } = await run(...words)

  expect(exit).not.toBe(0)
  expect(err).toContain(code)
  expect(out).toBe('')
})

test('where nothing was synchronized it says how to begin', async () => {
  const { out, code } = await run('sync')

  expect(code).toBe(0)
  expect(out).toContain('sallygate directory sync --preview')
})
