import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeClock } from '@sallygate/testkit'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { parseProxyUrl } from './address.ts'
import { restOfBody } from './body.ts'
import { parseBypass } from './bypass.ts'
import { parseChallenges } from './challenges.ts'
import { ProxyCredentials } from './credentials.ts'
import { digestAuthorization, digestScheme } from './digest.ts'
import { parseHead, startsLikeHttp } from './head.ts'
import { parsePacAnswer } from './pac-answer.ts'
import { globMatches } from './pac-functions.ts'
import { askPac } from './pac-script.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallygate-proxy-'))
afterAll(() => rmSync(folder, { recursive: true }))

const refusedFor = (reason: string) =>
  expect.objectContaining({ code: 'DIAL_PROXY_SETTINGS', details: expect.objectContaining({ reason }) }) as Error

describe('challenges', () => {
  test.each([
    ['NTLM', [['ntlm', undefined, {}]]],
    [
      'Negotiate, NTLM, Basic realm="corp"',
      [
        ['negotiate', undefined, {}],
        ['ntlm', undefined, {}],
        ['basic', undefined, { realm: 'corp' }],
      ],
    ],
    ['NTLM TlRMTVNTUAACAAAA==', [['ntlm', 'TlRMTVNTUAACAAAA==', {}]]],
    [
      'Digest realm="a, b", qop="auth,auth-int", nonce=x',
      [['digest', undefined, { realm: 'a, b', qop: 'auth,auth-int', nonce: 'x' }]],
    ],
    [
      'Basic realm="say \\"hi\\"", charset="UTF-8", Digest realm=r , nonce = "n"',
      [
        ['basic', undefined, { realm: 'say "hi"', charset: 'UTF-8' }],
        ['digest', undefined, { realm: 'r', nonce: 'n' }],
      ],
    ],
    ['', []],
    ['===', []],
  ] as const)('%s', (line, expected) => {
    const found = parseChallenges([line])

    expect(found.map(({ scheme, token, parameters }) => [scheme, token, Object.fromEntries(parameters)])).toEqual(
      expected,
    )
  })

  test('reading any text ends, with at most sixteen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'B', '=', '"', ',', ' ', '\\', '/'), maxLength: 60 })),
        (lines) => parseChallenges(lines).length <= 16,
      ),
    )
  })
})

describe('Digest agrees with RFC 7616 3.9.1', () => {
  const credentials = { user: 'Mufasa', password: 'Circle of Life' }
  const offer = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
  const answer = (algorithm: string) => {
    const [challenge] = parseChallenges([offer(algorithm)])
    if (challenge === undefined) throw new Error('it is one')
    const clientNonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    return digestAuthorization({ challenge, credentials, method: 'GET', uri: '/dir/index.html', clientNonce, count: 1 })
  }

  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('%s', (algorithm, response) => {
    expect(answer(algorithm)).toContain(`response="${response}"`)
    expect(answer(algorithm)).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"')
  })

  test('the session form hashes the nonces into the key', () => {
    const h = (text: string) => createHash('sha256').update(text).digest('hex')
    const nonces = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    const key = h(`${h('Mufasa:http-auth@example.org:Circle of Life')}:${nonces}`)
    const [nonce, clientNonce] = nonces.split(':')

    const expected = h(`${key}:${nonce}:00000001:${clientNonce}:auth:${h('GET:/dir/index.html')}`)

    expect(answer('SHA-256-sess')).toContain(`response="${expected}"`)
  })

  const context = { credentials, proxyHost: 'p', target: 'relay:443', isEncrypted: false, now: new Date() }
  const offered = (...lines: string[]) => parseChallenges(lines)

  test('the strongest algorithm that is offered is taken', async () => {
    const login = await digestScheme().begin(context)

    const response = await login.respond(offered(offer('MD5'), offer('SHA-256'), offer('SHA-9000')))

    expect(response).toMatchObject({ authorization: expect.stringContaining('algorithm=SHA-256,') as string })
  })

  test('a stale nonce is no wrong password, once', async () => {
    const login = await digestScheme().begin(context)
    const stale = (nonce: string) => offered(`Digest realm="r", qop="auth", nonce="${nonce}", stale=true`)

    const kinds = [
      await login.respond(offered('Digest realm="r", qop="auth", nonce="1"')),
      await login.respond(stale('2')),
      await login.respond(stale('3')),
    ]

    expect(kinds.map(({ kind }) => kind)).toEqual(['send', 'send', 'refused'])
  })

  test.each([
    ['Digest realm="r", nonce="n"'],
    ['Digest realm="r", nonce="n", qop="auth-int"'],
    ['Digest realm="r", nonce="n", qop="auth", algorithm=SHA-9000'],
  ])('%s is not answered', async (line) => {
    expect(await digestScheme().obstacle(context, offered(line))).toContain('nobody should use')
  })
})

