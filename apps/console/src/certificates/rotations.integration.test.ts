/**
 * Keys of a group that are replaced while calls go on, with a real relay and real connectors.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { enrollConnector } from '@sallygate/connector'
import { loadMasterKey, restoreBackup } from '@sallygate/store'
import { isUnder, parseCertificatePem } from '@sallygate/trust'
import { afterEach, describe, expect, test } from 'vitest'
import { Gate } from '../testing/gate.ts'

const gates: Gate[] = []
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close()
})

const note = 'a test'

async function open(): Promise<Gate> {
  const gate = await Gate.open()
  gates.push(gate)
  gate.connectorValues = { reportEvery: '300ms', drainWithin: '100ms' }
  return gate
}

const path = (gate: Gate, rest: string) => `/api/groups/${gate.group}/certificates/${rest}`
const regenerate = (gate: Gate, body: Record<string, unknown> = {}) =>
  gate.call('POST', path(gate, 'regenerate'), { note, graceMinutes: 0, ...body })
const rotation = async (gate: Gate) => (await gate.call('GET', path(gate, 'rotation'))).body.rotation
const last = async (gate: Gate) => (await gate.call('GET', path(gate, 'rotations'))).body.rotations.at(-1)
const isOver = (gate: Gate) => gate.until(async () => (await rotation(gate)) === undefined, 60_000)
const certificates = async (gate: Gate, kind: string, status: string) =>
  (await gate.call('GET', `/api/groups/${gate.group}/certificates`)).body.certificates.filter(
    (one: { kind: string; status: string }) => one.kind === kind && one.status === status,
  )

/** Calls without a pause until it is told to stop. */
function load(gate: Gate) {
  const codes: Record<string, number> = {}
  let isOn = true
  const caller = async () => {
    while (isOn) {
      // What is promised is that none fails, not how fast two busy cores are.
      const { status, body } = await gate.search({ deadlineMs: 25_000 })
      const code = status === 200 ? 'ok' : String(body.code)
      codes[code] = (codes[code] ?? 0) + 1
    }
  }
  const callers = Promise.all([caller(), caller()])
  return {
    codes,
    async stop() {
      isOn = false
      await callers
      return codes
    },
  }
}

function connectorHolds(gate: Gate, name: string) {
  const pem = (file: string) => parseCertificatePem(readFileSync(join(gate.home, name, 'identity', file), 'utf8'))
  return { certificate: pem('instance.pem'), authority: pem('group-authority.pem') }
}

describe('regenerating certificates', () => {
  test('PROTOCOL M-E51: three times in a row fails no call, and every connector ends under the new authority', async () => {
    const gate = await open()
    await Promise.all([gate.join('one'), gate.join('two')])
    await gate.turnOn()
    await gate.search()
    const before = connectorHolds(gate, 'one')
    const calls = load(gate)

    for (const scope of ['all', 'signing', 'all']) {
      const earlier = calls.codes['ok'] ?? 0
      expect((await regenerate(gate, { scope })).status).toBe(200)
      await isOver(gate)
      // Two may have been on their way when it began; those after them met the new keys.
      await gate.until(async () => (calls.codes['ok'] ?? 0) >= earlier + 6, 30_000)
    }

    const codes = await calls.stop()
    expect(Object.keys(codes)).toEqual(['ok'])
    const after = connectorHolds(gate, 'one')
    expect(after.certificate.keyId).toBe(before.certificate.keyId)
    expect(after.authority.keyId).not.toBe(before.authority.keyId)
    expect(isUnder(after.certificate, after.authority)).toBe(true)
    expect(isUnder(connectorHolds(gate, 'two').certificate, after.authority)).toBe(true)
    expect(await certificates(gate, 'groupAuthority', 'active')).toHaveLength(1)
    expect(await certificates(gate, 'groupAuthority', 'revoked')).toHaveLength(2)
    expect(await last(gate)).toMatchObject({ state: 'done', leftBehind: 0 })
  }, 120_000)

  test('goes on where it was when the console starts anew in the middle', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    // An hour of grace: it cannot end by itself before the restart.
    await regenerate(gate, { graceMinutes: 60 })
    await gate.until(async () => (await rotation(gate)).state === 'switched', 30_000)
    const { id } = await rotation(gate)

    await gate.console.stop()
    await gate.startConsole()
    await gate.untilState('one', 'live', 20_000)

    expect(await rotation(gate)).toMatchObject({ id, state: 'switched' })
    await gate.until(async () => (await rotation(gate)).connectors[0].done, 20_000)
    expect((await gate.search()).status).toBe(200)
  }, 90_000)

  test('a connector that was off meanwhile comes back within the grace, and is named until it does', async () => {
    const gate = await open()
    const [, away] = await Promise.all([gate.join('one'), gate.join('two')])
    await gate.turnOn()
    await away.stop()
    await gate.untilState('two', 'away')
    await regenerate(gate, { graceMinutes: 60 })
    await gate.until(async () => (await rotation(gate)).state === 'switched', 30_000)
    const waiting = (await rotation(gate)).connectors.find((one: { name: string }) => one.name === 'two')

    await gate.start('two')
    await gate.untilState('two', 'live', 20_000)
    await gate.until(async () => (await rotation(gate)).connectors.every((one: { done: boolean }) => one.done), 20_000)

    expect(waiting).toMatchObject({ attached: false, acknowledged: false, done: false })
    expect(waiting.fix).toMatch(/enroll --replace/)
    const { certificate, authority } = connectorHolds(gate, 'two')
    expect(isUnder(certificate, authority)).toBe(true)
  }, 90_000)

  test('a connector that was off until after the grace is refused, named, and can be enrolled again', async () => {
    const gate = await open()
    const [, away] = await Promise.all([gate.join('one'), gate.join('two')])
    await gate.turnOn()
    await away.stop()
    await gate.untilState('two', 'away')
    await regenerate(gate)
    await isOver(gate)

    expect(await last(gate)).toMatchObject({ state: 'done', leftBehind: 1 })
    expect((await gate.connector('two'))?.state).toBe('expired')
    const { warnings } = (await gate.call('GET', '/api/status')).body
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'CONNECTOR_LEFT_BEHIND', about: 'two' }))
    await expect(gate.start('two')).rejects.toThrow()
    await gate.console.stop()
    await gate.startConsole()
    expect((await gate.connector('two'))?.state).toBe('expired')

    await enrollConnector({
      home: join(gate.home, 'three'),
      with: { kind: 'code', code: new Secret(await gate.code()) },
      relayUrl: gate.relayUrl,
      relayCaFile: join(gate.home, 'root.pem'),
      name: 'three',
    })
    await gate.start('three')
    await gate.untilState('three', 'live')
  }, 90_000)

  test('a second one while one is under way is refused by name', async () => {
    const gate = await open()
    await regenerate(gate, { graceMinutes: 60 })

    expect((await regenerate(gate)).body).toMatchObject({ code: 'CONSOLE_ROTATION_RUNNING', status: 409 })
  })

  test('somebody enrolled in the middle is under the authority that issues then', async () => {
    const gate = await open()
    await regenerate(gate, { graceMinutes: 60 })
    await gate.until(async () => (await rotation(gate)).state === 'switched', 20_000)

    await gate.join('late')

    await gate.until(async () => (await rotation(gate)).connectors[0]?.done === true, 20_000)
  }, 60_000)
})

