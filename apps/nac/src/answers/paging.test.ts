import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeviceIndex, type Entry } from '../read-model/device-index.ts'
import { sampleDevice, sampleGuid, sampleMac } from '../testing/sample-records.ts'
import { takePage } from './paging.ts'

const walk = (index: DeviceIndex, most: number, meanwhile: (page: number) => void) => {
  const seen: string[] = []
  let token = 0
  let page = 0
  do {
    const taken = takePage(
      (place) => index.from(place),
      token,
      most,
      ({ device }) => [device.guid],
    )
    expect(taken.items.length).toBeLessThanOrEqual(most)
    seen.push(...taken.items)
    token = taken.next
    meanwhile(page++)
  } while (token !== 0)
  return seen
}

test('a walk tells every device that stays once, whatever comes and goes meanwhile', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 40 }),
      (count, most, changes) => {
        const index = new DeviceIndex()
        const staying = new Set<string>()
        for (let number = 0; number < count; number++) {
          index.put(sampleDevice(number))
          staying.add(sampleGuid(number))
        }
        const left = [...changes]
        const seen = walk(index, most, () => {
          const number = left.pop()
          if (number === undefined) return
          if (number >= count) index.put(sampleDevice(number))
          else {
            index.remove(sampleGuid(number))
            staying.delete(sampleGuid(number))
          }
        })

        expect(new Set(seen).size).toBe(seen.length)
        for (const guid of staying) expect(seen).toContain(guid)
      },
    ),
  )
})

test('devices that share a place of the order are on one page', () => {
  const index = new DeviceIndex()
  for (let number = 0; number < 6; number++) {
    const guid = `aaaaaaa${number % 2}-0000-4000-8000-00000000000${number}`
    index.put({ ...sampleDevice(number), guid })
  }

  const seen = new Set<string>()
  let token = 0
  do {
    const page = takePage(
      (place) => index.from(place),
      token,
      4,
      ({ device }: Entry) => [device.guid],
    )
    for (const guid of page.items) seen.add(guid)
    token = page.next
  } while (token !== 0)

  expect(seen.size).toBe(6)
})

test('the index forgets what a device is no longer', () => {
  const index = new DeviceIndex()
  index.put(sampleDevice(1, { macs: [sampleMac(1), sampleMac(2)], compliant: false }))
  index.put(sampleDevice(3, { macs: [sampleMac(2)] }))
  expect(index.find('mac', sampleMac(2))).toHaveLength(2)
  expect(index.nonCompliant).toBe(1)
  index.put(sampleDevice(1, { macs: [sampleMac(1)], serial: 'NEW' }))

  expect(index.find('mac', sampleMac(2))).toHaveLength(1)
  expect(index.find('serial', 'sn1')).toHaveLength(0)
  expect(index.find('serial', 'new')).toHaveLength(1)
  expect(index.nonCompliant).toBe(0)
  expect([...index.nonCompliantFrom(0)]).toHaveLength(0)
  index.remove(sampleGuid(1))
  index.remove(sampleGuid(3))
  expect(index.size).toBe(0)
  expect([...index.from(0)]).toHaveLength(0)
})
