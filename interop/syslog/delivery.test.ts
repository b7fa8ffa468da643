/**
 * From the console through relay and connector to real collectors that are stopped, killed and started again: nothing is missing.
 *
 * How long they are away is a condition here (until the console says that events wait, or `AWAY_MS`);
 * the full minute runs with `AWAY_MS=60000`.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WholeOffice } from '../../apps/console/src/testing/whole-office.ts'
import { RealCollector } from './collector.ts'
import { rsyslog } from './rsyslog.ts'
import { syslogNg } from './syslog-ng.ts'
import { certainWays, streamOf } from './ways.ts'

const awayMs = Number(process.env['AWAY_MS'] ?? 0)

interface Status {
  readonly state: string
  readonly sequence: number
  readonly waiting: number
  readonly dropped: number
  readonly delivered: number
}

for (const kind of [rsyslog, syslogNg]) {
  describe.skipIf(kind.missing !== undefined)(kind.name, () => {
    let collector: RealCollector
    let office: WholeOffice
    beforeAll(async () => {
      collector = await RealCollector.start(kind)
      const { tcp, lines, tls } = collector.ports
      office = await WholeOffice.open([tcp, lines, tls].map((port) => `syslog=127.0.0.1:${port}`))
      await office.inGroup('PUT', 'services/syslog', { settings: {} })
    }, 60_000)
    afterAll(async () => {
      await office.close()
      await collector.remove()
    })

    const work = async (count: number) => {
      for (let at = 0; at < count; at++) await office.inGroup('POST', 'enrollment-codes', { name: `${at}` })
    }
    const statuses = async (): Promise<readonly Status[]> =>
      (await office.inGroup('GET', 'syslog/status')).body.targets.map(({ status }: { status: Status }) => status)
    const all = async (fits: (status: Status) => boolean, withinMs: number) =>
      office.until(async () => (await statuses()).every(fits), withinMs)

    test(
      `stopped and killed for a while, over TCP and TLS: nothing is missing`,
      async () => {
        const ways = certainWays(collector)
        for (const { body } of ways) {
          const { status } = await office.inGroup('POST', 'syslog/targets', body)
          expect(status).toBe(201)
        }
        await work(10)
        await office.until(async () => collector.recorded().length >= 30, 20_000)

        // Killed: what it had not read, or not written down, is gone with it.
        await collector.kill()
        await work(20)
        await all(({ state, waiting }) => state === 'waiting' && waiting >= 20, 30_000)
        await new Promise((resolve) => setTimeout(resolve, awayMs))
        await collector.start()
        await work(10)
        await office.until(async () => collector.recorded().length >= 120, 90_000)

        // Stopped in good order, while it is being written to.
        const working = work(30)
        await collector.stop()
        await working
        await all(({ state }) => state === 'waiting', 30_000)
        await collector.start()
        await all(({ state, waiting }) => state === 'idle' && waiting === 0, 120_000)

        const recorded = collector.recorded()
        const statusOf = await statuses()
        for (const [at, { name, of }] of ways.entries()) {
          const { sequences, keys } = streamOf(of(recorded))
          const { sequence, dropped } = statusOf.at(at) as Status
          expect([name, sequences]).toEqual([name, Array.from({ length: sequence }, (_, index) => index + 1)])
          expect(dropped).toBe(0)
          expect(new Set(keys).size).toBe(sequence)
          expect(sequence).toBeGreaterThanOrEqual(70)
        }
      },
      300_000 + awayMs,
    )
  })
}
