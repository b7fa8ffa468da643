import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { Failure } from '@sallygate/base/failure'
import { SettingsPush, type Refusal, type SettingsPushParts } from './settings-push.ts'

const services = ['directory', 'mail', 'syslog']
const entry = { id: 'one', name: 'one', group: 'g' }

/** One connector that takes what it is given, and reports after each service what it had when it began to write. */
class Office {
  readonly clock = new FakeClock()
  readonly given: string[] = []
  readonly holds = new Map<string, number>()
  boot = 'first'
  wanted = 3
  /** What it answers when it is given something, in place of taking it. */
  says: Failure | undefined
  readonly refused: string[] = []
  readonly push: SettingsPush

  constructor() {
    const parts = {
      clock: this.clock,
      log: silentLog,
      book: { find: () => entry, list: () => [entry] },
      sessions: { of: () => ({ bootNonce: this.boot }), live: () => [{ instance: 'one' }] },
      services: { names: services, forConnector: async () => ({ settings: {}, generation: this.wanted }) },
      ofInstance: async () => ({ settings: {}, generation: 0 }),
      behind: async () => undefined,
      refused: (_entry: unknown, service: string, { generation, failure }: Refusal) =>
        this.refused.push(`${service} ${generation} ${failure.code}`),
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
    if (this.says !== undefined) throw this.says
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

const notTaken = new Failure(
  'CONNECTOR_SETTINGS_REFUSED',
  { says: 'The connector refused the new settings.', fix: 'Correct them.', retry: 'never' },
  { details: { because: 'DIRECTORY_SETTING_INVALID', reason: 'no closing parenthesis' } },
)

test('settings that a connector refused are shown as refused, however healthy it is with those from before', async () => {
  const office = new Office()
  for (const service of services) office.holds.set(service, 2)
  office.says = notTaken

  await office.push.heard('one', office.report())
  await office.push.heard('one', office.report())

  // A connector reports after each refusal: sent with every report, they would go round and round.
  expect(office.given).toEqual(services)
  expect(office.push.acknowledged('g', 'directory')).toMatchObject([
    { generation: 2, state: 'healthy', refused: { generation: 3, failure: { code: 'CONNECTOR_SETTINGS_REFUSED' } } },
  ])
  await office.clock.advance(60_000)
  await office.push.heard('one', office.report())
  expect(office.given).toEqual([...services, ...services])
  // Whoever was told once is not told every minute.
  expect(office.refused).toEqual(services.map((service) => `${service} 3 CONNECTOR_SETTINGS_REFUSED`))
})

test('a connector that starts anew is given at once what it refused before', async () => {
  const office = new Office()
  office.says = notTaken
  await office.push.heard('one', office.report())
  office.boot = 'second'
  office.says = undefined

  await office.push.heard('one', office.report())

  expect(office.push.acknowledged('g', 'mail')).toMatchObject([{ generation: 3, state: 'healthy' }])
})

test('a refusal is over with the next settings that are taken, and news again for others that are not', async () => {
  const office = new Office()
  office.says = notTaken
  await office.push.toGroup('g', 'mail')
  office.wanted = 4
  await office.push.toGroup('g', 'mail')
  office.says = undefined
  office.wanted = 5

  await office.push.toGroup('g', 'mail')

  expect(office.refused).toEqual(['mail 3 CONNECTOR_SETTINGS_REFUSED', 'mail 4 CONNECTOR_SETTINGS_REFUSED'])
  const [said] = office.push.acknowledged('g', 'mail')
  expect(said).toMatchObject({ generation: 5, state: 'healthy' })
  expect(said).not.toHaveProperty('refused')
})

test('a connector that could not be reached has refused nothing', async () => {
  const office = new Office()
  office.says = new Failure('CONSOLE_NO_CONNECTOR_ATTACHED', { says: 'None.', fix: 'Wait.', retry: 'later' })

  await office.push.toGroup('g', 'mail')

  expect(office.refused).toEqual([])
  expect(office.push.acknowledged('g', 'mail')).toMatchObject([{ state: 'unreachable', generation: 0 }])
})
