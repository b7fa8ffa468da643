/**
 * A console whose source is its own nac, or that of a console which reads from it: real consoles, real nacs.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'
import { startNacBeside, type NacBeside } from '../testing/nac-beside.ts'

interface Place {
  readonly console: ConsoleInTest
  readonly nac: NacBeside
}
interface State {
  readonly devices?: number
  readonly added?: number
  readonly consoles?: readonly string[]
  readonly failure?: { readonly code: string; readonly fix: string }
}

let north: Place
let south: Place
let east: Place

async function place(name: string): Promise<Place> {
  const console = await consoleInTest({ settings: { sourceAddresses: '127.0.0.1, ::1' } })
  const nac = await startNacBeside(console)
  await console.ask('POST', '/api/groups', { key: rootKey, body: { name } })
  return { console, nac }
}

beforeAll(async () => {
  ;[north, south, east] = await Promise.all([place('North'), place('South'), place('East')])
  await report(north, 'North', 1)
  await report(south, 'South', 2)
}, 120_000)
afterAll(async () => {
  for (const { nac, console } of [north, south, east].filter((one) => one !== undefined)) {
    await nac.stop()
    await console.stop()
  }
})

/** A phone whose only name is an address that software made up: nothing would know it again. */
async function report({ console }: Place, group: string, n: number): Promise<void> {
  const { body } = await console.ask('GET', '/api/groups', { key: rootKey })
  const groups = body['groups'] as readonly { readonly id: string; readonly name: string }[]
  await console.console.inventory.report({
    group: groups.find(({ name }) => name === group)?.id ?? '',
    source: 'fusionInventory',
    sourceId: `phone-${n}`,
    identifiers: { macs: [`DA:A1:19:00:00:0${n}`] },
    facts: { platform: { value: 'android' } },
    atMs: console.clock.now().getTime(),
  })
}

async function addSource(to: Place, group: string, of: Place, more: object = {}): Promise<string> {
  const { url, ca, user, password } = of.nac
  const body = {
    name: 'Other',
    settings: { kind: 'ise', url, user, ca, ...more },
    secrets: { password, tenantCode: 'any' },
  }
  const { body: added, text } = await to.console.ask('POST', `/api/groups/${group}/sources`, { key: rootKey, body })
  expect(added['id'], text).toBeTypeOf('string')
  return `/api/groups/${group}/sources/${String(added['id'])}`
}

const ask = async ({ console }: Place, source: string): Promise<State> =>
  (await console.ask('POST', `${source}/ask`, { key: rootKey, body: {} })).body as State
const remove = ({ console }: Place, source: string) => console.ask('DELETE', source, { key: rootKey })

async function devicesOf({ console }: Place): Promise<number> {
  const { body } = await console.ask('GET', '/api/devices', { key: rootKey })
  return (body['devices'] as readonly unknown[]).length
}

/** Consoles look for what is new to tell their nacs by clocks that stand still unless somebody moves them. */
const eventually = <T>(look: () => Promise<T>) =>
  expect.poll(
    async () => {
      for (const { console } of [north, south, east]) await console.clock.advance(250)
      return look()
    },
    { timeout: 30_000 },
  )

/** Until nac answers as its console has told it. */
const told = (of: Place, devices: number) =>
  eventually(async () => (await of.nac.client(3).devices({ kind: 'all' })).value.devices.length).toBe(devices)

test.each(['ise', 'workspaceOne'])(
  'its own nac, asked as %s, is refused by name, and nothing comes in',
  async (kind) => {
    await told(north, 1)
    const before = await devicesOf(north)
    const source = await addSource(north, 'North', north, { kind })

    for (let times = 0; times < 3; times++)
      expect(await ask(north, source)).toMatchObject({
        failure: { code: 'SOURCE_LOOP', fix: expect.stringMatching(/^Remove/) },
      })

    expect(await devicesOf(north)).toBe(before)
    const { body } = await north.console.ask('POST', `${source}/check`, { key: rootKey })
    expect((body['rows'] as readonly { result: string; says: string }[]).at(-1)).toMatchObject({
      result: 'failed',
      says: expect.stringContaining('this console itself'),
    })
    await remove(north, source)
  },
  120_000,
)

test('of two that point at each other the first reads on, the second is refused, and roles change when it is removed', async () => {
  await told(south, 1)
  const there = await addSource(north, 'North', south)
  expect(await ask(north, there)).toMatchObject({ devices: 1, added: 1, consoles: [expect.any(String)] })
  await told(north, 2)

  const back = await addSource(south, 'South', north)
  await eventually(() => ask(south, back)).toMatchObject({ failure: { code: 'SOURCE_LOOP' } })
  expect(await devicesOf(south)).toBe(1)
  expect(await ask(north, there)).toMatchObject({ devices: 1, added: 0 })

  await remove(north, there)
  await eventually(() => ask(south, back)).toMatchObject({ devices: 2 })
  await remove(south, back)
}, 120_000)

test('a ring of three is found at its last link', async () => {
  const links = [await addSource(south, 'South', north), await addSource(east, 'East', south)]
  await ask(south, links[0] ?? '')
  await eventually(async () => (await ask(east, links[1] ?? '')).consoles?.length).toBe(2)

  const last = await addSource(north, 'North', east)

  await eventually(() => ask(north, last)).toMatchObject({ failure: { code: 'SOURCE_LOOP' } })
}, 120_000)
