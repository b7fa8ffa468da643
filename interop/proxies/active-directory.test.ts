/**
 * Squid joined to a Samba domain: NTLM as Windows networks have it, and cntlm in between.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, startPeer } from '../directory/peer-process.ts'
import { domain, missingForDomain, startDomainController, type DomainController } from './domain-controller.ts'
import { onlyWithLogin, startSquid, type Squid } from './squid.ts'
import { WholeGate } from './whole-gate.ts'

const missing = missingForDomain() ?? missingProgram('squid', 'Debian package squid-openssl')
if (missing !== undefined) console.log(`skipped: interop with squid in a Windows domain, ${missing}`)
const missingCntlm = missingProgram('cntlm', 'Debian package cntlm')
if (missingCntlm !== undefined) console.log(`skipped: interop with cntlm, ${missingCntlm}`)

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
    const helper = `/usr/bin/ntlm_auth --configfile=${controller.configuration}`
    squid = await startSquid({
      under: controller.under,
      env: controller.environment,
      access: [
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
      details: { offered: 'ntlm, basic' },
    })
  })

  test.skipIf(missingCntlm !== undefined)(
    'through cntlm, which logs in for us',
    async () => {
      const home = mkdtempSync('/tmp/cntlm-')
      const port = await freePort()
      console.log(spawnSync(findProgram('cntlm') ?? '', ['-h'], { encoding: 'utf8' }).stderr.split('\n')[0])
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