describe('an answer', () => {
  test('is an HTTP/1 answer or nothing', () => {
    expect(
      parseHead(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\nproxy-authenticate: Basic realm=x',
      )?.all('proxy-authenticate'),
    ).toEqual(['NTLM', 'Basic realm=x'])
    for (const text of ['HTTP/2 200 OK', 'HTTP/1.1 99', 'ICY 200 OK', '220 mail.example ESMTP', ''])
      expect(parseHead(text)).toBeUndefined()
  })

  test.each([
    ['HTTP/1.1 407 x', true],
    ['HTTP/1.1 407 x\r\nConnection: close', false],
    ['HTTP/1.1 407 x\r\nProxy-Connection: Close', false],
    ['HTTP/1.0 407 x', false],
    ['HTTP/1.0 407 x\r\nProxy-Connection: Keep-Alive', true],
  ])('%j keeps the connection: %s', (text, isPersistent) => {
    expect(parseHead(text)?.isPersistent).toBe(isPersistent)
  })

  test('is told from something else at its first wrong byte', () => {
    expect(startsLikeHttp(Buffer.from('HTT'))).toBe(true)
    expect(startsLikeHttp(Buffer.from('HTTP/1.1 200'))).toBe(true)
    expect(startsLikeHttp(Buffer.from([0x15, 3, 1]))).toBe(false)
  })

  test.each([
    ['Content-Length: 4', 'body', 'none'],
    ['Content-Length: 4', 'bo', 'some'],
    ['Content-Length: 4', 'body more', 'unknown'],
    ['Content-Length: 999999999', '', 'unknown'],
    ['Transfer-Encoding: chunked', '4\r\nbody\r\n0\r\n\r\n', 'none'],
    ['Transfer-Encoding: chunked', '4\r\nbody\r\n0\r\nTrailer: x\r\n\r\n', 'none'],
    ['Transfer-Encoding: chunked', '4\r\nbo', 'some'],
    ['Transfer-Encoding: chunked', '4\r\nbody\r\n0', 'some'],
    ['Transfer-Encoding: chunked', 'x\r\n', 'unknown'],
    ['Transfer-Encoding: chunked', '4\r\nbodybody', 'unknown'],
    ['X: y', '', 'unknown'],
  ] as const)('of %s and %j is behind us: %s', (header, body, rest) => {
    const head = parseHead(`HTTP/1.1 407 x\r\n${header}`)

    expect(head === undefined ? undefined : restOfBody(head, Buffer.from(body))).toBe(rest)
  })
})

describe('the bypass list', () => {
  const bypass = parseBypass(
    'relay.internal, .corp.test *.dmz.test,10.0.0.0/8, [::1]:8443, other.test:444, 192.0.2.7',
    'proxyBypass',
  )

  test.each([
    ['relay.internal', 443, 'relay.internal'],
    ['a.relay.internal', 443, 'relay.internal'],
    ['RELAY.internal.', 443, 'relay.internal'],
    ['xrelay.internal', 443, undefined],
    ['host.corp.test', 443, '.corp.test'],
    ['host.dmz.test', 443, '*.dmz.test'],
    ['10.1.2.3', 443, '10.0.0.0/8'],
    ['11.1.2.3', 443, undefined],
    ['192.0.2.7', 443, '192.0.2.7'],
    ['::1', 8443, '[::1]:8443'],
    ['::1', 443, undefined],
    ['other.test', 444, 'other.test:444'],
    ['other.test', 443, undefined],
    ['relay.example', 443, undefined],
  ])('%s port %i is on it as %s', (host, port, entry) => {
    expect(bypass({ host, port })).toBe(entry)
  })

  test('with a star lets everything past, and a broken entry is refused', () => {
    expect(parseBypass('*', 'NO_PROXY')({ host: 'relay.example', port: 443 })).toBe('*')
    for (const list of ['10.0.0.0/99', 'a*b', 'http://x', '10.0.0/8'])
      expect(() => parseBypass(list, 'proxyBypass')).toThrow(refusedFor('not a host, suffix or range'))
  })
})

