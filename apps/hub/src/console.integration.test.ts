/**
 * The hub against a real console: enrolled, reporting, obeying, refused.
 *
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../../console/src/testing/console-in-test.ts'
import { ConsoleWire } from './console-wire.ts'
import { enrollHub, unenrollHub } from './enroll.ts'
import { HubHome } from './home.ts'
import { Hub, type HubStatus } from './hub.ts'
import { readIdentity } from './identity.ts'
import { Linux } from './linux/linux.ts'
import { recordedFiles, recordedPrograms } from './testing/recorded.ts'

let it: ConsoleInTest
let group = ''
let home = ''
let tests = 0
beforeAll(async () => {
  it = await consoleInTest()
})
beforeEach(async () => {
  group = `Acme${++tests}`
  home = mkdtempSync(join(tmpdir(), 'sallygate-hub-'))
  await call('POST', '/api/groups', { name: group })
  await it.clock.advance(60_000)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))
afterAll(() => it.stop())

async function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await it.ask(method, path, { key: rootKey, ...(body === undefined ? {} : { body }) })
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`)
  return answer.body as T
}

async function code(): Promise<Secret> {
  return new Secret(String((await call('POST', `/api/groups/${group}/device-enrollment-codes`, {}))['code']))
}

const enroll = async (secret?: Secret) =>
  enrollHub({ home, consoleUrl: it.origin, code: secret ?? (await code()), clock: systemClock })

/** A hub of a laptop with a disk that is encrypted, at the home that was enrolled. */
function hubOf() {
  const hubHome = new HubHome(home)
  const enrollment = hubHome.enrollment()
  const programs = recordedPrograms({
    wall: '',
    loginctl: '',
    lsblk: JSON.stringify({ blockdevices: [{ type: 'disk', children: [{ type: 'crypt', mountpoints: ['/'] }] }] }),
  })
  const files = recordedFiles({
    '/sys/class/net/eth0/type': '1',
    '/sys/class/net/eth0/address': `00:10:5a:00:03:0${tests}`,
    '/sys/class/dmi/id/product_serial': `5CD1234HU${tests}`,
  })
  const wire = new ConsoleWire({
    consoleUrl: enrollment.consoleUrl,
    identity: readIdentity(hubHome.of('hub.key')),
    clock: systemClock,
  })
  const hub = new Hub({
    home: hubHome,
    console: wire,
    platform: new Linux(files, programs),
    programs,
    clock: systemClock,
    log: silentLog,
  })
  return { hub, hubHome, programs, status: () => hubHome.readStatus<HubStatus>(), device: enrollment.device }
}

interface Shown {
  readonly state: string
  readonly identifiers: { readonly serial?: string }
  readonly macs: readonly { readonly mac: string }[]
  readonly facts: Readonly<
    Record<string, { readonly value?: unknown; readonly isUnknown: boolean; readonly source: string }>
  >
}
const show = (device: string) => call<Shown>('GET', `/api/devices/${device}`)
interface Command {
  readonly id: string
  readonly state: string
  readonly result?: string
}
const order = (device: string, body: object) => call('POST', `/api/devices/${device}/commands`, body)
const commands = async (device: string) =>
  (await call<{ commands: readonly Command[] }>('GET', `/api/devices/${device}/commands`)).commands

