/**
 * The inventory on a real store: what reports make of devices, and what nac is told.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import type { DeviceReport, NacDevice } from '@sallygate/domain'
import { createMasterKey, openStore, type Store } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EventName } from '../events/catalogue.ts'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { SettingsBook } from '../settings/settings-book.ts'
import { assembleDevices, type DeviceParts } from './assembly.ts'
import { devicesPage } from './settings-page.ts'

const hour = 3_600_000
const dock = '00:10:5A:00:00:D0'

let directory: string
let clock: FakeClock
let store: Store
let pages: SettingsBook
let devices: DeviceParts
let raised: EventName[]
let group: Readonly<Record<'acme' | 'berlin' | 'other', string>>

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'inventory-'))
  clock = new FakeClock()
  const masterKey = createMasterKey(join(directory, 'master.key'))
  store = await openStore({ path: join(directory, 'console.sqlite'), masterKey, clock, log: silentLog })
  const acme = (await store.groups.add({ name: 'Acme' })).id
  const berlin = (await store.groups.add({ name: 'Berlin', parent: acme })).id
  const other = (await store.groups.add({ name: 'Other' })).id
  group = { acme, berlin, other }
  // Groups are only read here; authorities make new ones.
  const groups = new OrganizationGroups(store, undefined as unknown as GroupAuthorities)
  pages = new SettingsBook(store, groups, [devicesPage])
  raised = []
  devices = assembleDevices({
    store,
    clock,
    log: silentLog,
    groups,
    pages,
    call: () => Promise.reject(new Error('no connector here')),
    events: () => ({ raise: (name) => void raised.push(name) }),
  })
})
afterEach(async () => {
  await devices.stop()
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

const report = (more: Partial<DeviceReport> = {}) =>
  devices.inventory.report({
    group: group.acme,
    source: 'fusionInventory',
    identifiers: { serial: 'B5RPJ12', macs: ['00:10:5A:00:00:01'] },
    facts: {},
    atMs: clock.now().getTime(),
    ...more,
  })
const told = async (id: string): Promise<NacDevice | undefined> => (await store.nacFeed.find('device', id))?.value
const laptop = (serial: string, macs: readonly string[], more: Partial<DeviceReport> = {}) =>
  report({ identifiers: { serial, macs }, ...more })

describe('nac', () => {
  test('is told of a device with what is known of it, and what is unknown is left out', async () => {
    const { device } = await report({
      facts: {
        diskEncrypted: { value: true },
        pinLocked: { unknown: true },
        osName: { value: 'Debian' },
        osVersion: { value: '13' },
      },
    })

    expect(await told(device)).toEqual({
      guid: device,
      group: group.acme,
      registered: true,
      compliant: true,
      evaluatedAtMs: clock.now().getTime(),
      macs: ['00105A000001'],
      diskEncrypted: true,
      osVersion: 'Debian 13',
      serial: 'B5RPJ12',
      name: 'B5RPJ12',
      lastCheckinMs: clock.now().getTime(),
      enrolledAtMs: clock.now().getTime(),
    })
  })

  test('is told why a device fails, in the words of the rules that count', async () => {
    const { device } = await report()
    await devices.policies.add(group.acme, {
      name: 'Encryption',
      match: 'all',
      rules: [{ kind: 'isTrue', fact: 'diskEncrypted', whenUnknown: 'fails' }],
      platforms: [],
      severity: 'high',
      countsForAccess: true,
      remediation: 'Turn it on.',
      isEnabled: true,
      assigned: [],
      excluded: [],
    })
    clock.jumpWall(25 * hour)
    await devices.schedule.turn()

    expect(await told(device)).toMatchObject({
      compliant: false,
      failureReason:
        'Encryption: nobody can tell: all fixed disks that hold data are encrypted (diskEncrypted is true)',
      remediation: 'Turn it on.',
      failing: [{ policy: 'Encryption' }],
    })
  })

  test('hears of a device that falls silent at the moment it does, and of nothing before', async () => {
    const { device } = await report()
    const { head } = await store.nacFeed.state()
    clock.jumpWall(168 * hour)
    await devices.schedule.turn()
    expect((await store.nacFeed.state()).head).toBe(head)

    clock.jumpWall(1)
    await devices.schedule.turn()

    expect(await told(device)).toMatchObject({ compliant: false, failing: [{ policy: 'Staleness' }] })
  })

  test('hears nothing of a report within the hour that changes nothing', async () => {
    const { device } = await report()
    const { head } = await store.nacFeed.state()
    clock.jumpWall(59 * 60_000 - (clock.now().getTime() % hour))
    await report()

    expect((await store.nacFeed.state()).head).toBe(head)
    expect((await store.devices.find(device))?.lastReportMs).toBe(clock.now().getTime())
  })

  test('hears that a device is not enrolled any more, and is gone', async () => {
    const { device } = await report()
    await devices.book.unenroll(device, 'ada')
    expect(await told(device)).toMatchObject({ registered: false })
    await devices.book.remove(device, 'ada')

    expect(await told(device)).toBeUndefined()
    expect((await store.nacFeed.after(0, 100)).at(-1)).toMatchObject({ kind: 'device', id: device })
  })
})

describe('addresses', () => {
  const macsOf = async (id: string) => (await told(id))?.macs

  test('a dock names the device that was seen with it last, and nac hears of both', async () => {
    const one = await laptop('AAA1', [dock])
    clock.jumpWall(60_000)
    const two = await laptop('BBB1', [dock])
    expect([await macsOf(one.device), await macsOf(two.device)]).toEqual([[], ['00105A0000D0']])
    clock.jumpWall(60_000)

    // The second is undocked; the first comes back.
    await laptop('BBB1', [])
    await laptop('AAA1', [dock])

    expect([await macsOf(one.device), await macsOf(two.device)]).toEqual([['00105A0000D0'], []])
  })

  test('an adapter that is unplugged names its device for a month', async () => {
    const { device } = await laptop('AAA1', ['00:10:5A:00:00:01', dock])
    clock.jumpWall(hour)
    await laptop('AAA1', ['00:10:5A:00:00:01'])
    expect(await macsOf(device)).toEqual(['00105A000001', '00105A0000D0'])
    clock.jumpWall(31 * 24 * hour)

    await laptop('AAA1', ['00:10:5A:00:00:01'])

    expect(await macsOf(device)).toEqual(['00105A000001'])
  })

  test('an ignored address names nobody', async () => {
    await pages.override(group.acme, 'devices', { ignoredMacs: [dock] })
    await devices.rules.refresh()

    const { device } = await laptop('AAA1', [dock])

    expect(await macsOf(device)).toEqual([])
  })

  test('what a sibling group says of an address changes nothing for a device', async () => {
    const { device } = await laptop('AAA1', [dock])
    clock.jumpWall(60_000)
    await laptop('BBB1', [dock], { group: group.other })

    expect(await macsOf(device)).toEqual(['00105A0000D0'])
  })
})

describe('groups', () => {
  test('a source cannot touch a device of another group, also if it knows its serial number or its id', async () => {
    const { device } = await report({ facts: { diskEncrypted: { value: false } } })
    const facts = { diskEncrypted: { value: true } } as const

    const same = await report({ group: group.other, facts })
    const byId = await report({ group: group.other, device, facts })

    expect(same).toMatchObject({ kind: 'added' })
    expect(same.device).not.toBe(device)
    expect(byId).toEqual({ device, kind: 'ignored' })
    expect(await told(device)).toMatchObject({ diskEncrypted: false, group: group.acme })
  })

  test('a source above reaches the devices below it, and a device stays in its group', async () => {
    const { device } = await report({ group: group.berlin })

    expect(await report({ group: group.acme, source: 'hub' })).toEqual({ device, kind: 'updated' })
    expect((await store.devices.find(device))?.group).toBe(group.berlin)
  })

  test('a report for a group that is not there is ignored', async () => {
    expect(await report({ group: '0'.repeat(32) })).toMatchObject({ kind: 'ignored' })
  })
})

describe('sources', () => {
  const federated = { source: 'federated:1', sourceId: 'x-1' }

  test('what a source withdraws is forgotten; a device without any is not enrolled until one knows it again', async () => {
    const { device } = await report({ ...federated, facts: { model: { value: 'A' } } })
    await report({ source: 'hub', facts: { model: { value: 'B' } } })
    await devices.inventory.withdraw({ group: group.acme, ...federated })
    expect((await store.devices.find(device))?.statements.map(({ source }) => source)).toEqual(['hub'])
    await report(federated)
    await devices.inventory.withdraw({ group: group.acme, source: 'hub', sourceId: 'x' })
    expect(await told(device)).toMatchObject({ registered: true })
  })

  test('a device that its only source knows no more, and knows again, goes and comes back', async () => {
    const { device } = await report(federated)
    await devices.inventory.withdraw({ group: group.acme, ...federated })
    expect(await told(device)).toMatchObject({ registered: false })

    expect(await report(federated)).toEqual({ device, kind: 'updated' })

    expect(await told(device)).toMatchObject({ registered: true })
  })

  test('what an administrator ended no report begins again', async () => {
    const { device } = await report(federated)
    await devices.book.unenroll(device, 'ada')
    await report(federated)

    expect(await told(device)).toMatchObject({ registered: false })
  })

  test('two records with one serial number are told of', async () => {
    await laptop('AAA1', [])
    await report({ identifiers: { uuid: '4c4c4544-0042-3510-8052-b4c04f4a3132' } })
    const uuid = await report({ identifiers: { uuid: '4c4c4544-0042-3510-8052-b4c04f4a3132', serial: 'CCC1' } })
    await report({ device: uuid.device, source: 'hub', identifiers: { serial: 'AAA1' } })

    expect(raised).toEqual(['deviceTwins'])
  })
})

test('two hundred reports at once of forty devices make forty devices', async () => {
  const reports = Array.from({ length: 200 }, (_, at) =>
    laptop(`SER-${at % 40}`, [`00:10:5A:01:00:${(at % 40).toString(16).padStart(2, '0')}`], {
      source: at % 2 === 0 ? 'hub' : 'fusionInventory',
    }),
  )

  const outcomes = await Promise.all(reports)

  expect(new Set(outcomes.map(({ device }) => device)).size).toBe(40)
  expect(await store.deviceList.count({})).toBe(40)
  expect((await store.nacFeed.after(0, 1000)).filter(({ kind }) => kind === 'device')).toHaveLength(40)
})

test('a policy reaches every device of a group, also where they are more than are evaluated together', async () => {
  const facts = { diskEncrypted: { value: false } } as const
  await Promise.all(Array.from({ length: 250 }, (_, at) => laptop(`SER-${at}`, [], { facts })))
  await devices.policies.add(group.acme, {
    name: 'Encryption',
    match: 'all',
    rules: [{ kind: 'isTrue', fact: 'diskEncrypted', whenUnknown: 'fails' }],
    platforms: [],
    severity: 'high',
    countsForAccess: true,
    remediation: '',
    isEnabled: true,
    assigned: [],
    excluded: [],
  })

  await devices.schedule.turn()

  expect(await store.deviceList.count({ compliant: false })).toBe(250)
  expect(await store.devices.due(clock.now().getTime(), 10)).toEqual([])
})

test('a device that cannot be evaluated keeps no other from it', async () => {
  const { device } = await report()
  const good = await store.devices.find(device)
  if (good === undefined) throw new Error('it was not stored')
  const bad = { ...good, id: 'not-a-guid', macs: [], sourceIds: [], nextEvaluationMs: 1 }
  await store.devices.save(bad, undefined)
  await store.devices.postpone(device, 2)

  await devices.schedule.turn()

  expect(await store.devices.due(clock.now().getTime(), 10)).toEqual([])
  expect(await store.devices.due(clock.now().getTime() + hour, 10)).toEqual(['not-a-guid'])
})

test('a report that cannot be written costs no others, and leaves nothing', async () => {
  // A state that no rule of ours makes, as a stand-in for a row the database refuses.
  const bad = report({ identifiers: { serial: 'BAD-1' }, facts: null as never })
  const good = laptop('GOOD-1', [])

  const [refused, taken] = await Promise.allSettled([bad, good])

  expect(refused.status).toBe('rejected')
  expect(taken).toMatchObject({ status: 'fulfilled', value: { kind: 'added' } })
  expect(await store.deviceList.count({})).toBe(1)
})

test('a device of many sources takes no more than a dozen, and a name that is not one makes none', async () => {
  const { device } = await report()
  for (let at = 0; at < 20; at++) await report({ source: `federated:${at}` })

  expect((await store.devices.find(device))?.statements).toHaveLength(12)
  expect(await report({ identifiers: { hostName: 'localhost', serial: '0' } })).toMatchObject({ kind: 'ignored' })
})
