/**
 * T11: what proxies do, each with a name of its own, and nothing past them.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHostileRelay, type HostileRelay } from '@sallygate/testkit/hostile-relay'
import {
  refusal,
  startScriptedProxy,
  tunnel,
  type ConnectAnswer,
  type ConnectQuestion,
  type ScriptedProxy,
  type ScriptedProxyOptions,
} from '@sallygate/testkit/scripted-proxy'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { diagnose, ntlmScheme, tokenScheme, type DialOptions, type HopClient } from '../index.ts'
import { Bench, firstFailure } from '../testing/peers.ts'
import { wayOut } from '../testing/ways-out.ts'
import { parseChallenges } from './challenges.ts'

/** A busy machine is slow; a test that waits longer than this has failed. */
const soon = { timeout: 8000, interval: 10 }

/** Nobody's resolver knows it. */
const name = 'relay.office.invalid'
const relayUrl = `https://${name}/awcm`

const bench = new Bench()
const folder = mkdtempSync(join(tmpdir(), 'sallygate-way-out-'))
const credentialsFile = join(folder, 'credentials')
let authority: TlsAuthority
let relay: HostileRelay

beforeAll(async () => {
  authority = await makeTlsAuthority()
  relay = await startHostileRelay({ tls: await authority.issue([name, 'localhost']) })
})
afterEach(() => bench.clear())
afterAll(async () => {
  await relay.stop()
  rmSync(folder, { recursive: true })
})

async function proxy(options: ScriptedProxyOptions = {}): Promise<ScriptedProxy> {
  return bench.keep(await startScriptedProxy({ hosts: { [name]: relay.port }, ...options }))
}

const urlOf = ({ port }: ScriptedProxy) => `http://localhost:${port}`

type Values = Readonly<Record<string, unknown>>

function client(values: Values, around = {}, more = {}): HopClient {
  const { connect } = wayOut(values, around)
  const tls = { ca: [authority.certificate] }
  return bench.client({ url: relayUrl, relay: relay.relay }, { connect, tls, ...more })
}

function failure(values: Values, around = {}): Promise<unknown> {
  return firstFailure((more) => client(values, around, more))
}

function login(user: string, password: string): Values {
  writeFileSync(credentialsFile, `${user}\n${password}\n`, { mode: 0o600 })
  return { proxyCredentialsFile: credentialsFile }
}

const authorizationOf = ({ headers }: ConnectQuestion) => headers.get('proxy-authorization')

const wantsBasic = (question: ConnectQuestion): ConnectAnswer =>
  authorizationOf(question) === `Basic ${Buffer.from('svc:right').toString('base64')}`
    ? tunnel
    : refusal(407, ['Proxy-Authenticate: Basic realm="corp"'])

