import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret, TOTP } from 'otpauth'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

const password = 'a password of some length'
let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())

async function withFactor(name: string) {
  await it.ask('POST', '/api/admins', { key: rootKey, body: { name, password, role: 'auditor' } })
  const session = await it.signIn(name, password)
  const made = await it.ask('POST', '/api/session/totp', { session, body: { password } })
  const totp = new TOTP({ secret: Secret.fromBase32(String(made.body['secret'])) })
  const now = () => totp.generate({ timestamp: it.clock.now().getTime() })
  const confirmed = await it.ask('POST', '/api/session/totp/confirm', { session, body: { code: now() } })
  const signIn = (code?: string) =>
    it.ask('POST', '/api/session', { body: { user: name, password, ...(code === undefined ? {} : { totp: code }) } })
  return { session, made, now, confirmed, signIn }
}

test('a factor that is on is asked for, after the password and not instead of it', async () => {
  const { made, confirmed, now, signIn } = await withFactor('ada')
  await it.clock.advance(30_000)

  const without = await signIn()
  const wrong = await it.ask('POST', '/api/session', { body: { user: 'ada', password: 'no', totp: now() } })
  const right = await signIn(now())

  expect(made.body['uri']).toMatch(/^otpauth:\/\/totp\/Sallygate:ada\?/)
  expect(confirmed.status).toBe(200)
  expect([without.status, without.body['code']]).toEqual([401, 'CONSOLE_TOTP_NEEDED'])
  expect([wrong.status, wrong.body['code']]).toEqual([401, 'CONSOLE_UNAUTHENTICATED'])
  expect(right.status).toBe(200)
})

test('a code works once, also for two at the same time, and an old one not at all', async () => {
  const { now, signIn } = await withFactor('bob')
  const used = now()
  await it.clock.advance(30_000)
  const fresh = now()

  const replay = await signIn(used)
  const both = await Promise.all([signIn(fresh), signIn(fresh)])
  await it.clock.advance(120_000)

  expect(replay.status).toBe(401)
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 401]))
  expect((await signIn(fresh)).status).toBe(401)
})

test('a recovery code works once, in the place of the authenticator', async () => {
  const { made, signIn } = await withFactor('eve')
  const [code = ''] = made.body['recoveryCodes'] as string[]

  expect((await signIn(code.toLowerCase())).status).toBe(200)
  expect((await signIn(code)).status).toBe(401)
})

test('Basic carries no code, so it is refused for such an account', async () => {
  await withFactor('basil')
  const authorization = `Basic ${Buffer.from(`basil:${password}`).toString('base64')}`

  expect((await it.ask('GET', '/api/status', { headers: { authorization } })).status).toBe(401)
})

test('a factor is replaced or taken off only with a code of it, and by an administrator', async () => {
  const { session, signIn } = await withFactor('cleo')
  const replace = await it.ask('POST', '/api/session/totp', { session, body: { password } })
  const remove = await it.ask('POST', '/api/session/totp/remove', { session, body: { password, code: '000000' } })
  await it.ask('POST', '/api/admins/cleo/reset', { key: rootKey, body: { clearTotp: true } })

  expect([replace.status, remove.status]).toEqual([400, 400])
  expect((await signIn()).status).toBe(200)
})

test('a factor that was never confirmed is not asked for', async () => {
  await it.ask('POST', '/api/admins', { key: rootKey, body: { name: 'dora', password, role: 'auditor' } })
  const session = await it.signIn('dora', password)
  await it.ask('POST', '/api/session/totp', { session, body: { password } })

  expect(await it.signIn('dora', password)).not.toBe('')
})

test('an API key has no account to change', async () => {
  const answer = await it.ask('POST', '/api/session/totp', { key: rootKey, body: { password } })

  expect(answer.status).toBe(403)
})
