/**
 * A device from its enrollment to the network: console, nac, relay and connector as the processes of a first start,
 * a real FreeRADIUS and real EAP-TLS; then relay, connector and at last the console are stopped.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ask, ConsoleInTest } from '../../apps/console/src/testing/console-in-test.ts'
import { DeviceAgent } from '../../apps/console/src/testing/device-agent.ts'
import { discard, freePortBase, isAlive, startSystem, temporaryHome, until, type System } from '../../e2e/system.ts'
import { makeDeviceCertificates, type DeviceCertificates } from './certificates.ts'
import { startRadius, type Radius } from './radius-server.ts'
import { joinNetwork } from './supplicant.ts'

const missing =
  missingProgram('freeradius', 'Debian package freeradius') ??
  missingProgram('eapol_test', 'Debian package eapoltest') ??
  missingProgram('radclient', 'Debian package freeradius-utils')
if (missing !== undefined) console.log(`skipped: the whole system with FreeRADIUS, ${missing}`)

const good = '02:00:00:00:0A:01'
const bad = '02:00:00:00:0A:02'
const unknown = '02:00:00:00:0A:99'

describe.skipIf(missing !== undefined)('the whole system, asked by FreeRADIUS', { timeout: 120_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'sallygate-radius-'))
  const systemHome = temporaryHome()
  const frozen: number[] = []
  let system: System
  let radius: Radius
  let certificates: DeviceCertificates
  let badAgent: DeviceAgent

  const call = async <T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await system.api<T>(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  beforeAll(async () => {
    system = await startSystem({ home: systemHome, portBase: await freePortBase() })
    const { groupId: group, pids } = system.ready
    expect(Object.keys(pids)).toEqual(expect.arrayContaining(['console', 'nac', 'relay', 'connector']))
    const policy = { name: 'Encrypted', rules: [{ kind: 'isTrue', fact: 'diskEncrypted' }] }
    await call('POST', `/api/groups/${group}/policies`, policy)
    await enroll(group, good, true)
    badAgent = await enroll(group, bad, false)
    const { secret } = await call<{ secret: string }>('POST', '/api/nac/accounts', { user: 'radius', group })
    const { authority } = await call<{ authority: { pem: string } }>('GET', '/api/nac/certificate')
    certificates = makeDeviceCertificates(home, badAgent.device)
    const url = system.ready.nacUrl.replace('127.0.0.1', 'localhost')
    radius = await startRadius({
      home,
      certificates,
      nac: { url, ca: authority.pem, user: 'radius', password: secret },
    })
    console.log(`FreeRADIUS ${radius.version}, nac at ${url}`)
  }, 180_000)
  afterAll(async () => {
    for (const pid of frozen) if (isAlive(pid)) process.kill(pid, 'SIGCONT')
    await radius?.stop()
    await discard(system, systemHome)
    rmSync(home, { recursive: true, force: true })
  }, 60_000)

  /** As our own agent does, with signatures of a key of its own; what it says of its disk is what is tried here. */
  async function enroll(group: string, mac: string, diskEncrypted: boolean): Promise<DeviceAgent> {
    const ask = (method: string, path: string, { body }: Ask = {}) => system.api(method, path, body)
    const agent = new DeviceAgent({ ask } as unknown as ConsoleInTest)
    const said = {
      identifiers: { serial: `SN-${mac}`, macs: [mac] },
      facts: { diskEncrypted: { value: diskEncrypted } },
    }
    expect(await agent.enroll(group, said)).toMatchObject({ status: 201 })
    return agent
  }

  const joins = (mac: string, certificate = certificates.device) =>
    joinNetwork({ home, port: radius.port, mac, authority: certificates.authority, certificate })

  const freeze = (...parts: readonly string[]) => {
    for (const part of parts) {
      const pid = system.ready.pids[part] ?? 0
      process.kill(pid, 'SIGSTOP')
      frozen.push(pid)
    }
  }

  async function answersAreRight(): Promise<void> {
    const accepted = await joins(good)
    expect(accepted, `${accepted.output}\n${radius.log()}`).toMatchObject({ isAccepted: true, vlan: '42' })
    expect(await joins(bad)).toMatchObject({ isAccepted: false, says: expect.stringContaining('Encrypted') })
    expect(await joins(unknown)).toMatchObject({ isAccepted: false, says: 'This device is not enrolled' })
  }

  test('what devices told the console decides: accepted, rejected with the rule, and unknown', async () => {
    await until(async () => (await joins(good)).isAccepted, 60_000, 'nac knows the device')

    await answersAreRight()
  })

  test('a certificate of another authority is rejected', async () => {
    expect((await joins(good, certificates.stranger)).isAccepted).toBe(false)
  })

  test('with relay and connector stopped the answers are still right, and follow what changes', async () => {
    freeze('relay', 'connector')

    await answersAreRight()

    const told = { facts: { diskEncrypted: { value: true } } }
    expect(await badAgent.checkIn({ identifiers: { macs: [bad] }, ...told })).toMatchObject({ status: 200 })
    await until(async () => (await joins(bad)).isAccepted, 60_000, 'nac hears that the disk is encrypted now')
    await badAgent.checkIn({ identifiers: { macs: [bad] }, facts: { diskEncrypted: { value: false } } })
    await until(async () => !(await joins(bad)).isAccepted, 60_000, 'nac hears that it is not any more')
    await answersAreRight()
  })

  test('with the console stopped as well they stay as they were', async () => {
    freeze('console')

    await answersAreRight()
  })
})