describe('through a proxy', () => {
  test('that wants no login a session stands, and the proxy resolves the name', async () => {
    const one = await proxy()

    await client({ proxyUrl: urlOf(one) }).attached()

    expect(one.questions.map(({ target }) => target)).toEqual([`${name}:443`])
    expect(one.questions[0]?.headers.get('host')).toBe(`${name}:443`)
    expect(one.questions[0]?.headers.has('proxy-authorization')).toBe(false)
  })

  test('that speaks TLS to its clients, with an authority of its own', async () => {
    const own = await makeTlsAuthority()
    const one = await proxy({ tls: await own.issue(['localhost']) })
    writeFileSync(join(folder, 'proxy-ca.pem'), own.certificate)
    const proxyUrl = urlOf(one).replace('http:', 'https:')

    const tuning = { pingMs: 100, deadMs: 2500 }
    const inside = client({ proxyUrl, proxyCaFile: join(folder, 'proxy-ca.pem') }, {}, { tuning })
    await inside.attached()
    // TLS in TLS: what moves has to be counted, or the heartbeat takes it for dead.
    await new Promise((resolve) => setTimeout(resolve, 3500))

    expect(inside.status()).toMatchObject({ state: 'attached', reconnects: 0 })
    expect(one.questions).toHaveLength(1)
    expect(await failure({ proxyUrl })).toMatchObject({
      code: 'DIAL_PROXY_TLS_UNTRUSTED',
      details: { problem: 'untrusted', proxy: `localhost:${one.port}` },
    })
  })

  test('a session goes on when the proxy cuts what is idle, because pings keep it busy (T11, 60 s in short)', async () => {
    const one = await proxy({ idleMs: 2000 })
    const busy = client({ proxyUrl: urlOf(one) }, {}, { tuning: { pingMs: 100 } })
    await busy.attached()

    await new Promise((resolve) => setTimeout(resolve, 5000))

    expect(one.idleCuts).toBe(0)
    expect(busy.status()).toMatchObject({ state: 'attached', reconnects: 0 })
    const idle = client({ proxyUrl: urlOf(one) }, {}, { tuning: { pingMs: 5000 } })
    await idle.attached()
    await expect.poll(() => one.idleCuts, soon).toBe(1)
    expect(busy.status()).toMatchObject({ state: 'attached', reconnects: 0 })
  })

  test('only what it is told about the environment counts', async () => {
    const one = await proxy()
    const environment = { HTTPS_PROXY: urlOf(one), NO_PROXY: 'other.invalid' }

    await client({ proxyFromEnvironment: true }, { environment }).attached()

    expect(one.questions).toHaveLength(1)
    expect(() => wayOut({}, { environment })).toThrow('no proxy is named')
    expect(() => wayOut({ proxyFromEnvironment: true }, { environment: {} })).toThrow(
      expect.objectContaining({ code: 'DIAL_PROXY_SETTINGS' }) as Error,
    )
    expect(() => wayOut({ proxyFromEnvironment: true, proxyUrl: urlOf(one) }, { environment })).toThrow(
      expect.objectContaining({ code: 'DIAL_PROXY_SETTINGS' }) as Error,
    )
  })
})

