/**
 * T56: syslog while console, connector and collector are killed, one after the other and again, in the middle of events.
 *
 * Console, relay and connector are processes as they ship; the collector is rsyslog, over TCP in both framings and over
 * TLS. What was acknowledged arrives, the numbers have no hole, and what comes twice is known by its key.
 * How long the collector is away is short here; `AWAY_MS=60000` is the whole minute.
 *
 * @module
 */
import { Installation, pause } from '@sallygate/testkit/installation'
import { seededRandom } from '@sallygate/testkit/seeded-random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RealCollector } from '../../interop/syslog/collector.ts'
import { rsyslog } from '../../interop/syslog/rsyslog.ts'
import { certainWays, streamOf } from '../../interop/syslog/ways.ts'

const { missing } = rsyslog
if (missing !== undefined) console.log(`skipped: syslog under kills, ${missing}`)

const awayMs = Number(process.env['AWAY_MS'] ?? 1000)
const rounds = Number(process.env['T56_ROUNDS'] ?? 1)

interface Status {
  readonly state: string
  readonly sequence: number
  readonly waiting: number
  readonly dropped: number
}

describe.skipIf(missing !== undefined)('syslog under kills', () => {
  let collector: RealCollector
  let whole: Installation
  beforeAll(async () => {
    collector = await RealCollector.start(rsyslog)
    whole = await Installation.open()
    const { tcp, lines, tls } = collector.ports
    await whole.join(
      'one',
      [...new Set([tcp, lines, tls])].map((port) => `syslog=127.0.0.1:${port}`),
    )
    await whole.api('PUT', `/api/groups/${whole.group}/services/syslog`, { settings: {} })
  }, 120_000)
  afterAll(async () => {
    await whole?.close()
    await collector?.remove()
  }, 60_000)

  const statuses = async () => {
    const { status, body } = await whole.api('GET', `/api/groups/${whole.group}/syslog/status`)
    return status === 200 ? (body.targets as readonly { readonly status: Status }[]).map((one) => one.status) : []
  }
  const isUp = async () => (await whole.api('GET', '/api/groups')).status === 200

  test(
    'nothing that was acknowledged is missing, no number is, and what came twice says so',
    async () => {
      const ways = certainWays(collector)
      for (const { body } of ways)
        expect((await whole.api('POST', `/api/groups/${whole.group}/syslog/targets`, body)).status).toBe(201)
      const random = seededRandom(56)
      const acknowledged: string[] = []
      let isOver = false
      const work = async () => {
        for (let at = 0; !isOver; at++) {
          const { status, body } = await whole.api('POST', '/api/groups', { name: `kept-${at}`, parent: whole.group })
          if (status === 201) acknowledged.push(body.id as string)
          await pause(20)
        }
      }
      const working = work()
      const unread = async () =>
        whole.until(async () => (await statuses()).some(({ waiting }) => waiting > 5), 30_000, 'events are on the way')

      let faults = 0
      for (let round = 0; round < rounds; round++) {
        await unread()
        await pause(random.next() * 1000)
        await whole.console.kill()
        whole.disconnect()
        whole.console.start()
        await whole.until(isUp, 30_000, 'the console is up')
        await unread()
        await pause(random.next() * 1000)
        await whole.connector('one').kill()
        whole.connector('one').start()
        await whole.untilLive('one')
        await unread()
        await collector.kill()
        await pause(awayMs)
        await collector.start()
        await pause(1000 + random.next() * 1000)
        await collector.stop()
        await pause(awayMs)
        await collector.start()
        faults += 4
      }
      isOver = true
      await working
      const idle = async () => {
        const found = await statuses()
        return found.length === ways.length && found.every(({ state, waiting }) => state === 'idle' && waiting === 0)
      }
      // What was acknowledged a moment ago may not wait anywhere yet: the last of it has to be there first.
      const last = acknowledged.at(-1) ?? ''
      const hasLast = () => {
        const all = collector.recorded()
        return ways.every(({ of }) => of(all).some(({ sd }) => sd['event@32473']?.['about']?.endsWith(last)))
      }
      await whole.until(() => Promise.resolve(hasLast()), 150_000, 'the last change is at the collector')
      await whole.until(idle, 150_000, 'all has been read')

      const recorded = collector.recorded()
      const after = await statuses()
      console.log(`figure changes acknowledged: ${acknowledged.length}`)
      for (const [at, { name, of }] of ways.entries()) {
        const own = of(recorded)
        const { sequences, keys, mostTimes, repeated } = streamOf(own)
        const { sequence = 0, dropped } = after[at] ?? {}
        expect([name, dropped, sequences]).toEqual([name, 0, Array.from({ length: sequence }, (_, index) => index + 1)])
        expect([name, new Set(keys).size]).toEqual([name, sequence])
        const made = new Set(
          own.flatMap(
            ({ sd }) => /(?<=^groups\.post groups\/)[0-9a-f]{32}$/.exec(sd['event@32473']?.['about'] ?? '') ?? [],
          ),
        )
        expect([name, acknowledged.filter((one) => !made.has(one))]).toEqual([name, []])
        // Whatever happens may let what was on the way come once more, and no oftener.
        expect(mostTimes).toBeLessThanOrEqual(1 + faults)
        console.log(`figure ${name}, received: ${sequence}`)
        console.log(`figure ${name}, received again: ${repeated}`)
      }
      expect(acknowledged.length).toBeGreaterThan(rounds * 10)
    },
    240_000 + rounds * (60_000 + 2 * awayMs),
  )
})