describe('the address of a proxy', () => {
  test.each([
    ['http://proxy.example:3128', false, 'proxy.example', 3128],
    ['https://proxy.example', true, 'proxy.example', 443],
    ['http://[::1]:3128', false, '::1', 3128],
  ])('%s', (text, isTls, host, port) => {
    expect(parseProxyUrl(text, 'proxyUrl')).toMatchObject({ isTls, host, port })
  })

  test('with a login, or of another kind, is refused and not repeated', () => {
    for (const text of ['http://user:secret@proxy.example:3128', 'socks5://proxy.example', 'proxy.example:3128']) {
      try {
        parseProxyUrl(text, 'proxyUrl')
        expect.unreachable()
      } catch (error) {
        expect(error).toMatchObject({ code: 'DIAL_PROXY_SETTINGS' })
        expect(JSON.stringify(error)).not.toContain('secret')
      }
    }
  })
})

describe('the login', () => {
  const file = join(folder, 'credentials')
  const write = (text: string, mode = 0o600) => {
    writeFileSync(file, text)
    chmodSync(file, mode)
  }
  const reading = (clock = new FakeClock()) => new ProxyCredentials({ file, restMs: 900_000, clock })

  test('comes from two lines, read anew each time', () => {
    const credentials = reading()
    write('CORP\\svc\nfirst\n')
    const before = credentials.read()
    write('CORP\\svc\r\nsecond')

    expect([before, credentials.read()]).toEqual([
      { user: 'CORP\\svc', password: 'first' },
      { user: 'CORP\\svc', password: 'second' },
    ])
  })

  test.each([
    ['readable by others', 'a\nb', 0o644, 'FILE_NOT_PRIVATE'],
    ['one line', 'a', 0o600, 'not two lines'],
    ['three lines', 'a\nb\nsecret', 0o600, 'more than two lines'],
    ['a control character', 'a\nse\u0007cret', 0o600, 'control characters'],
  ])('from a file with %s is refused, and not repeated', (_, text, mode, reason) => {
    write(text, mode)
    try {
      reading().read()
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'DIAL_PROXY_CREDENTIALS_FILE', details: { reason } })
      expect(JSON.stringify(error)).not.toContain('secret')
    }
  })

  test('rests once it was refused, until its file says another or the time is over', async () => {
    const clock = new FakeClock()
    const credentials = reading(clock)
    write('svc\nwrong')
    const refused = credentials.refused({ user: 'svc', password: 'wrong' }, 'proxy:3128', 'ntlm')
    const rests = () =>
      expect(() => credentials.read()).toThrow(expect.objectContaining({ code: 'DIAL_PROXY_LOGIN_REFUSED' }) as Error)

    expect(refused.details).toEqual({ proxy: 'proxy:3128', scheme: 'ntlm', credentialsFile: file, nextTryInS: 900 })
    rests()
    await clock.advance(899_000)
    rests()
    write('svc\nright')
    expect(credentials.read()).toMatchObject({ password: 'right' })
    write('svc\nwrong')
    credentials.refused({ user: 'svc', password: 'wrong' }, 'proxy:3128', 'ntlm')
    await clock.advance(900_001)
    expect(credentials.read()).toMatchObject({ password: 'wrong' })
  })
})

