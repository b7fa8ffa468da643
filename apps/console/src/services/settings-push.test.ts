import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { SettingsPush, type SettingsPushParts } from './settings-push.ts'

const services = ['directory', 'mail', 'syslog']
const entry = { id: 'one', name: 'one', group: 'g' }

/** One connector that takes what it is given, and reports after each service what it had when it began to write. */
class Office {
  readonly clock = new FakeClock()
  readonly given: string[] = []
  readonly holds = new Map<string, number>()
  boot = 'first'
  readonly push: SettingsPush

  constructor() {
    const parts = {
      clock: this.clock,
      log: silentLog,
      book: { find: () => entry, list: () => [entry] },
      sessions: { of: () => ({ bootNonce: this.boot }), live: () => [{ instance: 'one' }] },
      services: { names: services, forConnector: async () => ({ settings: {}, generation: 3 }) },
      ofInstance: async () => ({ settings: {}, generation: 0 }),
      behind: async () => undefined,
      caller: { call: async (_group: string, _operation: string, parameters: unknown) => this.#take(parameters) },
    }
    this.push = new SettingsPush(parts as unknown as SettingsPushParts)
  }

  report() {
    const states = services.map((service) => ({ service, generation: this.holds.get(service) ?? 0 }))
    return { services: states.map((one) => ({ ...one, state: 'healthy', code: '', reason: '', fix: '' })) } as never
  }

  async #take(parameters: unknown) {
    const { service, generation } = parameters as { service: string; generation: number }
    this.given.push(service)
    // It is under way while the settings are taken, and arrives afterwards.
    const before = this.report()
    this.holds.set(service, generation)
    void this.push.heard('one', before)
    const status = { service, generation, contractVersion: 1, abilities: [], state: { kind: 'healthy' } }
    return { result: { applied: true, status } }
  }
}

test('a connector that reports while it is told gets each page once or twice, not again for every report', async () => {
  const office = new Office()

  await office.push.heard('one', office.report())
  await office.clock.advance(10_000)
  await new Promise((resolve) => setTimeout(resolve, 50))

  for (const service of services) {
    expect(office.given.filter((one) => one === service).length).toBeLessThanOrEqual(2)
    expect(office.push.acknowledged('g', service)).toMatchObject([{ generation: 3, state: 'healthy' }])
  }
})

test('another process of the same connector, which has nothing, is given everything again', async () => {
  const office = new Office()
  await office.push.heard('one', office.report())
  await new Promise((resolve) => setTimeout(resolve, 50))
  office.given.length = 0
  office.holds.clear()
  office.boot = 'second'

  await office.push.heard('one', office.report())

  expect(new Set(office.given)).toEqual(new Set(services))
})
