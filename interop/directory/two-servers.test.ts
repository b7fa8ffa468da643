/**
 * Two real directory servers, one of which goes, hangs and comes back: who is asked, and what it costs.
 *
 * @module
 */
import { systemClock, type Clock } from '@sallygate/base/clock'
import { directoryService } from '@sallygate/service-directory/agent'
import type { StatusResult } from '@sallygate/service-directory/contract'
import { ServiceLife } from '@sallygate/service-kit'
import { missingProgram } from '@sallygate/testkit/peers'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { slapdBase, slapdPassword, slapdReader, startSlapd, type Slapd } from './slapd.ts'

const missing = missingProgram('slapd', 'Debian package slapd')
if (missing !== undefined) console.log(`skipped: two directory servers, ${missing}`)

/** Time goes on as ever, and a test can put half a minute behind it. */
function skippingClock(): Clock & { skip(ms: number): void } {
  let skippedMs = 0
  return {
    now: () => new Date(systemClock.now().getTime() + skippedMs),
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    after: (delayMs, action, options) => systemClock.after(delayMs, action, options),
    skip: (ms) => void (skippedMs += ms),
  }
}

describe.skipIf(missing !== undefined)('two directory servers', () => {
  let first: Slapd
  let second: Slapd
  const clock = skippingClock()
  const lives: ServiceLife[] = []

  beforeAll(async () => {
    ;[first, second] = await Promise.all([startSlapd(5), startSlapd(5)])
  }, 60_000)
  afterAll(async () => {
    await Promise.all([first?.stop(), second?.stop()])
  })
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.stop()
  })

  async function connect(): Promise<ServiceLife> {
    const host = testServiceHost({ clock, addresses: { localhost: '127.0.0.1' } })
    const life = new ServiceLife(directoryService, host)
    lives.push(life)
    await life.configure({
      type: 'generic',
      servers: [first, second].map(({ ldapsPort }) => ({ host: 'localhost', port: ldapsPort })),
      trust: `${first.authority}\n${second.authority}`,
      bindDn: slapdReader.dn,
      bindPassword: slapdReader.password,
      baseDn: slapdBase,
      connectTimeoutMs: 1000,
    })
    return life
  }
  const context = () => testContext({ clock })
  const signIn = async (life: ServiceLife) =>
    (await life.run('authenticate', { user: 'u00001', password: slapdPassword }, context())) as {
      readonly outcome: string
      readonly server: string
    }
  const inUse = async (life: ServiceLife) => ((await life.run('status', {}, context())) as StatusResult).inUse
  const label = ({ ldapsPort }: Slapd) => `localhost:${ldapsPort}`

  test('the first is used; stopped, nobody notices but the log; back, it is used again', async () => {
    const life = await connect()
    expect(await signIn(life)).toMatchObject({ outcome: 'accepted', server: label(first) })

    await first.process.stop()
    expect(await signIn(life)).toMatchObject({ outcome: 'accepted', server: label(second) })
    expect(await inUse(life)).toMatchObject({ server: label(second), isPreferred: false })
    expect(life.state()).toEqual({ kind: 'healthy' })
    await first.restart()
    clock.skip(30_000)

    // The request that finds out is not the one that waits: it is answered by the second, and the next ones by the first.
    const until = performance.now() + 15_000
    while ((await inUse(life))?.server !== label(first) && performance.now() < until) await signIn(life)
    expect(await signIn(life)).toMatchObject({ outcome: 'accepted', server: label(first) })
    const status = (await life.run('status', {}, context())) as StatusResult
    expect(status).toMatchObject({ switches: 2, signIns: { refused: 0, unknown: 0, failed: 0 } })
  }, 60_000)

  test('one that takes connections and says nothing is left within the connect time-out, and costs that once', async () => {
    const life = await connect()
    first.process.signal('SIGSTOP')
    try {
      expect(await signIn(life)).toMatchObject({ outcome: 'accepted', server: label(second) })
      const began = performance.now()
      for (let turn = 0; turn < 5; turn++) expect((await signIn(life)).server).toBe(label(second))
      // Five more would be five seconds.
      expect(performance.now() - began).toBeLessThan(4000)
    } finally {
      first.process.signal('SIGCONT')
    }
  }, 60_000)

  test('with both gone it is unreachable, and never a wrong password', async () => {
    const life = await connect()
    await Promise.all([first.process.stop(), second.process.stop()])

    await expect(signIn(life)).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' })
    expect(life.state()).toMatchObject({ kind: 'degraded', code: 'DIRECTORY_UNREACHABLE' })
    await Promise.all([first.restart(), second.restart()])
    clock.skip(5000)
    expect(await signIn(life)).toMatchObject({ outcome: 'accepted' })
  }, 60_000)
})
