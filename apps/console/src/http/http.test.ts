import { afterEach, describe, expect, test } from 'vitest'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit'
import {
  certificatePem,
  issueTlsServer,
  makeId,
  makePrivateKey,
  makeProductRoot,
  type ConsoleId,
} from '@sallygate/trust'
import { consoleFailure } from '../failures.ts'
import { isCanonicalPath } from './canonical-path.ts'
import { startListener, type Listener } from './listener.ts'
import { everything } from './policy.ts'
import { defineRoute, type Route } from './route.ts'
import { Throttle } from './throttle.ts'

const bearer = 'Bearer good'
const settings = {
  host: '127.0.0.1',
  port: 0,
  tlsCertificateFile: undefined,
  tlsPrivateKeyFile: undefined,
  allowedHosts: undefined,
  maxConnections: 50,
}

const rows: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/health',
    policy: 'public',
    says: '',
    result: z.strictObject({ status: z.string() }),
    handler: () => ({ status: 'up' }),
  }),
  defineRoute({
    method: 'POST',
    path: '/api/things/:thing',
    policy: 'connectors:edit',
    says: '',
    params: z.strictObject({ thing: z.string().max(20) }),
    body: z.strictObject({ size: z.number().int().max(9) }),
    result: z.strictObject({ thing: z.string(), size: z.number() }),
    handler: ({ params, body }) => ({ thing: params.thing, size: body.size }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bug',
    policy: 'status:read',
    says: '',
    result: z.strictObject({ ok: z.boolean() }),
    handler: () => {
      throw new Error('the password is hunter2 at /home/secret')
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/leak',
    policy: 'status:read',
    says: '',
    result: z.strictObject({ ok: z.boolean() }),
    handler: () => ({ ok: true, password: 'hunter2' }) as { ok: boolean },
  }),
]

let listener: Listener | undefined
const directories: string[] = []
afterEach(async () => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true })
  await listener?.stop()
  listener = undefined
})

async function start(): Promise<Listener> {
  listener = await startListener({
    settings,
    routes: rows,
    authenticate: ({ authorization }) =>
      authorization === bearer
        ? Promise.resolve({ kind: 'apiKey', id: '1', name: 'test', grants: [everything] })
        : Promise.reject(consoleFailure('UNAUTHENTICATED')),
    log: silentLog,
  })
  return listener
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}

