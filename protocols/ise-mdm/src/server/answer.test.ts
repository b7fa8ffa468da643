import fc from 'fast-check'
import { readXml, type XmlElement } from '@sallygate/base/xml'
import { expect, test } from 'vitest'
import { writeError, writeInfo, writeList, writeResults, type ToldDevice } from './index.ts'

const guid = '5c7e0d4e-0000-4000-8000-000000000001'
const full: ToldDevice = {
  guid,
  macs: ['AABBCCDDEEFF', '020000000001', '020000000002', '020000000003', '020000000004', '020000000005'],
  registered: true,
  compliant: false,
  failureReason: 'Passcode missing',
  remediation: 'Set a passcode',
  diskEncrypted: true,
  pinLock: false,
  jailBroken: false,
  manufacturer: 'Fruit & <Co>',
  model: 'Phone',
  imei: '1',
  meid: '2',
  udid: '3',
  serial: '4',
  osVersion: 'iOS 18.1',
  phoneNumber: '5',
  lastCheckinMs: 1_790_000_000_000,
}

const list = (version: 1 | 2 | 3, device: ToldDevice, filter?: ReadonlySet<string>) =>
  writeList({
    version,
    pagingInfo: 0,
    busyWaitSeconds: 0,
    filter,
    devices: [{ mac: device.macs[0], guid: version === 3 ? device.guid : undefined, device }],
  })

const names = (text: string) => {
  const device = readXml(text).children.at(-1)?.children[0]
  return device?.children.at(-1)?.children.map(({ name }) => name)
}

test('every attribute is in its place, and each version has its own', () => {
  const two = ['register_status', 'compliance', 'disk_encryption_on', 'pin_lock_on', 'jail_broken']
  two.push('manufacturer', 'model', 'imei', 'meid', 'udid', 'serial_number', 'os_version', 'phone_number')

  expect(names(list(1, full))).toEqual(two.filter((name) => name !== 'meid' && name !== 'udid'))
  expect(names(list(2, full))).toEqual(two)
  expect(names(list(3, full))).toEqual([...two, 'lastCheckinTimeStamp', 'guid', 'macaddresses'])
})

test('the whole answer, byte for byte', () => {
  const device = { guid, macs: ['AABBCCDDEEFF'], registered: true, compliant: true, model: 'A & B' }

  expect(list(3, device)).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<ise_api><name>attributes</name><api_version>3</api_version><paging_info>0</paging_info>' +
      '<server_busy_wait_seconds>0</server_busy_wait_seconds><deviceList><device>' +
      `<macaddress>AABBCCDDEEFF</macaddress><guid>${guid}</guid><attributes>` +
      '<register_status>true</register_status><compliance><status>true</status><failure_reason></failure_reason>' +
      `<remediation></remediation></compliance><model>A &#38; B</model><guid>${guid}</guid>` +
      '<macaddresses>AABBCCDDEEFF</macaddresses></attributes></device></deviceList></ise_api>\n',
  )
})

test('what is not known has no element', () => {
  expect(names(list(2, { guid, macs: ['AABBCCDDEEFF'], registered: true, compliant: true }))).toEqual([
    'register_status',
    'compliance',
  ])
})

test('a device nobody judged yet is not compliant, and says why', () => {
  const { compliant: _, failureReason: __, ...unjudged } = full

  expect(list(3, unjudged)).toContain('<status>false</status><failure_reason>Not evaluated yet</failure_reason>')
})

test('at most five addresses are told', () => {
  expect(list(3, full)).toContain(`<macaddresses>${full.macs.slice(0, 5).join(',')}</macaddresses>`)
})

test('a filter leaves the rest out', () => {
  expect(names(list(3, full, new Set(['compliance', 'model'])))).toEqual(['compliance', 'model'])
})

test('an empty list is a list', () => {
  const text = writeList({ version: 2, pagingInfo: 0, busyWaitSeconds: 0, filter: undefined, devices: [] })

  expect(text).toContain('<paging_info>0</paging_info><deviceList></deviceList></ise_api>')
})

test('whatever people write comes back as they wrote it, without prefixes and attributes', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 40 })
  fc.assert(
    fc.property(anyText, anyText, (model, reason) => {
      const text = list(3, { ...full, model, failureReason: reason })
      const root = readXml(text)

      for (const element of flat(root)) {
        expect(element.attributes.size).toBe(0)
        expect(element.name).toMatch(/^[A-Za-z_]+$/)
      }
      const told = flat(root).find(({ name }) => name === 'failure_reason')?.text
      // XML 1.0 has no place for some characters, and its readers trim and join lines.
      const clean = (value: string) => value.toWellFormed().replaceAll(/[^\p{L}\p{N}\p{P}\p{S}]/gu, '')
      expect(clean(told ?? '')).toBe(clean(reason))
    }),
  )
})

test('the other answers are read by the same reader', () => {
  const info = writeInfo({
    version: 3,
    apiPath: '/ciscoise/mdmapi/v3',
    redirectUrl: 'https://console.example/enroll?a=1&b=2',
    queryMaxSize: 1000,
    messaging: true,
    vendor: 'Sallygate',
    product: 'Sallygate nac',
    productVersion: '0.1.0',
  })
  expect(readXml(info).children.map(({ name }) => name)).toEqual([
    'name',
    'api_version',
    'api_path',
    'redirect_url',
    'query_max_size',
    'messaging_support',
    'vendor',
    'product_name',
    'product_version',
  ])
  const results = [{ mac: 'AABBCCDDEEFF', done: false, failureReason: 'Unknown device' }]
  expect(writeResults('action', 2, results)).toContain(
    '<device><macaddress>AABBCCDDEEFF</macaddress><result><action_status>false</action_status>' +
      '<failure_reason>Unknown device</failure_reason></result></device>',
  )
  expect(writeResults('sendmessage', 3, results)).toContain('<message_status>false</message_status>')
  expect(readXml(writeError('X', 'No <b>')).children.map(({ text }) => text)).toEqual(['error', 'X', 'No <b>'])
})

function flat(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(flat)]
}
