/**
 * What every store has to keep about devices. A part of `suite.ts`.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { isLocallyAdministered, readIdentifiers, type Facts } from '@sallygate/domain'
import { placeOf, type DevicePage } from '../device-list.ts'
import type { PolicyContent } from '../device-policies.ts'
import type { StoredDevice } from '../devices.ts'
import type { OpenedStore } from './suite.ts'

const minute = 60_000

/** A device with nothing unusual. */
export function sampleDevice(
  group: string,
  more: Partial<StoredDevice> & { readonly mac?: string } = {},
): StoredDevice {
  const { mac = '00105A000001', ...given } = more
  return {
    id: randomUUID(),
    group,
    state: 'enrolled',
    name: 'ada-laptop',
    serial: 'B5RPJ12',
    macs: [{ mac, firstSeenMs: 0, lastSeenMs: 0, isCurrent: true, isLocallyAdministered: isLocallyAdministered(mac) }],
    facts: {
      platform: { value: 'linux', source: 'hub', atMs: 0 },
      diskEncrypted: { unknown: true, source: 'hub', atMs: 0 },
    } as Facts,
    verdict: { compliant: true, failing: [], evaluatedAtMs: 0 },
    enrolledAtMs: 0,
    lastReportMs: 0,
    stateAtMs: 0,
    statements: [{ source: 'hub', atMs: 0, identifiers: { macs: [mac] }, facts: {} }],
    sourceIds: [],
    nextEvaluationMs: undefined,
    ...given,
  }
}

const policy: PolicyContent = {
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
}

