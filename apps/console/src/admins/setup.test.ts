import { afterEach, expect, test } from 'vitest'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createLog } from '@sallygate/base/log'
import { consoleInTest, tokenOf, type ConsoleInTest } from '../testing/console-in-test.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function fresh(lines: string[] = []): Promise<ConsoleInTest & { readonly code: string }> {
  const log = createLog({ part: 'console', destination: { write: (line: string) => void lines.push(line) } })
  const it = await consoleInTest({ hasAdmin: false, log })
  cleanups.push(() => it.stop())
  return { ...it, code: readFileSync(join(it.home, 'setup-code'), 'utf8').trim() }
}

const password = 'a password of some length'

test('a console without an administrator writes a code that only its user reads, and logs where it is', async () => {
  const lines: string[] = []

  const it = await fresh(lines)

  const path = join(it.home, 'setup-code')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(it.code).toMatch(/^(?:[A-Z2-9]{5}-){4}[A-Z2-9]{5}$/)
  expect(lines.join('')).toContain(path)
  expect(lines.join('')).not.toContain(it.code)
  expect((await it.ask('GET', '/api/setup')).body).toEqual({ isNeeded: true, isSignedIn: false })
})

test('T63: the code makes the first administrator and signs him in; afterwards there is no setup', async () => {
  const it = await fresh()
  const code = it.code.toLowerCase().replaceAll('-', ' ')

  const answer = await it.ask('POST', '/api/setup', { body: { code, name: 'Grace', password } })
  const session = tokenOf(answer) ?? ''
  const again = await it.ask('POST', '/api/setup', { body: { code, name: 'Mallory', password } })

  expect(answer).toMatchObject({ status: 201, body: { admin: { name: 'Grace' } } })
  expect((await it.ask('GET', '/api/status', { session })).status).toBe(200)
  expect(again.status).toBe(404)
  expect((await it.ask('GET', '/api/setup')).body).toEqual({ isNeeded: false, isSignedIn: false })
  expect(existsSync(join(it.home, 'setup-code'))).toBe(false)
})

test('T63: of ten first administrators at once one is made', async () => {
  const it = await fresh()
  const attempts = Array.from({ length: 10 }, (_, at) =>
    it.ask('POST', '/api/setup', { body: { code: it.code, name: `Admin ${at}`, password } }),
  )

  const statuses = (await Promise.all(attempts)).map(({ status }) => status)

  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.filter((status) => status !== 201 && status !== 409 && status !== 404)).toEqual([])
})

test('a wrong code makes nobody, and guessing gets slower', async () => {
  const it = await fresh()
  const statuses: number[] = []
  for (let at = 0; at < 24; at++) {
    const body = { code: `WRONG-${at}`, name: 'Mallory', password }
    statuses.push((await it.ask('POST', '/api/setup', { body })).status)
  }

  expect(statuses[0]).toBe(403)
  expect(statuses.at(-1)).toBe(429)
  expect((await it.ask('GET', '/api/setup')).body).toEqual({ isNeeded: true, isSignedIn: false })
})

test.each(['/api/setup/', '/api/setup/x', '/API/setup', '/api//setup', '/api/setup;x', '/api/%73etup'])(
  'once set up, %s is no way back in',
  async (path) => {
    const it = await consoleInTest()
    cleanups.push(() => it.stop())

    const answer = await it.ask('POST', path, { body: { code: '', name: 'Mallory', password } })

    expect([401, 404]).toContain(answer.status)
    expect(existsSync(join(it.home, 'setup-code'))).toBe(false)
  },
)

test('a short password and a name nobody can read are refused, and the setup goes on', async () => {
  const it = await fresh()

  const short = await it.ask('POST', '/api/setup', { body: { code: it.code, name: 'Grace', password: 'short' } })
  const name = await it.ask('POST', '/api/setup', { body: { code: it.code, name: 'Gr\u0000ace', password } })
  const right = await it.ask('POST', '/api/setup', { body: { code: it.code, name: 'Grace', password } })

  expect([short.status, name.status, right.status]).toEqual([400, 400, 201])
})