describe('a PAC file', () => {
  const target = { host: 'relay.example', port: 443 }
  const run = (body: string) => askPac(`function FindProxyForURL(url, host) { ${body} }`, target)

  test('sees the page without its path, and the usual functions', async () => {
    expect(await run('return url + " " + host')).toBe('https://relay.example/ relay.example')
    expect(
      await run('return shExpMatch(host, "*.example") && dnsDomainIs(host, ".example") ? "PROXY a:1" : "DIRECT"'),
    ).toBe('PROXY a:1')
    expect(
      await run(
        'return isInNet("10.1.2.3", "10.0.0.0", "255.0.0.0") && !isInNet("11.1.2.3", "10.0.0.0", "255.0.0.0") ? "in" : "out"',
      ),
    ).toBe('in')
    expect(await run('return isPlainHostName("intranet") ? "plain" : "not"')).toBe('plain')
  })

  test('asks no name server, whatever it tries', async () => {
    expect(
      await run(
        'return [dnsResolve(host), isResolvable(host), isInNet(host, "0.0.0.0", "0.0.0.0"), isResolvable("localhost")].join(" ")',
      ),
    ).toBe(' false false false')
    expect(await run('return /^[0-9.]+$/.test(myIpAddress()) ? "an address" : "none"')).toBe('an address')
  })

  test.each([
    ['runs for ever', 'for (;;) {}', /ran for more than/],
    ['takes all memory', 'var a = []; for (;;) a.push("x".repeat(500000) + a.length)', /memory|ran for more than/],
    ['takes large memory', 'var a = []; for (;;) a.push(new Uint8Array(4000000))', /memory|ran for more than/],
    ['takes small memory', 'var a = []; for (;;) a.push({ n: a.length })', /memory|ran for more than/],
    ['takes long steps', 'for (;;) "x".repeat(8000000)', /ran for more than/],
    ['throws', 'throw new Error("no idea")', /no idea/],
    ['answers something else', 'return { toString: 1 }', /not a short text/],
    ['promises and does not keep it', 'return new Promise(function () {})', /gives no answer|ran for more than/],
    ['looks for this process', 'return process.version', /not defined/],
    ['looks for a way out', 'return require("fs")', /not defined/],
  ])(
    'that %s is refused by name',
    async (_, body, reason) => {
      await expect(run(body)).rejects.toMatchObject({
        code: 'DIAL_PROXY_PAC_FAILED',
        details: { reason: expect.stringMatching(reason) as string },
      })
    },
    30_000,
  )

  test.each(['', 'function (', 'var x = 1', `${'('.repeat(20_000)}`])(
    'that is none (%#) is refused by name',
    async (script) => {
      await expect(askPac(script, target)).rejects.toMatchObject({ code: 'DIAL_PROXY_PAC_FAILED' })
    },
  )

  test('remembers nothing from one question to the next', async () => {
    const script = 'var n = 0; function FindProxyForURL() { n++; return "PROXY p:" + n }'

    expect([await askPac(script, target), await askPac(script, target)]).toEqual(['PROXY p:1', 'PROXY p:1'])
  })

  test.each([
    ['PROXY a.test:3128; HTTPS b.test ; DIRECT', ['a.test:3128', 'b.test:443 TLS', 'direct']],
    ['proxy a', ['a:80']],
    ['SOCKS5 s:1080; PROXY [::1]:8', ['[::1]:8']],
    ['PROXY a:99999; PROXY ; nonsense; PROXY a b', []],
    ['', []],
  ])('that answers %j', (answer, expected) => {
    const shown = parsePacAnswer(answer).map((way) =>
      way.kind === 'direct' ? 'direct' : `${way.proxy.shown}${way.proxy.isTls ? ' TLS' : ''}`,
    )

    expect(shown).toEqual(expected)
  })
})

describe('a pattern of a PAC file', () => {
  test('matches as the same regular expression does', () => {
    const anyText = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 })
    const anyPattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 })
    fc.assert(
      fc.property(anyText, anyPattern, (text, pattern) => {
        const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect(globMatches(text, pattern)).toBe(new RegExp(`^${expression}$`).test(text))
      }),
    )
  })

  test('that would take a regular expression for ever takes no time', () => {
    const before = performance.now()

    expect(globMatches('a'.repeat(5000), `${'*a'.repeat(60)}b`)).toBe(false)
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
