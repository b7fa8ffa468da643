import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { consoleInTest, type ConsoleInTest } from '../../../console/src/testing/console-in-test.ts'
import { buildProgram } from '../main.ts'

let it: ConsoleInTest
let shown: string
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())
beforeEach(() => {
  shown = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    shown += String(text)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

const file = (name: string, content = '') => {
  const path = join(it.home, name)
  if (content !== '') writeFileSync(path, `${content}\n`, { mode: 0o600 })
  return path
}

async function sallygate(...words: string[]): Promise<string> {
  shown = ''
  const access = ['--console', it.origin, '--api-key-file', join(it.home, 'key')]
  await buildProgram().parseAsync([...words, ...access], { from: 'user' })
  return shown
}

test('an administrator is made, listed, shut out, let in and removed', async () => {
  const passwordFile = file('ada-password', 'a password of some length')
  await sallygate('admin', 'add', 'Ada', '--role', 'Help desk', '--password-file', passwordFile)

  expect(await sallygate('admin', 'list')).toMatch(/Ada +local +enabled .*help-desk/)
  expect(await sallygate('admin', 'disable', 'ada')).toMatch(/Ada +local +disabled/)
  expect(await it.signIn('Ada', 'a password of some length')).toBe('')
  await sallygate('admin', 'enable', 'ada')
  expect(await it.signIn('Ada', 'a password of some length')).not.toBe('')
  expect(await sallygate('admin', 'grant', 'ada', 'auditor')).toContain('auditor')
  expect(await sallygate('admin', 'withdraw', 'ada', 'auditor')).not.toContain('auditor')
  expect(await sallygate('admin', 'expire', 'ada', '2027-01-31')).toContain('2027-01-31')
  await sallygate('admin', 'remove', 'ada', '--note', 'left')
  expect(await sallygate('admin', 'list')).not.toContain('Ada')
})

test('a key goes to a private file, is never shown, works, and ends', async () => {
  const out = file('nac-key')
  const said = await sallygate('key', 'create', 'nac', '--role', 'auditor', '--out', out)
  const key = readFileSync(out, 'utf8').trim()

  expect(statSync(out).mode & 0o777).toBe(0o600)
  expect(key).toMatch(/^sgk_/)
  expect(said).not.toContain(key)
  expect((await it.ask('GET', '/api/groups', { key })).status).toBe(200)
  await sallygate('key', 'revoke', 'nac')
  expect((await it.ask('GET', '/api/groups', { key })).status).toBe(401)
  expect(await sallygate('key', 'list', '--json')).not.toContain(key)
})

test('a key is not made where its file would write over another', async () => {
  const out = file('taken', 'mine')

  await expect(sallygate('key', 'create', 'second', '--role', 'auditor', '--out', out)).rejects.toMatchObject({
    code: 'CLI_BAD_ARGUMENT',
  })
  expect(await sallygate('key', 'list')).not.toContain('second')
  expect(existsSync(out)).toBe(true)
})

test('a role is made of rights, listed with them, and removed', async () => {
  await sallygate('role', 'create', 'Watcher', 'status:read', 'connectors:read')

  expect(await sallygate('role', 'list')).toMatch(/Watcher .* own +2/)
  expect(await sallygate('role', 'list', '--rights')).toContain('connectors:edit')
  await sallygate('role', 'remove', 'Watcher')
  expect(await sallygate('role', 'list')).not.toContain('Watcher')
})
