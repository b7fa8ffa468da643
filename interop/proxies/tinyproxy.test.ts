/**
 * tinyproxy: no login, Basic, and how it words its refusals.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, missingProgram } from '@sallygate/testkit/peers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freePort, startPeer, type PeerProcess } from '../directory/peer-process.ts'
import { WholeGate } from './whole-gate.ts'

const missing = missingProgram('tinyproxy', 'Debian package tinyproxy')
if (missing !== undefined) console.log(`skipped: interop with tinyproxy, ${missing}`)

describe.skipIf(missing !== undefined)('tinyproxy', () => {
  let whole: WholeGate
  let home: string
  let peer: PeerProcess
  beforeAll(async () => void (whole = await WholeGate.open()), 30_000)
  afterEach(async () => {
    await peer.stop()
    rmSync(home, { recursive: true, force: true })
  })
  afterAll(() => whole.close())

  async function tinyproxy(...more: readonly string[]): Promise<string> {
    const program = findProgram('tinyproxy') ?? ''
    console.log(spawnSync(program, ['-v'], { encoding: 'utf8' }).stdout.trim())
    home = mkdtempSync('/tmp/tinyproxy-')
    const port = await freePort()
    const lines = [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'Allow 127.0.0.1',
      'MaxClients 20',
      'Timeout 30',
      `PidFile "${home}/pid"`,
      `LogFile "${home}/log"`,
      `ConnectPort ${whole.relayPort}`,
      'ConnectPort 443',
      'ConnectPort 1',
      ...more,
      '',
    ]
    writeFileSync(join(home, 'conf'), lines.join('\n'))
    peer = await startPeer({
      program,
      args: ['-d', '-c', join(home, 'conf')],
      logFile: join(home, 'out'),
      readyPorts: [{ host: '127.0.0.1', port }],
    })
    return `http://127.0.0.1:${port}`
  }

  test('without a login carries a look-up; an unknown name, a closed port and a forbidden port have a name', async () => {
    const proxyUrl = await tinyproxy()

    const { found, wayOut } = await whole.lookUp({ proxyUrl })

    expect(found).toContain('Ada')
    expect(wayOut).toContain('without a login')
    expect(await whole.failure({ proxyUrl }, 'wss://relay.office.invalid/awcm')).toMatchObject({
      code: 'DIAL_PROXY_CANNOT_REACH',
    })
    expect(await whole.failure({ proxyUrl }, 'wss://127.0.0.1:1/awcm')).toMatchObject({
      code: 'DIAL_PROXY_CANNOT_REACH',
    })
    expect(await whole.failure({ proxyUrl }, 'wss://127.0.0.1:9/awcm')).toMatchObject({ code: 'DIAL_PROXY_FORBIDDEN' })
  }, 30_000)

  test('with Basic: a look-up, a wrong password once, and none at all', async () => {
    const proxyUrl = await tinyproxy('BasicAuth svc passw0rd')
    const values = { proxyUrl, proxyAllowPlainBasic: true }

    const { found, wayOut } = await whole.lookUp({ ...values, ...whole.login('svc', 'passw0rd') })

    expect(found).toContain('Ada')
    expect(wayOut).toContain('with a basic login')
    expect(await whole.failure({ ...values, ...whole.login('svc', 'wrong') })).toMatchObject({
      code: 'DIAL_PROXY_LOGIN_REFUSED',
    })
    expect(await whole.failure(values)).toMatchObject({ code: 'DIAL_PROXY_LOGIN_NEEDED' })
  }, 30_000)
})