describe('each hop at the proxy that fails has a name of its own (T11)', () => {
  const answers: readonly (readonly [string, ConnectAnswer, string, object])[] = [
    [
      '407 and nobody has a login',
      refusal(407, ['Proxy-Authenticate: NTLM', 'Proxy-Authenticate: Basic realm=x']),
      'LOGIN_NEEDED',
      { offered: 'ntlm, basic' },
    ],
    [
      '407 that offers nothing known',
      refusal(407, ['Proxy-Authenticate: Bearer']),
      'LOGIN_IMPOSSIBLE',
      { offered: 'bearer' },
    ],
    ['403', refusal(403), 'FORBIDDEN', { httpStatus: 403, target: `${name}:443` }],
    ['502', refusal(502), 'CANNOT_REACH', { httpStatus: 502 }],
    ['504', refusal(504), 'CANNOT_REACH', { httpStatus: 504 }],
    ['429 with a time to wait', refusal(429, ['Retry-After: 9']), 'REFUSED', { httpStatus: 429, retryAfterMs: 9000 }],
    ['405, a web server', refusal(405), 'REFUSED', { httpStatus: 405 }],
    ['302 to a portal', refusal(302, ['Location: http://portal/']), 'REFUSED', { httpStatus: 302 }],
    ['a close in the middle of the CONNECT', { kind: 'close' }, 'CUT', {}],
    [
      'a close in the middle of the answer',
      { kind: 'answer', text: 'HTTP/1.1 200 O', close: true },
      'CUT',
      { bytes: 14 },
    ],
    ['silence', { kind: 'silence' }, 'SILENT', { afterMs: 3000 }],
    ['half an answer and then silence', { kind: 'answer', text: 'HTTP/1.1 200 OK\r\nX:' }, 'SILENT', {}],
    ['an SMTP banner', { kind: 'answer', text: '220 mail.example ESMTP\r\n' }, 'NOT_HTTP', { firstByte: 50 }],
    ['a TLS alert', { kind: 'answer', text: '\u0015\u0003\u0001\u0000\u0002\u0002(' }, 'NOT_HTTP', { firstByte: 0x15 }],
    ['a head without an end', { kind: 'answer', text: `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(80_000)}` }, 'NOT_HTTP', {}],
    [
      'headers without an end',
      { kind: 'answer', text: `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(200)}\r\n` },
      'NOT_HTTP',
      {},
    ],
    [
      '200 and then a page',
      { kind: 'answer', text: 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<h1>Blocked</h1>' },
      'NO_TUNNEL',
      { target: `${name}:443` },
    ],
  ]

  test.each(answers)('%s', async (_, answer, code, details) => {
    const one = await proxy({ answer: () => answer })

    expect(await failure({ proxyUrl: urlOf(one) }, { timeoutMs: 1000 })).toMatchObject({
      code: `DIAL_PROXY_${code}`,
      details: { proxy: `localhost:${one.port}`, ...details },
    })
  })

  test('200, and the page comes where TLS should', async () => {
    const page = createServer((_request, response) => response.end())
    page.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => void page.listen(0, '127.0.0.1', resolve))
    bench.keep({ stop: () => page.close() })
    const one = await proxy({ hosts: { [name]: (page.address() as AddressInfo).port } })

    expect(await failure({ proxyUrl: urlOf(one) })).toMatchObject({
      code: 'DIAL_PROXY_NO_TUNNEL',
      details: { proxy: `localhost:${one.port}` },
    })
  })

  test('no address for its name, nothing on its port, and TLS where it speaks none', async () => {
    const one = await proxy()
    const gone = await startScriptedProxy()
    await gone.stop()

    expect(await failure({ proxyUrl: 'http://proxy.office.invalid:3128' })).toMatchObject({
      code: 'DIAL_PROXY_NAME_NOT_FOUND',
      details: { name: 'proxy.office.invalid' },
    })
    expect(await failure({ proxyUrl: urlOf(gone) })).toMatchObject({
      code: 'DIAL_PROXY_UNREACHABLE',
      details: { errno: 'ECONNREFUSED' },
    })
    expect(await failure({ proxyUrl: `https://localhost:${one.port}` })).toMatchObject({
      code: 'DIAL_PROXY_TLS_FAILED',
    })
  })

  test('a relay behind it whose certificate is for another name keeps that name, and nothing is tried without', async () => {
    const other = bench.keep(await startHostileRelay({ tls: await authority.issue(['other.invalid']) }))
    const one = await proxy({ hosts: { [name]: other.port } })

    expect(await failure({ proxyUrl: urlOf(one) })).toMatchObject({ code: 'DIAL_TLS_WRONG_NAME' })
    expect(other.recording.messages).toEqual([])
  })
})

