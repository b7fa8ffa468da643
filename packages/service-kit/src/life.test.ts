import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { testContext } from '@sallygate/testkit/service-host'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkResultSchema, noParams } from './check.ts'
import { defineContract, operation } from './contract.ts'
import { serviceFailure } from './failures.ts'
import { ServiceLife } from './life.ts'
import { defineService } from './service.ts'

const contract = defineContract('echo', 1, {
  title: 'Echo',
  settings: { schema: z.strictObject({ word: z.string() }), classification: { word: 'public' }, erasesSecrets: [] },
  operations: {
    check: operation({
      class: 'R',
      says: 'Checks.',
      params: noParams,
      result: checkResultSchema,
      deadlineMs: 1000,
      leastMs: 0,
    }),
    say: operation({
      class: 'R',
      says: 'Says the word.',
      params: z.strictObject({ waits: z.boolean().default(false) }),
      result: z.strictObject({ word: z.string() }),
      deadlineMs: 1000,
      leastMs: 0,
    }),
  },
})

function makeLife() {
  const clock = new FakeClock()
  const seen = { starts: 0, stops: 0, failures: 0 }
  const service = defineService(contract, async ({ word }, host) => {
    seen.starts++
    if (seen.failures-- > 0) throw serviceFailure('NOT_STARTED')
    return {
      operations: {
        check: async () => ({ rows: [] }),
        say: async (params, context) => {
          if (params.waits) {
            await new Promise((_resolve, reject) => {
              context.signal.addEventListener('abort', () => reject(context.signal.reason as Error))
            })
          }
          return { word: host.signal.aborted ? 'stopped' : word }
        },
      },
      health: () => ({ kind: 'healthy' as const }),
      stop: async () => {
        seen.stops++
      },
    }
  })
  const host = {
    clock,
    log: silentLog,
    target: () => Promise.reject(new Error('no network here')),
    locate: () => Promise.reject(new Error('no network here')),
  }
  return { clock, seen, life: new ServiceLife(service, host) }
}

test('it is off until it gets settings, and off again without', async () => {
  const { life, seen } = makeLife()

  expect(life.state()).toEqual({ kind: 'off' })
  await expect(life.run('say', {}, testContext())).rejects.toMatchObject({ code: 'SERVICE_NOT_ENABLED' })
  expect(await life.configure({ word: 'hello' })).toEqual({ kind: 'healthy' })
  expect(await life.run('say', {}, testContext())).toEqual({ word: 'hello' })
  expect(await life.configure(null)).toEqual({ kind: 'off' })
  expect(seen).toMatchObject({ starts: 1, stops: 1 })
})

test('new settings replace it, and what was in flight ends by name', async () => {
  const { life, seen } = makeLife()
  await life.configure({ word: 'old' })

  const waiting = life.run('say', { waits: true }, testContext())
  const ended = expect(waiting).rejects.toMatchObject({ code: 'SERVICE_STOPPED' })
  await life.configure({ word: 'new' })

  await ended
  expect(await life.run('say', {}, testContext())).toEqual({ word: 'new' })
  expect(seen.stops).toBe(1)
})

describe('a service that cannot start', () => {
  test('says why and is tried again by itself, less and less often', async () => {
    const { life, clock, seen } = makeLife()
    seen.failures = 3

    expect(await life.configure({ word: 'x' })).toMatchObject({ kind: 'failed', code: 'SERVICE_NOT_STARTED' })
    await expect(life.run('say', {}, testContext())).rejects.toMatchObject({
      code: 'SERVICE_NOT_STARTED',
      details: { because: 'SERVICE_NOT_STARTED' },
    })
    expect((await life.check(testContext()))[0]).toMatchObject({ result: 'failed' })

    await clock.advance(1000)
    expect(seen.starts).toBe(2)
    await clock.advance(1999)
    expect(seen.starts).toBe(2)
    await clock.advance(4001)
    expect(seen.starts).toBe(4)
    expect(life.state()).toEqual({ kind: 'healthy' })
    expect(clock.pending).toBe(0)
  })

  test('with settings no schema accepts is not tried again', async () => {
    const { life, clock } = makeLife()

    expect(await life.configure({ sentence: 1 })).toMatchObject({ kind: 'failed', code: 'SERVICE_SETTINGS_INVALID' })
    expect(clock.pending).toBe(0)
  })

  test('stops trying when it is turned off', async () => {
    const { life, clock, seen } = makeLife()
    seen.failures = 100
    await life.configure({ word: 'x' })

    await life.stop()
    await clock.advance(600_000)

    expect(seen.starts).toBe(1)
    expect(clock.pending).toBe(0)
  })
})
