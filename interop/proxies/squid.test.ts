/**
 * Squid: no login, Basic, Digest, NTLM as its own test helper speaks it, TLS inspection.
 */
import { createHash } from 'node:crypto'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../directory/peer-process.ts'
import { closedPort, onlyWithLogin, startSquid, type Squid, type SquidOptions } from './squid.ts'
import { WholeGate } from './whole-gate.ts'

const missing =
  missingProgram('squid', 'Debian package squid-openssl') ?? missingProgram('htpasswd', 'Debian package apache2-utils')
if (missing !== undefined) console.log(`skipped: interop with squid, ${missing}`)

describe.skipIf(missing !== undefined)('squid', () => {
  let whole: WholeGate
  const running: Squid[] = []
  beforeAll(async () => void (whole = await WholeGate.open()), 30_000)
  afterEach(async () => {
    for (const squid of running.splice(0)) await squid.stop()
  })
  afterAll(() => whole.close())

  async function runSquid(options: SquidOptions = {}) {
    const one = await startSquid(options)
    running.push(one)
    console.log(`squid ${one.version}`)
    return { ...one, proxyUrl: `http://127.0.0.1:${one.port}` }
  }

  test('without a login carries a look-up; an unknown name, a closed port and a forbidden port are told apart', async () => {
    const { proxyUrl, port, log } = await runSquid()

    const { found, wayOut } = await whole.lookUp({ proxyUrl })

    expect(found).toContain('Ada')
    expect(wayOut).toBe(`through the proxy 127.0.0.1:${port}, without a login`)
    expect(log().some((line) => line.includes(`CONNECT localhost:${whole.relayPort}`))).toBe(true)
    expect(await whole.failure({ proxyUrl }, 'wss://relay.office.invalid/awcm')).toMatchObject({
      code: 'DIAL_PROXY_CANNOT_REACH',
      details: { target: 'relay.office.invalid:443' },
    })
    expect(await whole.failure({ proxyUrl }, 'wss://127.0.0.1:1/awcm')).toMatchObject({
      code: 'DIAL_PROXY_CANNOT_REACH',
    })
    expect(await whole.failure({ proxyUrl }, `wss://127.0.0.1:${closedPort}/awcm`)).toMatchObject({
      code: 'DIAL_PROXY_FORBIDDEN',
      details: { httpStatus: 403 },
    })
  }, 30_000)

  test('with Basic: nothing without leave to send it in the clear, a look-up with it, a wrong password once', async () => {
    const passwords = runProgram('htpasswd', ['-nbm', 'svc', 'p@ss:word'])
    const { proxyUrl, log } = await runSquid({
      files: { passwords },
      access: [
        'auth_param basic program /usr/lib/squid/basic_ncsa_auth HOME/passwords',
        'auth_param basic realm office',
        'auth_param basic children 1',
        ...onlyWithLogin,
      ],
    })
    const values = { proxyUrl, proxyAllowPlainBasic: true }

    const { found, wayOut } = await whole.lookUp({ ...values, ...whole.login('svc', 'p@ss:word') })

    expect(found).toContain('Ada')
    expect(wayOut).toContain('with a basic login')
    expect(log().some((line) => line.includes(' svc '))).toBe(true)
    expect(await whole.failure({ proxyUrl, ...whole.login('svc', 'p@ss:word') })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_IMPOSSIBLE',
    })
    expect(await whole.failure({ ...values, ...whole.login('svc', 'wrong') })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_REFUSED',
    })
    expect(await whole.failure({ proxyUrl })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_NEEDED',
      details: { offered: 'basic' },
    })
  }, 30_000)

  test('with Digest: a look-up, and a wrong password once', async () => {
    const secret = createHash('md5').update('svc:office proxy:p@ss').digest('hex')
    const { proxyUrl } = await runSquid({
      files: { passwords: `svc:office proxy:${secret}\n` },
      access: [
        'auth_param digest program /usr/lib/squid/digest_file_auth -c HOME/passwords',
        'auth_param digest realm office proxy',
        'auth_param digest children 1',
        ...onlyWithLogin,
      ],
    })

    const { found, wayOut } = await whole.lookUp({ proxyUrl, ...whole.login('svc', 'p@ss') })

    expect(found).toContain('Ada')
    expect(wayOut).toContain('with a digest login')
    expect(await whole.failure({ proxyUrl, ...whole.login('svc', 'wrong') })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_REFUSED',
      details: { scheme: 'digest' },
    })
  }, 30_000)

  test('that inspects TLS: a look-up with its authority, and a clear word without', async () => {
    const { proxyUrl, authority } = await runSquid({
      inspects: { serverAuthority: whole.relayAuthority, passesWebSockets: true },
    })

    const { found } = await whole.lookUp({ proxyUrl, inspectionCaFile: whole.file('inspection.pem', authority) })

    expect(found).toContain('Ada')
    expect(await whole.failure({ proxyUrl })).toMatchObject({
      code: 'DIAL_TLS_UNTRUSTED',
      fix: expect.stringContaining('inspects TLS') as string,
    })
  }, 30_000)

  test('that inspects TLS and takes WebSockets out, as squid does unless told: the look-up goes by plain requests', async () => {
    const inspects = { serverAuthority: whole.relayAuthority, passesWebSockets: false }
    const { proxyUrl, authority, log } = await runSquid({ inspects })

    const { found } = await whole.lookUp({ proxyUrl, inspectionCaFile: whole.file('inspection.pem', authority) })

    expect(found).toContain('Ada')
    expect(log().some((line) => /POST https:\/\/localhost:\d+\/awcm/.test(line))).toBe(true)
  }, 30_000)
})
