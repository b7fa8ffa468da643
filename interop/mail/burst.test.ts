/**
 * A burst of messages to Postfix, over lines that stay open and over a new one for each: all arrive, and how fast.
 *
 * @module
 */
import { ServiceLife } from '@sallygate/service-kit'
import { mailService } from '@sallygate/service-mail/agent'
import { missingProgram } from '@sallygate/testkit/peers'
import { testServiceHost } from '@sallygate/testkit/service-host'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, type MailServer } from './mail-server.ts'
import { sendShort } from './message.ts'
import { startPostfix } from './postfix.ts'

const missing =
  missingProgram('postfix', 'Debian package postfix') ??
  missingProgram('dovecot', 'Debian package dovecot-core') ??
  (process.getuid?.() === 0 ? undefined : 'Postfix is started by root')
if (missing !== undefined) console.log(`skipped: a burst to Postfix, ${missing}`)

const perRound = 30

describe.skipIf(missing !== undefined)('a burst to Postfix', () => {
  let server: MailServer
  let number = 0

  beforeAll(async () => {
    server = await startPostfix()
  }, 60_000)
  afterAll(() => server?.stop(), 30_000)

  async function connect(): Promise<ServiceLife> {
    const life = new ServiceLife(mailService, testServiceHost({ addresses: { localhost: '127.0.0.1' } }))
    await life.configure({
      servers: [{ host: 'localhost', port: server.submissionPort }],
      encryption: 'required',
      trust: server.authority,
      from: 'sallygate@lab.test',
      authentication: 'plain',
      ...account,
    })
    return life
  }
  async function send(life: ServiceLife) {
    const messageId = `${++number}.${process.pid}.burst@lab.test`
    expect(await sendShort(life, messageId)).toBe('sent')
  }
  /** Messages per second, so many at once. */
  async function rate(lanes: number, one: () => Promise<void>): Promise<number> {
    const began = performance.now()
    const lane = async () => {
      for (let done = 0; done < perRound / lanes; done++) await one()
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return (perRound * 1000) / (performance.now() - began)
  }

  test('each message arrives once, and a line that stays open carries them faster', async () => {
    const kept = await connect()
    const overNew = async () => {
      const life = await connect()
      await send(life)
      await life.stop()
    }
    const rates: Record<string, number[]> = {}
    // By turns, so that what else the machine does slows down both.
    for (let round = 0; round < 3; round++) {
      for (const lanes of [1, 2]) {
        const ways = { kept: () => send(kept), new: overNew }
        for (const [way, one] of Object.entries(ways))
          (rates[`${way}, ${lanes} at once`] ??= []).push(await rate(lanes, one))
      }
    }
    await kept.stop()

    const median = (way: string) => rates[way]?.toSorted((a, b) => a - b)[1] ?? 0
    for (const way of Object.keys(rates)) console.log(`${way}: ${median(way).toFixed(0)} messages/s`)
    expect(median('kept, 1 at once')).toBeGreaterThan(median('new, 1 at once'))
    const burst = () => server.delivered().filter(({ messageId }) => messageId.endsWith('.burst@lab.test'))
    await expect.poll(() => burst().length, { timeout: 30_000 }).toBe(number)
    expect(new Set(burst().map(({ messageId }) => messageId)).size).toBe(number)
  }, 180_000)
})
