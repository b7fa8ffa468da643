import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { anyConsole } from '@sallygate/hop'
import { CreditAccount } from './credit.ts'
import type { Acknowledge } from './inbox.ts'
import { scriptedClient, ScriptedRelay } from './testing/scripted-relay.ts'

describe('the credit account', () => {
  test('is never overdrawn, and nothing is lost, whatever both ends do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.constantFrom('spend', 'acknowledge', 'grant'), { maxLength: 300 }),
        (window, steps) => {
          const account = new CreditAccount(window)
          let relaySees = window
          for (const step of steps) {
            if (step === 'spend') {
              const hadCredit = relaySees > 0
              expect(account.spend()).toBe(hadCredit)
              if (hadCredit) relaySees--
            } else if (step === 'acknowledge' && account.open > 0) account.acknowledge()
            else if (step === 'grant') relaySees += account.grant()
            expect(account.left).toBe(relaySees)
            expect(Math.min(account.open, account.due, account.left)).toBeGreaterThanOrEqual(0)
            expect(account.open + account.due + account.left).toBe(window)
          }
        },
      ),
    )
  })

  test('acknowledging what never came is a defect', () => {
    const account = new CreditAccount(1)

    expect(() => account.acknowledge()).toThrow('more cargos than came')
  })
})

test('a relay makes us hold a window of cargos and not one more', async () => {
  const clock = new FakeClock()
  const relay = new ScriptedRelay(clock)
  relay.window = 4
  const held: Acknowledge[] = []
  const client = scriptedClient(relay, clock, {
    handlers: { onCargo: (_from, _cargo, _ttlMs, acknowledge) => void held.push(acknowledge) },
  })
  await clock.advance(1)
  const { wire } = relay
  const cargo = {
    type: 'cargo',
    to: anyConsole,
    from: anyConsole,
    token: '00'.repeat(8),
    ttlMs: 1,
    cargo: Buffer.alloc(1),
  } as const

  for (let n = 0; n < 10; n++) wire.say(cargo)
  expect(held).toHaveLength(4)
  expect(client.status().garbageFrames).toBe(6)
  // Twice each: only the first counts.
  for (const acknowledge of held) acknowledge()
  for (const acknowledge of held) acknowledge()
  await clock.advance(1)

  expect(wire.sentOf('credit')).toMatchObject([{ count: 4 }])
  wire.say(cargo)
  expect(held).toHaveLength(5)
  await client.stop()
  held[4]?.()
  await clock.advance(1)
  expect(wire.sentOf('credit')).toHaveLength(1)
})
