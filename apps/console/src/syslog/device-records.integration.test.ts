/**
 * What becomes of devices, and what people change, on its way to a collector.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'
import { DeviceAgent } from '../testing/device-agent.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())

const ask = async (method: string, path: string, body?: unknown) =>
  (await it.ask(method, path, { key: rootKey, ...(body === undefined ? {} : { body }) })).body

test('a device’s history waits for the targets of its group and of those above, and for no other group’s', async () => {
  for (const [name, parent] of [['Acme'], ['Berlin', 'Acme'], ['Other']] as const)
    await ask('POST', '/api/groups', { name, ...(parent === undefined ? {} : { parent }) })
  const target = { host: 'logs.lab.test', port: 6514 }
  for (const group of ['Acme', 'Berlin', 'Other'])
    await ask('POST', `/api/groups/${group}/syslog/targets`, {
      name: 'SIEM',
      settings: { target, filter: { categories: ['devices'] } },
    })
  await it.clock.advance(30_001)
  const enrolled = await new DeviceAgent(it).enroll('Berlin', {
    identifiers: { serial: 'B5RPJ12', hostName: 'ada-laptop' },
  })
  expect(enrolled.status).toBe(201)

  const waiting = async (group: string) => {
    const { targets } = (await ask('GET', `/api/groups/${group}/syslog/status`)) as {
      targets: readonly { status: { waiting: number; failure?: { code: string } } }[]
    }
    return targets[0]?.status
  }
  await expect
    .poll(async () => {
      await it.clock.advance(1000)
      return (await waiting('Acme'))?.waiting ?? 0
    })
    .toBeGreaterThan(0)

  expect((await waiting('Berlin'))?.waiting).toBe((await waiting('Acme'))?.waiting)
  expect((await waiting('Other'))?.waiting).toBe(0)
  expect((await waiting('Acme'))?.failure?.code).toBe('CONSOLE_SERVICE_OFF')
})
