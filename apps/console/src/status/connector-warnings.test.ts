/**
 * Warnings about relay, certificates, trust sets and clones, in a console with connectors.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { encodeReport } from '@sallygate/envelope'
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
})