describe('an enrolled hub', () => {
  test('tells what it observes, and what it cannot tell is unknown in the inventory', async () => {
    await enroll()
    const { hub, device, status } = hubOf()

    await hub.checkIn()
    await hub.stop()

    const shown = await show(device)
    expect(status()).toMatchObject({ state: 'up', failuresInARow: 0 })
    expect(shown).toMatchObject({ state: 'enrolled', identifiers: { serial: `5CD1234HU${tests}` } })
    expect(shown.macs.map(({ mac }) => mac)).toContain(`00:10:5A:00:03:0${tests}`)
    expect(shown.facts['diskEncrypted']).toMatchObject({ value: true, source: 'hub' })
    expect(shown.facts['jailBroken']).toMatchObject({ isUnknown: true })
  })

  test('carries out a lock and a message, and the console knows', async () => {
    await enroll()
    const { hub, device, programs } = hubOf()
    await order(device, { kind: 'lock' })
    await order(device, { kind: 'message', text: { title: 'IT', body: 'Please update' } })

    await hub.checkIn()
    await hub.checkIn()
    await hub.stop()

    expect((await commands(device)).map(({ state }) => state)).toEqual(['done', 'done'])
    expect(programs.inputs.join()).toContain('Please update')
  })

  test('is gone after an enterprise wipe, on both ends', async () => {
    await enroll()
    const { hub, device } = hubOf()
    await order(device, { kind: 'enterpriseWipe', note: 'lost' })

    await hub.checkIn()
    await hub.checkIn()
    await hub.stop()

    expect(readdirSync(home)).toEqual([])
    expect((await show(device)).state).toBe('wiped')
  }, 60_000)

  test('goes on above a number that the console has heard', async () => {
    await enroll()
    const first = hubOf()
    first.hubHome.writeProgress({ ...first.hubHome.progress(), sequence: 9_000_000_000_000 })
    const ahead = hubOf()
    await ahead.hub.checkIn()
    await ahead.hub.stop()
    // As a restored disk would.
    ahead.hubHome.writeProgress({ ...ahead.hubHome.progress(), sequence: 5 })

    const restored = hubOf()
    await restored.hub.checkIn()
    expect(restored.status()).toMatchObject({ failure: { code: 'HUB_SEQUENCE_USED' } })
    await restored.hub.checkIn()
    await restored.hub.stop()

    expect(restored.status()).toMatchObject({ state: 'up' })
  }, 60_000)

  test('leaves by itself, and the console knows', async () => {
    const { device } = await enroll()

    await unenrollHub({ home, clock: systemClock, isForgetting: false })

    expect((await show(device)).state).toBe('unenrolled')
    expect(readdirSync(home)).toEqual([])
  })
})

describe('a hub that is refused', () => {
  test('for its code: it says so, and can try again with another', async () => {
    await expect(enroll(new Secret('SGD-WRONG'))).rejects.toMatchObject({ code: 'HUB_CODE_REFUSED' })
    const once = await code()
    await enroll(once)

    await expect(enroll(once)).rejects.toMatchObject({ code: 'HUB_ALREADY_ENROLLED' })
    rmSync(home, { recursive: true, force: true })
    await expect(enroll(once)).rejects.toMatchObject({ code: 'HUB_CODE_REFUSED' })
  }, 60_000)

  test('because it was un-enrolled: it says so, and forgets when it is told to', async () => {
    const { device } = await enroll()
    await call('POST', `/api/devices/${device}/unenroll`, { note: 'sold' })
    const { hub, status } = hubOf()

    await hub.checkIn()
    await hub.stop()

    expect(status()).toMatchObject({ state: 'refused', failure: { code: 'HUB_CREDENTIAL_REFUSED' } })
    await expect(unenrollHub({ home, clock: systemClock, isForgetting: false })).rejects.toMatchObject({
      code: 'HUB_CREDENTIAL_REFUSED',
    })
    expect(await unenrollHub({ home, clock: systemClock, isForgetting: true })).toEqual({ wasTold: false })
  })

  test('because its key is another’s', async () => {
    await enroll()
    const mine = new HubHome(home).of('hub.key')
    const other = mkdtempSync(join(tmpdir(), 'sallygate-hub-'))
    const { makeIdentity } = await import('./identity.ts')
    makeIdentity(join(other, 'hub.key'))
    rmSync(mine)
    const { readFileSync } = await import('node:fs')
    writeFileSync(mine, readFileSync(join(other, 'hub.key')), { mode: 0o600 })
    rmSync(other, { recursive: true, force: true })
    const { hub, status } = hubOf()

    await hub.checkIn()
    await hub.stop()

    expect(status()).toMatchObject({ state: 'refused' })
  })
})

test.each(['http://console.example', 'ftp://x', 'console.example', 'https://user:secret@console.example'])(
  '%s is no console',
  async (consoleUrl) => {
    await expect(enrollHub({ home, consoleUrl, code: new Secret('x'), clock: systemClock })).rejects.toMatchObject({
      code: 'HUB_BAD_CONSOLE',
    })
  },
)

test('a console that is not there is said to be away', async () => {
  await expect(
    enrollHub({ home, consoleUrl: 'http://127.0.0.1:9', code: new Secret('x'), clock: systemClock }),
  ).rejects.toMatchObject({
    code: 'HUB_CONSOLE_UNREACHABLE',
  })
})
