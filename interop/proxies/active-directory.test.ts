/**
 * Squid joined to a Samba domain: NTLM as Windows networks have it, and cntlm in between.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadKerberos } from '@sallygate/dial'
import { findProgram, missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, runProgram, startPeer } from '../directory/peer-process.ts'
import { domain, missingForDomain, realm, startDomainController, type DomainController } from './domain-controller.ts'
import { onlyWithLogin, startSquid, type Squid } from './squid.ts'
import { WholeGate } from './whole-gate.ts'

const missing = missingForDomain() ?? missingProgram('squid', 'Debian package squid-openssl')
if (missing !== undefined) console.log(`skipped: interop with squid in a Windows domain, ${missing}`)
const missingCntlm = missingProgram('cntlm', 'Debian package cntlm')
const missingKerberos =
  (await loadKerberos()) === undefined ? 'the optional native module kerberos is not installed' : undefined
// It is compiled for a machine and no dependency, so no run of ours has it by itself; where it is, this is tried.
if (missingKerberos !== undefined) console.log(`not tried: Kerberos at a proxy, ${missingKerberos}`)
if (missingCntlm !== undefined) console.log(`skipped: interop with cntlm, ${missingCntlm}`)

const service = 'HTTP/localhost'
const password = 'Us3r!of-the-test'

describe.skipIf(missing !== undefined)('squid in a Windows domain', () => {
  let whole: WholeGate
  let controller: DomainController
  let squid: Squid
  let proxyUrl: string
  beforeAll(async () => {
    whole = await WholeGate.open()
    controller = await startDomainController()
    for (const name of ['ada', 'grace']) controller.addUser(name, password)
    const keyTable = controller.keyTable(service)
    const helper = `/usr/bin/ntlm_auth --configfile=${controller.configuration}`
    squid = await startSquid({
      under: controller.under,
      env: controller.environment,
      access: [
        `auth_param negotiate program /usr/lib/squid/negotiate_kerberos_auth -k ${keyTable} -s ${service}@${realm}`,
        'auth_param negotiate children 1',
        `auth_param ntlm program ${helper} --helper-protocol=squid-2.5-ntlmssp`,
        'auth_param ntlm children 2',
        `auth_param basic program ${helper} --helper-protocol=squid-2.5-basic`,
        'auth_param basic children 1',
        'auth_param basic realm office',
        ...onlyWithLogin,
      ],
    })
    proxyUrl = `http://127.0.0.1:${squid.port}`
    console.log(`squid ${squid.version}, Samba ${controller.version}`)
  }, 120_000)
  afterAll(async () => {
    await squid.stop()
    await controller.stop()
    await whole.close()
  })

  test.each([`${domain}\\ada`, 'ada@corp.test', 'ada'])(
    'takes %s with NTLM, and a look-up crosses',
    async (user) => {
      const { found, wayOut } = await whole.lookUp({ proxyUrl, ...whole.login(user, password) })

      expect(found).toContain('Ada')
      expect(wayOut).toContain('with a ntlm login')
      expect(squid.log().at(-1)).toMatch(/ada/i)
    },
    30_000,
  )

  test('a wrong password is one attempt in the directory, and not a second one with Basic', async () => {
    const values = { proxyUrl, proxyAllowPlainBasic: true, ...whole.login(`${domain}\\grace`, 'wrong') }
    const before = controller.badPasswords('grace')

    expect(await whole.failure(values)).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_REFUSED',
      details: { scheme: 'ntlm', nextTryInS: 900 },
    })
    expect(controller.badPasswords('grace') - before).toBe(1)
  }, 30_000)

  test('without a login it says what squid offers', async () => {
    expect(await whole.failure({ proxyUrl })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_NEEDED',
      details: { offered: 'negotiate, ntlm, basic' },
    })
  })

  const ticketHolders = () => {
    /** The module asks the C library, which knows the environment of a process and not that of a thread. */
    const ticket = () => ({ ...controller.environment, KRB5CCNAME: join(controller.home, 'ticket') })

    test('Kerberos comes before everything else, and a look-up crosses', async () => {
      const { KRB5CCNAME } = ticket()
      runProgram(
        'env',
        [`KRB5_CONFIG=${controller.environment['KRB5_CONFIG']}`, 'kinit', '-c', KRB5CCNAME, `ada@${realm}`],
        `${password}\n`,
      )

      const { found, wayOut } = await whole.lookUpAsProcess({ proxyUrl: `http://localhost:${squid.port}` }, ticket())

      expect(found).toContain('Ada')
      expect(wayOut).toContain('with a negotiate login')
      expect(squid.log().at(-1)).toContain(`ada@${realm}`)
    }, 60_000)

    test('without one it says so, and offers nothing weaker by itself', async () => {
      const without = { ...ticket(), KRB5CCNAME: join(controller.home, 'no-ticket') }
      const said = await whole.enrollAsProcess(
        { proxyUrl: `http://localhost:${squid.port}`, proxySchemes: 'negotiate' },
        without,
      )

      expect(said.code).not.toBe(0)
      expect(said.text).toContain('DIAL_PROXY_LOGIN_IMPOSSIBLE')
    }, 60_000)
  }
  if (missingKerberos === undefined) describe('with a ticket', ticketHolders)

  test.skipIf(missingCntlm !== undefined)(
    'through cntlm, which logs in for us',
    async () => {
      const home = mkdtempSync('/tmp/cntlm-')
      const port = await freePort()
      console.log(`cntlm ${spawnSync('dpkg-query', ['-W', '-f', '${Version}', 'cntlm'], { encoding: 'utf8' }).stdout}`)
      const lines = [
        'Username ada',
        `Domain ${domain}`,
        `Password ${password}`,
        'Auth NTLMv2',
        'Workstation GATE',
        `Proxy 127.0.0.1:${squid.port}`,
        `Listen 127.0.0.1:${port}`,
        '',
      ]
      writeFileSync(join(home, 'conf'), lines.join('\n'), { mode: 0o600 })
      const peer = await startPeer({
        program: findProgram('cntlm') ?? '',
        args: ['-f', '-c', join(home, 'conf'), '-P', join(home, 'pid')],
        logFile: join(home, 'log'),
        readyPorts: [{ host: '127.0.0.1', port }],
      })
      try {
        const { found, wayOut } = await whole.lookUp({ proxyUrl: `http://127.0.0.1:${port}` })

        expect(found).toContain('Ada')
        expect(wayOut).toBe(`through the proxy 127.0.0.1:${port}, without a login`)
      } finally {
        await peer.stop()
        rmSync(home, { recursive: true, force: true })
      }
    },
    30_000,
  )
})