describe('a login', () => {
  test('with Basic is not sent where others can read it, unless somebody says so', async () => {
    const one = await proxy({ answer: wantsBasic })
    const values = { proxyUrl: urlOf(one), ...login('svc', 'right') }

    expect(await failure(values)).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_IMPOSSIBLE',
      details: { offered: 'basic', because: 'basic: the password would travel readable (proxyAllowPlainBasic)' },
    })
    expect(one.questions.filter((question) => authorizationOf(question) !== undefined)).toEqual([])
    await client({ ...values, proxyAllowPlainBasic: true }).attached()
  })

  test('with Basic goes to a proxy with TLS', async () => {
    const one = await proxy({ answer: wantsBasic, tls: await authority.issue(['localhost']) })
    writeFileSync(join(folder, 'ca.pem'), authority.certificate)
    const proxyUrl = urlOf(one).replace('http:', 'https:')

    await client({ proxyUrl, proxyCaFile: join(folder, 'ca.pem'), ...login('svc', 'right') }).attached()

    expect(one.connections).toBe(1)
  })

  test('that is wrong is tried once, and not again by anybody until its file changes', async () => {
    const one = await proxy({ answer: wantsBasic })
    const other = await proxy({ answer: wantsBasic })
    const pac = join(folder, 'two.pac')
    const list = [one, other].map(({ port }) => `PROXY localhost:${port}`).join('; ')
    writeFileSync(pac, `function FindProxyForURL() { return ${JSON.stringify(list)} }`)
    const way = wayOut({ proxyPac: pac, proxyAllowPlainBasic: true, ...login('svc', 'wrong') })
    const target = { host: name, port: 443 }
    const { signal } = new AbortController()
    const tries = () =>
      [one, other].flatMap(({ questions }) => questions.filter((q) => authorizationOf(q) !== undefined))

    const refused = { code: 'DIAL_PROXY_LOGIN_REFUSED', details: { scheme: 'basic', nextTryInS: 900 } }
    await expect(way.connect(target, signal)).rejects.toMatchObject(refused)
    for (let again = 0; again < 5; again++) {
      await expect(way.connect(target, signal)).rejects.toMatchObject({ code: 'DIAL_PROXY_LOGIN_REFUSED' })
    }
    expect(tries()).toHaveLength(1)
    const questions = one.questions.length
    login('svc', 'right')
    const stream = await way.connect(target, signal)
    stream.destroy()

    expect(tries()).toHaveLength(2)
    expect(one.questions.length).toBe(questions + 2)
    expect(way.last).toBe(`through the proxy localhost:${one.port}, with a basic login`)
  })

  test('that is wrong is left in peace through every redial, and taken up as soon as its file is right', async () => {
    const one = await proxy({ answer: wantsBasic })
    const values = { proxyUrl: urlOf(one), proxyAllowPlainBasic: true, ...login('svc', 'wrong') }
    const codes: string[] = []
    const onState: DialOptions['onState'] = (state) => {
      if ('failure' in state) codes.push(state.failure.code)
    }
    const dialling = client(values, {}, { tuning: { backOffBaseMs: 5, backOffCapMs: 10 }, onState })

    await expect.poll(() => codes.length, soon).toBeGreaterThan(20)
    expect(new Set(codes)).toEqual(new Set(['DIAL_PROXY_LOGIN_REFUSED']))
    expect(one.connections).toBe(1)
    login('svc', 'right')
    await dialling.attached()

    expect(one.connections).toBe(2)
  })

  test('that is wrong rests also where the proxy says so with 401', async () => {
    const one = await proxy({
      answer: (question) => (authorizationOf(question) === undefined ? wantsBasic(question) : refusal(401)),
    })
    const values = { proxyUrl: urlOf(one), proxyAllowPlainBasic: true, ...login('svc', 'wrong') }

    expect(await failure(values)).toMatchObject({ code: 'DIAL_PROXY_LOGIN_REFUSED', details: { scheme: 'basic' } })
  })

  test('that a proxy answers by closing is taken for an accident twice, and then rests', async () => {
    const one = await proxy({
      answer: (question) => (authorizationOf(question) === undefined ? wantsBasic(question) : { kind: 'close' }),
    })
    const way = wayOut({ proxyUrl: urlOf(one), proxyAllowPlainBasic: true, ...login('svc', 'wrong') })
    const codes: unknown[] = []
    for (let again = 0; again < 5; again++) {
      const failed: unknown = await way
        .connect({ host: name, port: 443 }, new AbortController().signal)
        .catch((error: unknown) => error)
      codes.push((failed as { code: string }).code)
    }

    const [broken, refused] = ['DIAL_PROXY_LOGIN_BROKEN', 'DIAL_PROXY_LOGIN_REFUSED']
    expect(codes).toEqual([broken, broken, refused, refused, refused])
    expect(one.questions.filter((question) => authorizationOf(question) !== undefined)).toHaveLength(3)
  })

  test.each(['SHA-256', 'MD5'])('with Digest and %s, and a nonce that has become stale', async (algorithm) => {
    const hash = (text: string) => createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex')
    let nonces = 0
    const one = await proxy({
      answer(question) {
        const offer = (more: string) =>
          refusal(407, [
            `Proxy-Authenticate: Digest realm="corp proxy", qop="auth", algorithm=${algorithm}, nonce="n${++nonces}"${more}`,
          ])
        const given = parseChallenges([authorizationOf(question) ?? '']).at(0)?.parameters
        if (given === undefined) return offer('')
        const of = (key: string) => given.get(key) ?? ''
        const key = hash('svc:corp proxy:right')
        const expected = hash(
          `${key}:${of('nonce')}:${of('nc')}:${of('cnonce')}:auth:${hash(`CONNECT:${question.target}`)}`,
        )
        if (of('response') !== expected) return offer('')
        return of('nonce') === 'n1' ? offer(', stale=true') : tunnel
      },
    })

    await client({ proxyUrl: urlOf(one), ...login('svc', 'right') }).attached()

    expect(one.questions).toHaveLength(3)
    expect(await failure({ proxyUrl: urlOf(one), ...login('svc', 'wrong') })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_REFUSED',
      details: { scheme: 'digest' },
    })
  })

  const threeLegs = (question: ConnectQuestion): ConnectAnswer => {
    const said = authorizationOf(question)
    if (said === undefined)
      return refusal(407, ['Proxy-Authenticate: NTLM', 'Proxy-Authenticate: Basic realm=x'], 'x'.repeat(5000))
    if (said === 'NTLM b25l') return refusal(407, ['Proxy-Authenticate: NTLM dHdv'])
    return said === 'NTLM c3ZjOnJpZ2h0L3R3bw=='
      ? tunnel
      : refusal(407, ['Proxy-Authenticate: NTLM', 'Proxy-Authenticate: Basic realm=x'])
  }
  const scripted = ntlmScheme(({ credentials }) => ({
    next: (token) =>
      Buffer.from(token === undefined ? 'one' : `${credentials?.user}:${credentials?.password}/${token.toString()}`),
  }))
  const around = { schemes: [scripted] }

  test('of three legs stays on one connection, past the bodies of its refusals', async () => {
    const one = await proxy({ answer: threeLegs })

    await client({ proxyUrl: urlOf(one), ...login('svc', 'right') }, around).attached()

    expect(one.questions.map(({ connection }) => connection)).toEqual([1, 1, 1])
  })

  test('of three legs that is wrong is one attempt, not one for each scheme', async () => {
    const one = await proxy({ answer: threeLegs })
    const values = { proxyUrl: urlOf(one), proxyAllowPlainBasic: true, ...login('svc', 'wrong') }

    expect(await failure(values, around)).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_REFUSED',
      details: { scheme: 'ntlm' },
    })
    expect(one.questions.filter((question) => authorizationOf(question)?.startsWith('Basic'))).toEqual([])
  })

  test('of three legs begins on a new connection where the first 407 ends its own, and breaks off where the second does', async () => {
    const closing = (text: ConnectAnswer, isClosing: boolean): ConnectAnswer =>
      text.kind === 'answer' && isClosing
        ? { ...text, text: text.text.replace('\r\n\r\n', '\r\nProxy-Connection: close\r\n\r\n'), close: true }
        : text
    const first = await proxy({
      answer: (question) => closing(threeLegs(question), authorizationOf(question) === undefined),
    })
    const second = await proxy({
      answer: (question) => closing(threeLegs(question), authorizationOf(question) !== undefined),
    })

    await client({ proxyUrl: urlOf(first), ...login('svc', 'right') }, around).attached()

    expect(first.questions.map(({ connection }) => connection)).toEqual([1, 2, 2])
    const way = wayOut({ proxyUrl: urlOf(second), ...login('svc', 'right') }, around)
    const broken = { code: 'DIAL_PROXY_LOGIN_BROKEN', details: { reason: 'the proxy closed the connection' } }
    for (let again = 0; again < 2; again++) {
      await expect(way.connect({ host: name, port: 443 }, new AbortController().signal)).rejects.toMatchObject(broken)
    }
  })

  test('takes the strongest that is offered and can be used here, in the order of the settings', async () => {
    const offers = ['Negotiate', 'NTLM', 'Basic realm=x', 'Digest realm=r, nonce=n, qop="auth"']
    const one = await proxy({
      answer: () =>
        refusal(
          407,
          offers.map((offer) => `Proxy-Authenticate: ${offer}`),
        ),
    })
    const values = { proxyUrl: urlOf(one), proxyAllowPlainBasic: true, ...login('svc', 'right') }
    const schemeTaken = async (proxySchemes?: string, more = {}) => {
      const before = one.questions.length
      await failure({ ...values, ...(proxySchemes === undefined ? {} : { proxySchemes }) }, more)
      return one.questions.slice(before).map(authorizationOf).at(-1)?.split(' ')[0]
    }

    expect(await schemeTaken(undefined, around)).toBe('NTLM')
    expect(await schemeTaken()).toBe('Digest')
    expect(await schemeTaken('basic, digest')).toBe('Basic')
    expect(await failure({ ...values, proxySchemes: 'negotiate' })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_IMPOSSIBLE',
      details: { because: 'negotiate: the optional module kerberos is not installed' },
    })
    expect(() => wayOut({ ...values, proxySchemes: 'kerberos' })).toThrow(
      expect.objectContaining({ code: 'DIAL_PROXY_SETTINGS' }) as Error,
    )
  })

  test('whose token is never made is left for the next one, or breaks off', async () => {
    const stuck = tokenScheme({
      name: 'negotiate',
      label: 'Negotiate',
      needsCredentials: false,
      make: () => ({ next: () => new Promise<Buffer>(() => undefined) }),
    })
    const offers = ['Proxy-Authenticate: Negotiate', 'Proxy-Authenticate: Digest realm=r, nonce=n, qop="auth"']
    const one = await proxy({
      answer: (question) => (authorizationOf(question) === undefined ? refusal(407, offers) : tunnel),
    })

    await client({ proxyUrl: urlOf(one), ...login('svc', 'right') }, { schemes: [stuck], timeoutMs: 1000 }).attached()

    expect(one.questions.map(authorizationOf).at(-1)).toMatch(/^Digest /)
  })

  test('a proxy that asks for ever is left', async () => {
    const endless = tokenScheme({
      name: 'negotiate',
      label: 'Negotiate',
      needsCredentials: false,
      make: () => ({ next: () => Buffer.from('more') }),
    })
    const one = await proxy({ answer: () => refusal(407, ['Proxy-Authenticate: Negotiate bW9yZQ==']) })

    expect(await failure({ proxyUrl: urlOf(one) }, { schemes: [endless] })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_BROKEN',
    })
    expect(one.questions.length).toBeLessThan(12)
  })
})

