import { X509Certificate } from 'node:crypto'
import { fromBase64Url, toBase64Url } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { checkVerifier, nacFeedLabel, verifyNacPage, type NacAccount } from '@sallygate/domain'
import {
  importPublicPoint,
  makeCertificateRequest,
  makePrivateKey,
  signStatement,
  verifyStatement,
} from '@sallygate/trust'
import { createPrivateKey } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { consoleInTest, rootKey, type Answer, type ConsoleInTest } from '../testing/console-in-test.ts'

let it: ConsoleInTest
beforeEach(async () => {
  it = await consoleInTest()
})
afterEach(() => it.stop())

const dayMs = 86_400_000
const ask = (method: string, path: string, body?: unknown, key = rootKey): Promise<Answer> =>
  it.ask(method, path, { key, ...(body === undefined ? {} : { body }) })
const made = async (path: string, body: unknown) => {
  const { status, body: answer, text } = await ask('POST', path, body)
  if (status !== 201) throw new Error(text)
  return answer as Readonly<Record<string, string>>
}

interface Exported {
  readonly consoleKey: string
  readonly credential: string
}
const exported = async () =>
  (await made('/api/nac/export', { name: 'nac 1', consoleUrl: 'https://console.example' })) as unknown as Exported

async function page({ consoleKey, credential }: Exported, after = 0, epoch?: string) {
  const nonce = 'n'.repeat(20)
  const query = new URLSearchParams({ after: String(after), nonce, ...(epoch === undefined ? {} : { epoch }) })
  const { status, body, text } = await ask('GET', `/api/nac/feed?${query.toString()}`, undefined, credential)
  if (status !== 200) throw new Error(text)
  const key = importPublicPoint(fromBase64Url(consoleKey))
  const isSigned = (bytes: Uint8Array, signature: Uint8Array) => verifyStatement(nacFeedLabel, key, signature, bytes)
  return verifyNacPage(body as never, isSigned, { epoch, after, nonce })
}

const report = (more: object = {}) => ({
  version: '0.1.0',
  upSince: '2026-11-22T12:00:00Z',
  url: 'https://nac.example',
  certificate: '',
  devices: 1,
  nonCompliant: 0,
  ageSeconds: 0,
  through: 1,
  memoryBytes: 1,
  waitingActions: 0,
  nodes: [],
  alarms: [],
  ...more,
})

test('an account that is made is in the feed with a verifier, and its secret is shown once', async () => {
  const nac = await exported()
  const { secret = '', id = '' } = await made('/api/nac/accounts', { user: 'ise' })

  const account = (await page(nac)).records.find(({ kind }) => kind === 'account')?.value as NacAccount
  expect(account).toMatchObject({ id, user: 'ise', right: 'read', disabled: false })
  expect(await checkVerifier(new Secret(secret), account.secrets[0]?.verifier ?? '')).toBe(true)
  const { text } = await ask('GET', '/api/nac/accounts')
  expect(text).toContain('"user":"ise"')
  expect(text).not.toMatch(/argon2|verifier/)
  expect(text).not.toContain(secret)
})

test('two secrets are good while one replaces the other', async () => {
  const nac = await exported()
  const first = await made('/api/nac/accounts', { user: 'ise', secret: 'a given secret' })
  expect(first['secret']).toBeUndefined()
  const { status, body } = await ask('POST', '/api/nac/accounts/ISE/secret', { overlapHours: 24 })
  expect(status).toBe(200)

  const account = (await page(nac)).records.find(({ kind }) => kind === 'account')?.value as NacAccount

  expect(account.secrets).toHaveLength(2)
  expect(account.secrets[0]?.notAfterMs).toBe(it.clock.now().getTime() + dayMs)
  expect(await checkVerifier(new Secret(String(body['secret'])), account.secrets[1]?.verifier ?? '')).toBe(true)
})

test.each([
  [{ user: 'i:se' }, 400, 'NAC_DESK_USER_UNUSABLE'],
  [{ user: 'plain', kind: 'directory' }, 400, 'NAC_DESK_USER_UNUSABLE'],
  [{ user: 'CORP\\x', kind: 'directory', secret: 'a given secret' }, 409, 'NAC_DESK_SECRET_ELSEWHERE'],
  [{ user: 'short', secret: 'short' }, 400, 'NAC_DESK_SECRET_SHORT'],
  [{ user: 'TAKEN' }, 409, 'NAC_DESK_USER_TAKEN'],
  [{ user: 'x', actions: ['explode'] }, 400, 'CONSOLE_INVALID_REQUEST'],
  [{ user: 'x', secrets: [] }, 400, 'CONSOLE_INVALID_REQUEST'],
])('an account %o is refused', async (body, status, code) => {
  await made('/api/nac/accounts', { user: 'taken' })

  const answer = await ask('POST', '/api/nac/accounts', body)

  expect([answer.status, answer.body['code']]).toEqual([status, code])
})

