/**
 * Sessions of connectors with the console: opened, refused, renewed, ended.
 *
 * @module
 */
import {
  decodeHelloAnswer,
  decodeRenewalAnswer,
  decodeReportAnswer,
  encodeRenewal,
  encodeReport,
} from '@sallygate/envelope'
import { decodeFailed } from '@sallygate/service-kit'
import { keyIdOf, makeCertificateRequest, makePrivateKey, parseCertificate, verifyTrustSet } from '@sallygate/trust'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InstanceBook } from './instance-book.ts'
import { DeskOffice, reportOf } from '../testing/desk-office.ts'

const dayMs = 86_400_000

let office: DeskOffice
beforeEach(async () => {
  office = new DeskOffice()
  await office.open()
})
afterEach(() => office.close())

describe('a session', () => {
  test('is opened by a hello, answered with the time and a trust set that verifies', async () => {
    const host = await office.host()

    const { reply } = await office.hello(host)

    const answer = decodeHelloAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce)
    const { root } = office.installation
    const authorities = [parseCertificate(host.enrolled.groupAuthority)]
    const set = verifyTrustSet(answer.trustSet ?? Buffer.alloc(0), {
      root,
      authorities,
      group: host.enrolled.group,
      floorNumber: 0,
      now: office.clock.now(),
    })
    expect(answer.consoleTime).toEqual(office.clock.now())
    expect(set.verifiedSigners.size).toBe(1)
    expect(office.sessions.of(host.enrolled.instance)?.software).toBe('test')
  })

  test('sends no trust set to whom it has sent it already', async () => {
    const host = await office.host()

    const { reply } = await office.hello(host, {
      trustSetNumber: (await office.trustSets.current(office.group.id)).number,
    })

    expect(decodeHelloAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce).trustSet).toBeUndefined()
  })

  test('of a revoked instance is not opened, and nothing is answered', async () => {
    const host = await office.host()
    await office.hello(host)

    await office.instances.revoke(host.enrolled.instance)
    const { replies } = await office.hello(host)

    expect(replies).toEqual([])
    expect(office.sessions.of(host.enrolled.instance)).toBeUndefined()
    expect((await InstanceBook.open(office.store, office.clock)).find(host.enrolled.instance)?.isRevoked).toBe(true)
  })

  test('is not opened in the name of another instance', async () => {
    const host = await office.host()
    const other = await office.host(office.group, 'other')

    const { reply } = await office.hello(host, { instance: other.enrolled.instance })

    expect(reply?.outcome).toBe('notStarted')
    expect(office.sessions.of(other.enrolled.instance)).toBeUndefined()
  })

  test('of a connector of one group cannot speak for another group', async () => {
    const foreign = await office.host(await office.groups.add('Other'))
    const said = {
      ...foreign,
      enrolled: { ...foreign.enrolled, group: office.group.id as typeof foreign.enrolled.group },
    }

    const { replies } = await office.hello(said)

    expect(replies).toEqual([])
  })

  test('that is replayed is not opened again', async () => {
    const host = await office.host()
    const { replies, again } = await office.hello(host)
    const before = replies.length

    await again()

    expect(replies.length).toBe(before)
    expect(office.session.refusals.get('ENVELOPE_DUPLICATE')).toBe(1)
  })

  test('from a clock a quarter of an hour off is opened; from further off it is refused with words', async () => {
    const host = await office.host()
    const at = (offMs: number) => {
      const issuedAt = new Date(office.clock.now().getTime() + offMs)
      return { issuedAt, deadline: new Date(issuedAt.getTime() + 10_000) }
    }
    const say = (offMs: number) => office.say(host, 'session.report', encodeReport(reportOf(host)), at(offMs))

    const outcomes = [await say(-14 * 60_000), await say(14 * 60_000), await say(-3_600_000), await say(3_600_000)].map(
      ({ reply }) => reply,
    )

    expect(outcomes.map((reply) => reply?.outcome)).toEqual(['done', 'done', 'notStarted', 'notStarted'])
    expect(decodeFailed(outcomes[2]?.payload ?? Buffer.alloc(0)).failure.code).toBe('ENVELOPE_EXPIRED')
  })

  test('that the console does not know is asked to say hello', async () => {
    const host = await office.host()

    const { reply } = await office.say(host, 'session.report', encodeReport(reportOf(host)))

    expect(decodeReportAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce).sayHello).toBe(true)
  })

  test('renews its certificate for the same key, and the old one is retired', async () => {
    const host = await office.host()
    await office.hello(host)
    await office.clock.advance(60 * dayMs)
    await office.upkeep()

    const request = await makeCertificateRequest(host.privateKey)
    const { reply } = await office.say(
      host,
      'session.renew',
      encodeRenewal({ bootNonce: host.bootNonce, certificateRequest: request }),
    )

    const { certificate } = decodeRenewalAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce)
    expect(parseCertificate(certificate).notAfter.getTime()).toBeGreaterThan(office.clock.now().getTime() + 89 * dayMs)
    const rows = await office.store.certificates.list({ kind: 'instance' })
    expect(rows.map(({ status }) => status).toSorted()).toEqual(['active', 'retired'])
    expect((await InstanceBook.open(office.store, office.clock)).find(host.enrolled.instance)?.keys).toHaveLength(1)
  })

  test('may change its key: both count until the new one is used, also over a restart of the console', async () => {
    const host = await office.host()
    const next = makePrivateKey()
    const request = await makeCertificateRequest(next)
    await office.say(host, 'session.renew', encodeRenewal({ bootNonce: host.bootNonce, certificateRequest: request }))
    const restarted = (await InstanceBook.open(office.store, office.clock)).find(host.enrolled.instance)
    const old = await office.hello(host)

    const fresh = await office.hello(host, {}, next)
    const gone = await office.hello(host)

    expect(restarted?.keys.map(({ keyId }) => keyId)).toEqual([keyIdOf(next), keyIdOf(host.privateKey)])
    expect([old, fresh, gone].map(({ reply }) => reply?.outcome)).toEqual(['done', 'done', undefined])
  })

  test('ends with its certificate', async () => {
    const host = await office.host()

    await office.clock.advance(91 * dayMs)

    const entry = office.book.find(host.enrolled.instance)
    expect(entry && office.book.isGood(entry)).toBe(false)
  })
})