describe('a PAC file', () => {
  const pacFile = (answer: string) => {
    const file = join(folder, 'proxy.pac')
    writeFileSync(file, `function FindProxyForURL(url, host) { return ${JSON.stringify(answer)} }`)
    return file
  }

  test('names proxies that are tried in its order', async () => {
    const gone = await startScriptedProxy()
    await gone.stop()
    const refusing = await proxy({ answer: () => refusal(403) })
    const good = await proxy()
    const list = [gone, refusing, good].map(({ port }) => `PROXY localhost:${port}`).join('; ')

    await client({ proxyPac: pacFile(`${list}; DIRECT`) }).attached()

    expect([refusing.questions.length, good.questions.length]).toEqual([1, 1])
  })

  test('that says DIRECT is obeyed only where that is allowed; a target on the bypass list needs nobody', async () => {
    const direct = { url: `https://localhost:${relay.port}/awcm`, relay: relay.relay }
    const attach = (values: Values) => {
      const { connect } = wayOut(values)
      return bench.client(direct, { connect, tls: { ca: [authority.certificate] } })
    }

    expect(await failure({ proxyPac: pacFile('DIRECT') })).toMatchObject({
      code: 'DIAL_PROXY_NO_WAY',
      details: { answer: 'DIRECT' },
    })
    expect(await failure({ proxyPac: pacFile('SOCKS a:1080; DIRECT') })).toMatchObject({ code: 'DIAL_PROXY_NO_WAY' })
    await attach({ proxyPac: pacFile('DIRECT'), proxyAllowDirect: true }).attached()
    await attach({ proxyUrl: 'http://proxy.office.invalid:3128', proxyBypass: 'localhost' }).attached()
  })

  test('is fetched from an address, and kept while that is away', async () => {
    const one = await proxy()
    let asked = 0
    const server = createServer((_request, response) => {
      asked++
      response.end(`function FindProxyForURL() { return "PROXY localhost:${one.port}" }`)
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const place = `http://localhost:${(server.address() as AddressInfo).port}/proxy.pac`
    const way = wayOut({ proxyPac: place })
    const connect = async () => (await way.connect({ host: name, port: 443 }, new AbortController().signal)).destroy()

    await connect()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await connect()

    expect(asked).toBe(1)
    expect(await failure({ proxyPac: place })).toMatchObject({
      code: 'DIAL_PROXY_PAC_UNREADABLE',
      details: { reason: 'ECONNREFUSED' },
    })
    expect(await failure({ proxyPac: join(folder, 'nowhere.pac') })).toMatchObject({
      code: 'DIAL_PROXY_PAC_UNREADABLE',
    })
  })

  test.each([
    ['a page that is missing', (response: import('node:http').ServerResponse) => response.writeHead(404).end()],
    [
      'another place',
      (response: import('node:http').ServerResponse) => response.writeHead(302, { location: '/other' }).end(),
    ],
    ['too much', (response: import('node:http').ServerResponse) => response.end(Buffer.alloc(600 * 1024, 0x20))],
    [
      'half of it',
      (response: import('node:http').ServerResponse) => {
        response.writeHead(200, { 'content-length': 1000 }).write('function')
        setTimeout(() => response.destroy(), 20)
      },
    ],
  ])('whose address answers with %s is refused by name', async (_, answer) => {
    const server = createServer((_request, response) => {
      answer(response)
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    bench.keep({ stop: () => server.close() })
    const place = `http://localhost:${(server.address() as AddressInfo).port}/proxy.pac`

    expect(await failure({ proxyPac: place })).toMatchObject({ code: 'DIAL_PROXY_PAC_UNREADABLE' })
  })
})

describe('the check', () => {
  const check = (values: Values) =>
    diagnose(relayUrl, { wayOut: wayOut(values), tls: { ca: [authority.certificate] }, expectedRelay: relay.relay })
  const results = (rows: Awaited<ReturnType<typeof check>>) => rows.map(({ target, result }) => `${target}: ${result}`)

  test('walks every hop through the proxy, and does not ask for the name of the relay', async () => {
    const one = await proxy({ answer: wantsBasic })

    const rows = await check({ proxyUrl: urlOf(one), proxyAllowPlainBasic: true, ...login('svc', 'right') })

    expect(results(rows)).toEqual([
      'way out: ok',
      'proxy name localhost: ok',
      `proxy TCP localhost:${one.port}: ok`,
      `proxy CONNECT ${name}:443: ok`,
      `TLS ${name}:443: ok`,
      'status page /awcm/status: ok',
      'relay /awcm: ok',
    ])
    expect(rows[3]?.says).toBe('Opens the way (200) after a login with basic (it offers basic).')
  })

  test('stops at the hop that fails, after one attempt to log in', async () => {
    const one = await proxy({ answer: wantsBasic })

    const rows = await check({ proxyUrl: urlOf(one), proxyAllowPlainBasic: true, ...login('svc', 'wrong') })

    expect(results(rows).slice(-1)).toEqual([`proxy CONNECT ${name}:443: failed`])
    expect(rows.at(-1)?.says).toContain('refuses user or password')
    expect(one.questions.filter((question) => authorizationOf(question) !== undefined)).toHaveLength(1)
  })

  test('shows that the first of two proxies was passed over', async () => {
    const [refusing, good] = [await proxy({ answer: () => refusal(403) }), await proxy()]
    const file = join(folder, 'check.pac')
    writeFileSync(
      file,
      `function FindProxyForURL() { return "PROXY localhost:${refusing.port}; PROXY localhost:${good.port}" }`,
    )

    const rows = await check({ proxyPac: file })

    expect(rows.find(({ result }) => result === 'warning')).toMatchObject({ target: `proxy CONNECT ${name}:443` })
    expect(rows.at(-1)).toMatchObject({ result: 'ok' })
  })
})