export function devicesSuite(opened: () => OpenedStore): void {
  describe('devices', () => {
    const store = () => opened().store
    const later = (ms: number) => new Date(opened().now().getTime() + ms)
    const addGroup = async (name = 'Acme') => (await store().groups.add({ name })).id
    const add = async (device: StoredDevice) => {
      await store().devices.save(device, undefined)
      return device
    }
    const page = async (filter = {}, more: Partial<DevicePage> = {}) =>
      store().deviceList.page(filter, { limit: 100, sort: 'name', isDescending: false, ...more })

    test('a device comes back as it was, also after a change', async () => {
      const device = await add(sampleDevice(await addGroup()))
      const changed = { ...device, name: 'Ada’s', macs: [] }

      expect(await store().devices.find(device.id)).toEqual({ ...device, nextEvaluationMs: undefined })
      await store().devices.save(changed, device)

      expect((await store().devices.find(device.id))?.name).toBe('Ada’s')
      expect(await page()).toMatchObject([{ name: 'Ada’s', macCount: 0, diskEncrypted: null, platform: 'linux' }])
    })

    test('a device is found by what it shares, and a deleted one is not', async () => {
      const group = await addGroup()
      const device = await add(sampleDevice(group))
      const by = (said: object) => store().devices.sharing(readIdentifiers(said), undefined)

      expect(await by({ serial: 'b5rpj12' })).toHaveLength(1)
      expect(await by({ macs: ['00:10:5a:00:00:01'] })).toHaveLength(1)
      expect(await by({ serial: 'OTHER', macs: ['00105A000002'] })).toEqual([])
      await store().devices.save({ ...device, state: 'deleted' }, device)

      expect(await by({ serial: 'B5RPJ12', macs: ['00105A000001'] })).toEqual([])
      expect(await page()).toEqual([])
      expect(await page({ states: ['deleted'] })).toHaveLength(1)
    })

    test("a source's own name means the device it was last said of", async () => {
      const group = await addGroup()
      const named = { group, source: 'federated:1', sourceId: 'x' }
      await add(sampleDevice(group, { sourceIds: [named] }))
      const second = await add(sampleDevice(group, { sourceIds: [named] }))

      expect((await store().devices.ofSource(named))?.id).toBe(second.id)
      expect(await store().devices.ofSource({ ...named, sourceId: 'y' })).toBeUndefined()
    })

    test('an address that very many devices have names none of them', async () => {
      const group = await addGroup()
      for (let at = 0; at < 8; at++) await add(sampleDevice(group, { serial: `S-${at}` }))
      const by = () => store().devices.sharing(readIdentifiers({ macs: ['00105A000001'] }), undefined)

      expect(await by()).toHaveLength(8)
      const ninth = await add(sampleDevice(group, { serial: 'S-9' }))

      expect(await by()).toEqual([])
      expect((await store().devices.holdersOf(['00105A000001'], 'nobody')).get('00105A000001')).toBe('many')
      await store().devices.remove(ninth.id)
      const holders = (await store().devices.holdersOf(['00105A000001'], 'nobody')).get('00105A000001')
      expect(holders).toHaveLength(8)
    })

    test('two transactions that look for one device and make it end with one', async () => {
      const group = await addGroup()
      const report = () =>
        store().transaction(async (inside) => {
          await inside.devices.hold()
          const [known] = await inside.devices.sharing(readIdentifiers({ serial: 'B5RPJ12' }), undefined)
          if (known === undefined) await inside.devices.save(sampleDevice(group), undefined)
        })

      await Promise.all([report(), report(), report(), report()])

      expect(await page()).toHaveLength(1)
    })

    test('pages follow each other in any order, also where many rows have the same value', async () => {
      const group = await addGroup()
      for (let at = 0; at < 25; at++) {
        await add(sampleDevice(group, { name: `d${at % 5}`, mac: `00105A0000${(16 + at).toString(16).toUpperCase()}` }))
      }
      for (const sort of ['name', 'lastReport', 'compliance', 'serial'] as const) {
        for (const isDescending of [false, true]) {
          const whole = (await page({}, { sort, isDescending })).map(({ id }) => id)
          const seen: string[] = []
          let after: DevicePage['after']
          for (let rows = await page({}, { sort, isDescending, limit: 7 }); rows.length > 0;) {
            seen.push(...rows.map(({ id }) => id))
            const last = rows.at(-1)
            after = last && placeOf(last, sort)
            rows = await page({}, { sort, isDescending, limit: 7, after })
          }

          expect(seen).toEqual(whole)
          expect(new Set(seen).size).toBe(25)
        }
      }
    })

    test('filters and searches leave out what does not fit, and mean what is typed', async () => {
      const [acme, other] = [await addGroup(), await addGroup('Other')]
      const failing = [
        {
          policy: 'Encryption 100%',
          rule: '',
          says: '',
          remediation: '',
          severity: 'low',
          countsForAccess: false,
          isUnknown: false,
        },
      ] as const
      const random = await add(sampleDevice(acme, { name: 'Zoë_phone', mac: 'DAA119000001', serial: 'P-100%' }))
      const bad = await add(
        sampleDevice(other, { name: 'bad', verdict: { compliant: false, failing, evaluatedAtMs: 0 }, lastReportMs: 5 }),
      )
      const ids = async (filter: Parameters<typeof page>[0]) => (await page(filter)).map(({ id }) => id)

      expect(await ids({ groups: [acme] })).toEqual([random.id])
      expect(await ids({ groups: [] })).toEqual([])
      expect(await ids({ compliant: false })).toEqual([bad.id])
      expect(await ids({ hasRandomMac: true })).toEqual([random.id])
      expect(await ids({ silentSinceMs: 5 })).toEqual([random.id])
      expect(await ids({ failing: 'Encryption 100%' })).toEqual([bad.id])
      expect(await ids({ failing: 'Encryption 1000' })).toEqual([])
      expect(await ids({ failing: 'Encryption' })).toEqual([])
      expect(await ids({ source: 'hub', platforms: ['linux'] })).toHaveLength(2)
      expect(await ids({ source: 'hu' })).toEqual([])
      expect(await ids({ search: 'zoë DA:A1:19' })).toEqual([random.id])
      expect(await ids({ search: 'ZOË' })).toEqual([random.id])
      expect(await ids({ search: '100%' })).toEqual([random.id])
      expect(await ids({ search: 'o_p' })).toEqual([])
      expect(await ids({ search: '%' })).toEqual([random.id])
      expect(await ids({ search: 'a\0d' })).toHaveLength(2)
      expect(await store().deviceList.count({ groups: [other] })).toBe(1)
      expect(await store().deviceList.tally({ search: 'zoë' })).toEqual([
        { state: 'enrolled', compliant: 1, platform: 'linux', ownership: '', groupId: acme, count: 1 },
      ])
      expect(await store().deviceList.tally({})).toHaveLength(2)
    })

    test('what is due is found, and a changed policy makes all of a group due', async () => {
      const [acme, other] = [await addGroup(), await addGroup('Other')]
      const soon = await add(sampleDevice(acme, { nextEvaluationMs: 1000 }))
      const never = await add(sampleDevice(other))
      const gone = await add(sampleDevice(other, { state: 'deleted', nextEvaluationMs: 1 }))

      expect(await store().devices.due(999, 10)).toEqual([])
      expect(await store().devices.due(1000, 10)).toEqual([soon.id])
      expect(await store().devices.evaluateAgain([other])).toBe(1)
      expect(await store().devices.due(1000, 10)).toEqual([never.id, soon.id])
      await store().devices.save(never, never)
      expect(await store().devices.due(1000, 10)).toEqual([soon.id])
      expect((await store().devices.after('', 10)).map(({ id }) => id)).toEqual([soon.id, never.id, gone.id].toSorted())
    })

    test('an enrollment code brings in as many devices as it says, whoever else tries', async () => {
      const group = await addGroup()
      const secret = randomBytes(16)
      const made = await store().deviceEnrollmentCodes.add({
        group,
        secret,
        label: 'Berlin',
        needsLogin: true,
        uses: 2,
        expiresAt: later(minute),
      })

      const uses = await Promise.all([1, 2, 3, 4].map(() => store().deviceEnrollmentCodes.use(made.id)))

      expect(uses.filter(Boolean)).toHaveLength(2)
      expect(await store().deviceEnrollmentCodes.look(secret)).toBeUndefined()
      expect(await store().deviceEnrollmentCodes.list(group)).toMatchObject([{ usesLeft: 0, needsLogin: true }])
    })

    test('a code that ended or was revoked is no code', async () => {
      const group = await addGroup()
      const [one, two] = [randomBytes(16), randomBytes(16)]
      const code = { group, label: '', needsLogin: false, uses: 1, expiresAt: later(minute) }
      await store().deviceEnrollmentCodes.add({ ...code, secret: one })
      const { id } = await store().deviceEnrollmentCodes.add({ ...code, secret: two })

      expect(await store().deviceEnrollmentCodes.revoke('other', id)).toBe(false)
      expect(await store().deviceEnrollmentCodes.look(two)).toMatchObject({ id })
      expect(await store().deviceEnrollmentCodes.revoke(group, id)).toBe(true)
      expect(await store().deviceEnrollmentCodes.look(two)).toBeUndefined()
      await opened().advance(minute)
      expect(await store().deviceEnrollmentCodes.look(one)).toBeUndefined()
    })

    test('a number of a device counts once, and only upwards', async () => {
      const { id } = await add(sampleDevice(await addGroup()))
      const key = randomBytes(32)
      await store().deviceCredentials.set(id, key, 'ACME\\ada')

      const counted = await Promise.all([5, 5, 5].map((at) => store().deviceCredentials.count(id, at)))

      expect(counted.filter(Boolean)).toHaveLength(1)
      expect(await store().deviceCredentials.count(id, 4)).toBe(false)
      expect(await store().deviceCredentials.find(id)).toMatchObject({ sequence: 5, user: 'ACME\\ada' })
      expect(await store().deviceCredentials.ofKey(key)).toBe(id)
    })

    test('two devices never have one key', async () => {
      const group = await addGroup()
      const [one, two] = [await add(sampleDevice(group)), await add(sampleDevice(group))]
      const key = randomBytes(32)
      await store().deviceCredentials.set(one.id, key, undefined)

      await expect(store().deviceCredentials.set(two.id, key, undefined)).rejects.toMatchObject({
        code: 'STORE_DUPLICATE',
      })
    })

    test('a command waits until it is acknowledged, and ends once', async () => {
      const { id: device } = await add(sampleDevice(await addGroup()))
      const add1 = { device, kind: 'lock', by: 'ada', expiresAt: later(minute) } as const
      const { id } = await store().deviceCommands.add({ ...add1, dedupKey: 'k' })

      await expect(store().deviceCommands.add({ ...add1, dedupKey: 'k' })).rejects.toMatchObject({
        code: 'STORE_DUPLICATE',
      })
      expect((await store().deviceCommands.byDedupKey(device, 'k'))?.id).toBe(id)
      await store().deviceCommands.sent([id])
      expect(await store().deviceCommands.waiting(device)).toMatchObject([{ id, state: 'sent' }])
      expect(await store().deviceCommands.end('another', id, 'done')).toBeUndefined()
      expect(await store().deviceCommands.end(device, id, 'done', 'locked')).toMatchObject({ state: 'done' })
      expect(await store().deviceCommands.end(device, id, 'failed')).toBeUndefined()
      expect(await store().deviceCommands.countSince(['lock'], 'ada', 0)).toBe(1)
      await store().deviceCommands.add(add1)
      await opened().advance(minute)
      expect(await store().deviceCommands.expire(10)).toMatchObject([{ state: 'expired' }])
    })

    test('the history of a device keeps the newest rows', async () => {
      const { id } = await add(sampleDevice(await addGroup()))
      for (let at = 0; at < 21; at++) {
        await store().deviceHistory.add(
          id,
          Array.from({ length: 10 }, (_, more) => ({ kind: 'macAppeared', details: { at, more } })),
        )
      }

      const rows = await store().deviceHistory.list(id, 1000)

      expect(rows).toHaveLength(200)
      expect(rows[0]).toMatchObject({ number: 210, details: { at: 20, more: 9 } })
    })

    test('policies of one group have different names', async () => {
      const [acme, other] = [await addGroup(), await addGroup('Other')]
      const made = await store().devicePolicies.add(acme, policy)

      await expect(store().devicePolicies.add(acme, { ...policy, name: 'encryption' })).rejects.toThrow(/in use/)
      await store().devicePolicies.add(other, policy)
      await store().devicePolicies.change(made.id, { ...policy, name: 'Disk', severity: 'low' })

      expect((await store().devicePolicies.all()).map(({ name, group }) => [name, group])).toEqual([
        ['Disk', acme],
        ['Encryption', other],
      ])
      await store().devicePolicies.remove(made.id)
      await expect(store().devicePolicies.get(made.id)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
    })

    test('a group that has devices is not deleted, and one without takes its policies along', async () => {
      const [acme] = [await addGroup(), await addGroup('Other')]
      const device = await add(sampleDevice(acme))
      await store().devicePolicies.add(acme, policy)

      await expect(store().groups.remove(acme)).rejects.toMatchObject({
        code: 'GROUP_NOT_EMPTY',
        details: { devices: 1 },
      })
      await store().devices.save({ ...device, state: 'deleted' }, device)
      await store().groups.remove(acme)

      expect(await store().devicePolicies.all()).toEqual([])
      expect(await store().devices.find(device.id)).toBeUndefined()
    })
  })
}