test('an administrator of a group makes accounts for it, and does not see those of others', async () => {
  await made('/api/groups', { name: 'Acme' })
  await made('/api/groups', { name: 'Other' })
  const { key = '' } = await made('/api/api-keys', { name: 'acme', role: 'administrator', group: 'Acme' })
  await made('/api/nac/accounts', { user: 'wide' })
  await made('/api/nac/accounts', { user: 'other', group: 'Other' })

  expect((await ask('POST', '/api/nac/accounts', { user: 'own', group: 'Acme' }, key)).status).toBe(201)
  expect((await ask('POST', '/api/nac/accounts', { user: 'own2' }, key)).status).toBe(403)
  const { body } = await ask('GET', '/api/nac/accounts', undefined, key)
  expect((body['accounts'] as { user: string }[]).map(({ user }) => user)).toEqual(['own'])
  const absent = await ask('DELETE', '/api/nac/accounts/nobody', undefined, key)
  for (const [method, path] of [
    ['DELETE', ''],
    ['PUT', ''],
    ['POST', '/secret'],
  ] as const) {
    const answer = await ask(method, `/api/nac/accounts/other${path}`, method === 'DELETE' ? undefined : {}, key)
    expect([answer.status, answer.body['code']]).toEqual([absent.status, absent.body['code']])
  }
})

test('what nac asks is for nac alone: not for a NAC, not for an auditor, not for who has one group', async () => {
  await made('/api/groups', { name: 'Acme' })
  const keys = await Promise.all(
    (
      [
        ['rest-mdm-edit', undefined],
        ['auditor', undefined],
        ['administrator', 'Acme'],
      ] as const
    ).map(async ([role, group]) => (await made('/api/api-keys', { name: `${role} ${group}`, role, group }))['key']),
  )
  for (const key of keys) {
    for (const [method, path, body] of [
      ['GET', `/api/nac/feed?after=0&nonce=${'n'.repeat(20)}`, undefined],
      ['POST', '/api/nac/report', report()],
      ['POST', '/api/nac/actions', {}],
      ['POST', '/api/nac/verify', {}],
      ['POST', '/api/nac/certificate', {}],
    ] as const) {
      expect((await ask(method, path, body, key ?? '')).status).toBe(403)
    }
  }
  const { credential } = await exported()
  for (const path of ['/api/nac/accounts', '/api/nac/settings', '/api/status', '/api/groups'])
    expect((await ask('GET', path, undefined, credential)).status).toBe(403)
})

test('the feed goes on where it was, and begins anew for another history', async () => {
  const nac = await exported()
  const all = await page(nac)
  expect(all.records.map(({ kind }) => kind)).toContain('group')
  await made('/api/nac/accounts', { user: 'ise' })

  const more = await page(nac, all.through, all.epoch)
  expect(more.records.map(({ kind }) => kind)).toEqual(['account'])
  expect((await page(nac, more.through, more.epoch)).records).toEqual([])
  expect((await page(nac, 0, 'f'.repeat(32))).records.length).toBeGreaterThan(1)
})

test('settings of nac are in the feed, and what is not named stays', async () => {
  const nac = await exported()
  await ask('PUT', '/api/nac/settings', { fullWipe: true })
  const { body } = await ask('PUT', '/api/nac/settings', { queryMaxSize: 50 })

  expect(body).toMatchObject({ fullWipe: true, queryMaxSize: 50, missesPerMinute: 6000 })
  expect((await page(nac)).records.find(({ kind }) => kind === 'settings')?.value).toMatchObject({ fullWipe: true })
})

test('an alarm of nac is an event that says which account and which address', async () => {
  const { credential } = await exported()
  const { id = '' } = await made('/api/nac/accounts', { user: 'ise' })
  const alarms = [{ kind: 'enumeration', account: id, source: '192.0.2.7', atMs: 1 }]
  expect((await ask('POST', '/api/nac/report', report({ alarms }), credential)).status).toBe(200)

  const { body } = await ask('GET', '/api/events?category=nac')
  const event = (body['events'] as { id: string; about: string; details: object }[]).find(
    ({ id: is }) => is === 'SG-7001',
  )
  expect(event).toMatchObject({ about: '192.0.2.7', details: { account: 'ise', source: '192.0.2.7' } })
})

test('a nac that falls silent is told of, and so is its return', async () => {
  const { credential } = await exported()
  await ask('POST', '/api/nac/report', report(), credential)
  await it.clock.advance(80_000)
  const silent = (await ask('GET', '/api/nac')).body['nacs'] as { isSilent: boolean }[]
  await ask('POST', '/api/nac/report', report(), credential)

  expect(silent[0]?.isSilent).toBe(true)
  const { text } = await ask('GET', '/api/events?category=nac')
  expect(text).toContain('SG-7006')
  expect(text).toContain('SG-7007')
})

async function tls() {
  const order = { dnsNames: ['nac.example'], ipAddresses: ['192.0.2.9'] }
  return made('/api/tls-certificates', order) as Promise<Readonly<Record<'certificatePem' | 'privateKeyPem', string>>>
}

