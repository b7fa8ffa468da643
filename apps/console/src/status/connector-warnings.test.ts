/**
 * Warnings about relay, certificates, trust sets and clones, in a console with connectors.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { encodeReport } from '@sallygate/envelope'
import type { RosterEntry } from '@sallygate/hop'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { warningsOf } from './warnings.ts'
import { DeskOffice, reportOf } from '../testing/desk-office.ts'

const dayMs = 86_400_000
const relay = { enabled: true, externalUrl: 'https://relay.test/awcm', internalUrl: 'https://relay.test/awcm' }

let office: DeskOffice
beforeEach(async () => {
  office = new DeskOffice()
  await office.open()
})
afterEach(() => office.close())

describe('warnings', () => {
  const warnings = async (change: Partial<Parameters<typeof warningsOf>[0]['relay']> = {}) =>
    warningsOf({
      ...office.parts(),
      enrollment: office.enrollment,
      relay: { settings: relay, state: 'attached', refusal: undefined, ...change },
      lostRows: 0,
    })

  test('there are none when all is well', async () => {
    await office.host()

    expect(await warnings()).toEqual([])
  })

  test('a relay that is away, not set, or plain is said in red or yellow', async () => {
    const away = await warnings({ state: 'waiting' })
    const unset = await warnings({ settings: undefined, state: 'off' })
    const plain = await warnings({ settings: { ...relay, internalUrl: 'http://10.0.0.1:2001/awcm' } })

    expect([away, unset, plain].map(([first]) => [first?.code, first?.level])).toEqual([
      ['RELAY_AWAY', 'red'],
      ['RELAY_NOT_SET', 'yellow'],
      ['RELAY_PLAIN_HTTP', 'red'],
    ])
  })

  test.each([
    [59, []],
    [65, ['yellow', 'within 30 days']],
    [77, ['yellow', 'within 14 days']],
    [84, ['red', 'within 7 days']],
    [89.5, ['red', 'within 1 day ']],
    [91, ['red', 'has expired']],
  ] as const)('after %d days of 90 without renewal the end of a certificate is said as %j', async (days, expected) => {
    await office.host()
    await office.clock.advance(days * dayMs)
    await office.upkeep()

    const said = (await warnings()).filter(({ about }) => about === 'host')

    const [level, words] = expected
    expect(said).toHaveLength(expected.length === 0 ? 0 : 1)
    if (words !== undefined) expect(said[0]).toMatchObject({ level, says: expect.stringContaining(words) as string })
  })

  test('a trust set that was not renewed for half a day is said in red', async () => {
    await office.trustSets.current(office.group.id)
    await office.clock.advance(13 * 3_600_000)

    expect(await warnings()).toMatchObject([{ code: 'TRUST_SET_STALE', level: 'red', about: 'Acme' }])
  })

  test('a clone is said by name', async () => {
    const host = await office.host()
    await office.hello(host)
    await office.hello({ ...host, bootNonce: toHex(randomBytes(16)) })

    await office.say(host, 'session.report', encodeReport(reportOf(host)))

    expect(await warnings()).toMatchObject([{ code: 'CLONED_CONNECTOR', level: 'red', about: 'host' }])
  })

  test('a service that is not well where a connector runs it is said, with its reason, and no other', async () => {
    const host = await office.host()
    await office.hello(host)
    const { instance } = host.enrolled
    const { group } = office
    const entry = {
      role: 'connector',
      group: group.id,
      instance,
      attachment: 'a',
      since: new Date(),
      isDraining: false,
    }
    office.sessions.roster([entry as unknown as RosterEntry])
    const one = {
      contractVersion: 1,
      generation: 1,
      code: 'DIRECTORY_UNREACHABLE',
      reason: 'No server answered.',
      fix: 'F',
    }
    const services = [
      { ...one, service: 'directory', state: 'failed' as const },
      { ...one, service: 'mail', state: 'degraded' as const },
      { ...one, service: 'syslog', state: 'healthy' as const },
    ]

    await office.say(host, 'session.report', encodeReport({ ...reportOf(host), services }))

    const shared = { code: 'SERVICE_NOT_WELL', about: 'host', group: group.id, fix: 'F' }
    expect(await warnings()).toEqual([
      { ...shared, level: 'red', says: 'The service directory is failed: No server answered.' },
      { ...shared, level: 'yellow', says: 'The service mail is degraded: No server answered.' },
    ])
  })

  test('a sync that is held is said with its group, and not once it is over', async () => {
    const { id: group } = office.group
    const { scope } = await office.store.directoryRuns.scope(group)
    const { run } = await office.store.directoryRuns.add(group, scope, 'held', {})

    const held = await warnings()
    await office.store.directoryRuns.write(run, { state: 'done' })

    expect(held).toMatchObject([{ code: 'DIRECTORY_SYNC_HELD', level: 'yellow', about: 'Acme', group }])
    expect(await warnings()).toEqual([])
  })
})