function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (text += part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text, headers: answer.headers }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function tlsFiles(): Promise<{ readonly certificate: string; readonly key: string }> {
  const path = mkdtempSync(join(tmpdir(), 'sallygate-http-'))
  directories.push(path)
  const issuer = await makeProductRoot({ console: makeId<ConsoleId>(), at: new Date() })
  const privateKey = makePrivateKey()
  const made = await issueTlsServer({ issuer, publicKey: privateKey, at: new Date(), hosts: ['localhost'] })
  const [certificate, key] = [join(path, 'tls.pem'), join(path, 'tls.key')]
  writeFileSync(certificate, certificatePem(made))
  writeFileSync(key, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  return { certificate, key }
}

const json = { 'content-type': 'application/json', authorization: bearer }

describe('the listener', () => {
  test('a public route answers anybody, with security headers', async () => {
    const { port } = await start()

    const answer = await ask(port, 'GET', '/health')

    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    })
  })

  test('a proven caller with a well-formed request gets the answer of the row', async () => {
    const { port } = await start()

    const answer = await ask(port, 'POST', '/api/things/a%20b', json, ' { "size" : 3 }\n')

    expect([answer.status, answer.body]).toEqual([200, '{"thing":"a b","size":3}'])
  })

  test.each([
    ['an unknown member', '{"size":3,"role":"root"}', 400],
    ['a wrong kind', '{"size":"3"}', 400],
    ['no JSON', '{size:3}', 400],
    ['a prototype', '{"size":3,"__proto__":{"a":1}}', 400],
    ['too deep', `{"size":${'['.repeat(100)}${']'.repeat(100)}}`, 413],
    ['too large', `{"size":3,"a":"${'x'.repeat(1_100_000)}"}`, 413],
    ['nothing', '', 400],
  ])('a body with %s is refused with a problem document', async (_what, body, status) => {
    const { port } = await start()

    const answer = await ask(port, 'POST', '/api/things/a', json, body)

    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(JSON.parse(answer.body)).toMatchObject({ status, code: expect.stringMatching(/^CONSOLE_/) as string })
  })

  test('a body of another media type is refused', async () => {
    const { port } = await start()

    const answer = await ask(
      port,
      'POST',
      '/api/things/a',
      { authorization: bearer, 'content-type': 'text/plain' },
      '{"size":3}',
    )

    expect(answer.status).toBe(415)
  })

  test('an error that is a bug says nothing of itself', async () => {
    const { port } = await start()

    const answer = await ask(port, 'GET', '/api/bug', { authorization: bearer })

    expect(answer.status).toBe(500)
    expect(answer.body).not.toMatch(/hunter2|secret|Error|at /)
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'CONSOLE_INTERNAL',
      traceId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    })
  })

  test('a member that the row does not name never leaves the console', async () => {
    const { port } = await start()

    const answer = await ask(port, 'GET', '/api/leak', { authorization: bearer })

    expect(answer.body).not.toContain('hunter2')
  })

  test.each([
    '/api',
    '/api/',
    '/api/things',
    '/api/nothing',
    '/api/bug',
    '/api/bug/',
    '/API/bug',
    '/api//bug',
    '/api/%62ug',
    '/api/bug;x',
    '/api/./bug',
    '/api/x/../bug',
  ])('without proof %s is 401 or 404 and says the same as everything else', async (path) => {
    const { port } = await start()

    const answer = await ask(port, 'GET', path)

    expect([401, 404]).toContain(answer.status)
    expect(JSON.parse(answer.body)).toMatchObject({
      code: answer.status === 401 ? 'CONSOLE_UNAUTHENTICATED' : 'CONSOLE_NOT_FOUND',
    })
  })

  test.each(['/api/bug/', '/api//bug', '/api/%62ug', '/api/bug;x', '/api/%2e/bug', '/API/bug', '/api/nothing'])(
    'with proof %s does not exist',
    async (path) => {
      const { port } = await start()

      const answer = await ask(port, 'GET', path, { authorization: bearer })

      expect(answer.status).toBe(404)
    },
  )

  test('T61: a method override changes nothing', async () => {
    const { port } = await start()

    const answer = await ask(port, 'POST', '/api/bug', { authorization: bearer, 'x-http-method-override': 'GET' })

    expect(answer.status).toBe(404)
  })

  test('T67: a host name that is not ours is refused, so a rebound name reaches nothing', async () => {
    const { port } = await start()

    const answers = await Promise.all([
      ask(port, 'GET', '/health', { host: `evil.example:${port}` }),
      ask(port, 'GET', '/health', { host: '127.0.0.1' }),
      ask(port, 'GET', '/health', { host: `LOCALHOST:${port}` }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([421, 421, 200])
  })

  test('T67: a page of a stranger is refused, our own is not', async () => {
    const { port } = await start()

    const stranger = await ask(port, 'GET', '/health', { origin: 'http://evil.example' })
    const opaque = await ask(port, 'GET', '/health', { origin: 'null' })
    const crossSite = await ask(port, 'GET', '/health', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })
    const own = await ask(port, 'GET', '/health', { origin: `http://127.0.0.1:${port}` })

    expect([stranger, opaque, crossSite, own].map(({ status }) => status)).toEqual([403, 403, 403, 200])
  })

  test('an address of other machines without TLS is refused before anything listens', async () => {
    const attempt = startListener({
      settings: { ...settings, host: '0.0.0.0' },
      routes: rows,
      authenticate: () => Promise.reject(new Error()),
      log: silentLog,
    })

    await expect(attempt).rejects.toMatchObject({ code: 'CONSOLE_NEEDS_TLS' })
  })

  test('with TLS files it serves HTTPS, and the names of the setting', async () => {
    const { certificate, key } = await tlsFiles()
    listener = await startListener({
      settings: {
        ...settings,
        tlsCertificateFile: certificate,
        tlsPrivateKeyFile: key,
        allowedHosts: 'console.test:8443',
      },
      routes: rows,
      authenticate: () => Promise.reject(new Error()),
      log: silentLog,
    })
    const { port, url } = listener
    const look = (host: string) =>
      new Promise<number>((resolve, reject) => {
        // The certificate is of no interest here; who is served is.
        const options = {
          host: '127.0.0.1',
          port,
          path: '/health',
          headers: { host },
          agent: false,
          rejectUnauthorized: false,
        }
        requestTls(options, (answer) => resolve(answer.resume().statusCode ?? 0))
          .on('error', reject)
          .end()
      })

    const statuses = [await look(`127.0.0.1:${port}`), await look('console.test:8443'), await look('other.test:8443')]

    expect(url).toBe(`https://127.0.0.1:${port}`)
    expect(statuses).toEqual([200, 200, 421])
  })

  test('a TLS key that others can read is refused', async () => {
    const { certificate, key } = await tlsFiles()
    chmodSync(key, 0o644)

    const attempt = startListener({
      settings: { ...settings, tlsCertificateFile: certificate, tlsPrivateKeyFile: key },
      routes: rows,
      authenticate: () => Promise.reject(new Error()),
      log: silentLog,
    })

    await expect(attempt).rejects.toMatchObject({ code: 'FILE_NOT_PRIVATE' })
  })

  test('a port that is taken is named', async () => {
    const { port } = await start()

    const attempt = startListener({
      settings: { ...settings, port },
      routes: rows,
      authenticate: () => Promise.reject(new Error()),
      log: silentLog,
    })

    await expect(attempt).rejects.toMatchObject({ code: 'LISTEN_PORT_TAKEN', details: { port } })
  })

  test('headers beyond 16 KiB are refused', async () => {
    const { port } = await start()
    const socket = connect(port, '127.0.0.1')

    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString('latin1'))))
    socket.write(`GET /health HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)

    expect(await answer).toMatch(/^HTTP\/1\.1 431 /)
    socket.destroy()
  })
})

test.each([
  ['/', true],
  ['/api/groups/Acme%20%2F', false],
  ['/api/groups/Acme%20Ltd', true],
  ['/api/groups/%C3%A4', true],
  ['/api/groups/%c3%a4', false],
  ['/api/groups/ä', false],
  ['//', false],
  ['/a/', false],
  ['/..', false],
  ['/%2e%2e', false],
  ['/a;b', false],
  ['/a%00', false],
  [`/${'a'.repeat(3000)}`, false],
])('%s is canonical: %s', (path, expected) => {
  expect(isCanonicalPath(path)).toBe(expected)
})

describe('the throttle', () => {
  test('some mistakes cost nothing, more cost a growing time that ends', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    for (let wrong = 0; wrong < 4; wrong++) throttle.failed('admin', '10.0.0.1')
    expect(() => throttle.check('admin', '10.0.0.1')).not.toThrow()

    for (let wrong = 0; wrong < 12; wrong++) throttle.failed('admin', '10.0.0.1')

    expect(() => throttle.check('admin', '10.0.0.1')).toThrow(
      expect.objectContaining({ code: 'CONSOLE_TOO_MANY_ATTEMPTS', details: { retryAfterMs: 30_000 } }) as Error,
    )
    await clock.advance(30_000)
    expect(() => throttle.check('admin', '10.0.0.1')).not.toThrow()
  })

  test('a guesser elsewhere does not slow the administrator', () => {
    const throttle = new Throttle(new FakeClock())

    for (let wrong = 0; wrong < 100; wrong++) throttle.failed('admin', '10.9.9.9')

    expect(() => throttle.check('admin', '10.0.0.1')).not.toThrow()
    expect(() => throttle.check('other', '10.9.9.9')).toThrow(
      expect.objectContaining({ code: 'CONSOLE_TOO_MANY_ATTEMPTS' }),
    )
  })

  test('guessing many names from one source is slowed as well', () => {
    const throttle = new Throttle(new FakeClock())

    for (let wrong = 0; wrong < 30; wrong++) throttle.failed(`user${wrong}`, '10.9.9.9')

    expect(() => throttle.check('fresh', '10.9.9.9')).toThrow(
      expect.objectContaining({ code: 'CONSOLE_TOO_MANY_ATTEMPTS' }),
    )
  })

  test('a flood of names is forgotten rather than kept', () => {
    const throttle = new Throttle(new FakeClock())
    for (let wrong = 0; wrong < 30; wrong++) throttle.failed('admin', '10.9.9.9')

    for (let wrong = 0; wrong < 11_000; wrong++) throttle.failed('x', `10.1.${wrong}`)

    expect(() => throttle.check('admin', '10.9.9.9')).not.toThrow()
  })
})