test('what ISE imports comes in one answer: the chain, the authority, thumbprints, days left', async () => {
  const { credential } = await exported()
  const { certificatePem } = await tls()
  await ask('POST', '/api/nac/report', report({ certificate: certificatePem }), credential)

  const { body } = await ask('GET', '/api/nac/certificate')
  const [server] = body['servers'] as { chain: string; daysLeft: number; thumbprints: { sha256: string } }[]
  const authority = body['authority'] as { pem: string }
  expect(new X509Certificate(certificatePem).verify(new X509Certificate(authority.pem).publicKey)).toBe(true)
  expect(server?.chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
  expect(server?.thumbprints.sha256).toBe(new X509Certificate(certificatePem).fingerprint256)
  expect(server?.daysLeft).toBeGreaterThan(300)
})

test('T73: certificate and account of nac are counted down, and the account is never ended without a word', async () => {
  const { credential } = await exported()
  const { certificatePem } = await tls()
  const end = new X509Certificate(certificatePem).validToDate.getTime()
  const expiresAt = new Date(end).toISOString()
  await made('/api/nac/accounts', { user: 'ise', expiresAt })
  const seen: string[] = []
  for (const days of [31, 29, 13, 6, 0.5, -1]) {
    it.clock.jumpWall(end - days * dayMs - it.clock.now().getTime())
    await ask('POST', '/api/nac/report', report({ certificate: certificatePem }), credential)
    await it.clock.advance(3_600_000)
    const { body } = await ask('GET', '/api/status')
    const warnings = body['warnings'] as { code: string; about?: string; says: string }[]
    const own = warnings.filter(({ says }) => says.includes('nac'))
    seen.push(own.map(({ code, says }) => `${code} ${/within (\d+)/.exec(says)?.[1] ?? ''}`.trim()).join(', '))
  }

  expect(seen).toEqual([
    '',
    'CERTIFICATE_EXPIRES 30',
    'CERTIFICATE_EXPIRES 14, NAC_ACCOUNT_EXPIRES 14',
    'CERTIFICATE_EXPIRES 7, NAC_ACCOUNT_EXPIRES 7',
    'CERTIFICATE_EXPIRES 1, NAC_ACCOUNT_EXPIRES 1',
    'CERTIFICATE_EXPIRED, NAC_ACCOUNT_EXPIRED',
  ])
  const { body } = await ask('GET', '/api/events?category=certificates&limit=1000')
  const events = (body['events'] as { id: string; about: string }[]).filter(({ about }) => about.includes('nac'))
  expect(new Set(events.map(({ id }) => id))).toEqual(new Set(['SG-2001', 'SG-2002', 'SG-2003', 'SG-2004', 'SG-2005']))
  // Months pass on the fake clock, with all that a console does meanwhile.
}, 60_000)

test('a certificate is renewed under the same authority, for the same names, to who holds the old key', async () => {
  const { credential } = await exported()
  const { certificatePem, privateKeyPem } = await tls()
  const key = makePrivateKey()
  const request = await makeCertificateRequest(key)
  const renew = (by: string) =>
    ask(
      'POST',
      '/api/nac/certificate',
      {
        current: certificatePem,
        request: toBase64Url(request),
        proof: toBase64Url(signStatement('nac certificate renewal', createPrivateKey(by), request)),
      },
      credential,
    )
  const foreign = makePrivateKey().export({ format: 'pem', type: 'pkcs8' }).toString()

  expect((await renew(foreign)).body['code']).toBe('NAC_DESK_NOT_RENEWABLE')
  const { body } = await renew(privateKeyPem)
  const next = new X509Certificate(String(body['certificatePem']))
  expect(next.subjectAltName).toBe(new X509Certificate(certificatePem).subjectAltName)
  expect(next.checkPrivateKey(key)).toBe(true)
})

test('a directory that cannot be asked has not said no', async () => {
  const { credential } = await exported()
  const { id = '' } = await made('/api/nac/accounts', { user: 'CORP\\svc', kind: 'directory' })
  const verify = (account: string, user: string) =>
    ask('POST', '/api/nac/verify', { account, user, password: 'x', source: '' }, credential)

  const answer = await verify(id, 'corp\\SVC')
  expect([answer.body['code'], answer.body['retry']]).toEqual(['CONSOLE_COULD_NOT_VERIFY', 'later'])
  expect((await verify(id, 'corp\\admin')).status).toBe(404)
  expect((await verify('another', 'corp\\svc')).status).toBe(404)
})

test('changes to accounts are audited, and told as events', async () => {
  await made('/api/nac/accounts', { user: 'ise' })
  await ask('PUT', '/api/nac/accounts/ise', { disabled: true })
  await ask('DELETE', '/api/nac/accounts/ise')

  const { text } = await ask('GET', '/api/audit')
  for (const action of ['nac.accounts.post', 'nac.accounts.put', 'nac.accounts.delete']) expect(text).toContain(action)
  expect((await ask('GET', '/api/events?category=nac')).text).toContain('SG-7005')
})