describe('revoking the keys now', () => {
  test('distrusts the old ones at once, and connectors recover by themselves', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    await gate.search()
    const before = connectorHolds(gate, 'one')

    const begun = await gate.call('POST', path(gate, 'revoke-now'), { note })

    expect(begun).toMatchObject({ status: 200, body: { cause: 'revokeNow', state: 'switched' } })
    expect(await certificates(gate, 'consoleSigning', 'revoked')).toHaveLength(1)
    expect(await certificates(gate, 'groupAuthority', 'revoked')).toHaveLength(1)
    // Waits for the connector to have learned of it, and does not fail.
    expect((await gate.search()).status).toBe(200)
    await gate.until(async () => (await rotation(gate)).connectors[0].done, 20_000)
    expect(connectorHolds(gate, 'one').authority.keyId).not.toBe(before.authority.keyId)
  }, 60_000)

  test('takes the place of a rotation that is under way, and reaches a connector that was off', async () => {
    const gate = await open()
    const [, away] = await Promise.all([gate.join('one'), gate.join('two')])
    await gate.turnOn()
    await away.stop()
    await gate.untilState('two', 'away')
    await regenerate(gate, { graceMinutes: 60 })

    await gate.call('POST', path(gate, 'revoke-now'), { note, graceMinutes: 60 })
    await gate.start('two')
    await gate.until(async () => (await rotation(gate)).connectors.every((one: { done: boolean }) => one.done), 30_000)

    const { rotations } = (await gate.call('GET', path(gate, 'rotations'))).body
    expect(rotations.map(({ state }: { state: string }) => state)).toEqual(['replaced', 'switched'])
  }, 60_000)
})

test('T28: a backup from before keys were replaced comes back with its keys, and without who was revoked since', async () => {
  const gate = await open()
  await Promise.all([gate.join('one'), gate.join('two')])
  await gate.turnOn()
  const home = join(gate.home, 'console')
  const { id } = (await gate.call('POST', '/api/backups')).body
  await regenerate(gate)
  await isOver(gate)
  const two = (await gate.connector('two'))?.id ?? ''
  await gate.call('POST', `/api/groups/${gate.group}/connectors/${two}/revoke`, { note })

  await gate.console.stop()
  const masterKey = loadMasterKey(join(home, 'master.key'))
  await restoreBackup(join(home, 'backups', id), join(home, 'console.sqlite'), { masterKey, clock: systemClock })
  await gate.startConsole()
  await gate.untilState('one', 'live', 45_000)

  expect((await gate.search({ deadlineMs: 15_000 })).status).toBe(200)
  expect((await gate.connector('one'))?.state).toBe('live')
  expect((await gate.call('GET', `/api/groups/${gate.group}/connectors/${two}`)).body.state).toBe('revoked')
}, 120_000)
