import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBulkValues, readMessageText, readUemRequest, uemDevice } from './server.ts'

const mac = { by: 'macaddress', value: '0026B424FEB4' }

test.each([
  ['GET', '/api/help', { kind: 'help' }],
  ['GET', '/api/system/info', { kind: 'info' }],
  ['GET', '/API/MDM/Devices?SearchBy=Macaddress&id=0026B424FEB4', { kind: 'device', selector: mac, detail: undefined }],
  ['POST', '/api/mdm/devices?searchby=Macaddress', { kind: 'bulk', by: 'macaddress' }],
  ['POST', '/api/mdm/devices/id', { kind: 'bulk', by: 'deviceid' }],
  ['GET', '/api/mdm/devices/17', { kind: 'device', selector: { by: 'deviceid', value: '17' }, detail: undefined }],
  [
    'GET',
    '/api/mdm/devices/17/security',
    { kind: 'device', selector: { by: 'deviceid', value: '17' }, detail: 'security' },
  ],
  ['GET', '/api/mdm/devices/udid/abc', { kind: 'device', selector: { by: 'udid', value: 'abc' }, detail: undefined }],
  [
    'GET',
    '/api/mdm/devices/security?searchby=udid&id=a',
    { kind: 'device', selector: { by: 'udid', value: 'a' }, detail: 'security' },
  ],
  [
    'POST',
    '/api/mdm/devices/17/commands?command=Lock',
    { kind: 'command', selector: { by: 'deviceid', value: '17' }, command: 'Lock' },
  ],
  [
    'POST',
    '/api/mdm/devices/commands?command=lock&searchby=macaddress&id=0026B424FEB4',
    { kind: 'command', selector: mac, command: 'lock' },
  ],
  [
    'POST',
    '/api/mdm/devices/commands/bulk?command=Lock&searchby=udid',
    { kind: 'bulkCommand', by: 'udid', command: 'Lock' },
  ],
  [
    'POST',
    '/api/mdm/devices/0d5b6c1e-x/commands/Lock',
    { kind: 'command', selector: { by: 'uuid', value: '0d5b6c1e-x' }, command: 'Lock' },
  ],
  [
    'POST',
    '/api/mdm/devices/commands/Lock/device/macaddress/0026B424FEB4',
    { kind: 'command', selector: mac, command: 'Lock' },
  ],
  ['POST', '/api/mdm/devices/17/messages/push', { kind: 'message', selector: { by: 'deviceid', value: '17' } }],
  ['POST', '/api/mdm/devices/macaddress/0026B424FEB4/sendmessage', { kind: 'message', selector: mac }],
  ['DELETE', '/api/mdm/devices/17', { kind: 'wrongMethod', allow: 'GET' }],
])('%s %s is read', (method, address, request) => {
  expect(readUemRequest(method, address)).toEqual(request)
})

test.each([
  '/api',
  '/api/',
  '/api//system/info',
  '/api/system/%2e%2e/info',
  '/api/constructor',
  '/apis/system/info',
  '/api/mdm/devices;x',
])('%s is nothing', (address) => {
  expect(readUemRequest('GET', address)).toBeUndefined()
})

test('no address ends the reader', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (path, query) => void readUemRequest('GET', `/api/mdm/${path}?${query}`)),
  )
})

test("PacketFence's body is read, and the documented one", () => {
  expect(readBulkValues(Buffer.from('{"BulkValues":{"value":["AABBCCDDEEFF"]}}'))).toEqual(['AABBCCDDEEFF'])
  expect(readBulkValues(Buffer.from('{"BulkValues":{"Value":[17]}}'))).toEqual(['17'])
})

test.each(['', '[]', '{}', '{"BulkValues":{"value":"x"}}', '{"BulkValues":{"value":[{}]}}', `${'['.repeat(5000)}`])(
  'the body %s is refused',
  (body) => {
    expect(() => readBulkValues(Buffer.from(body))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^BASE_/) }),
    )
  },
)

test('a message has its words', () => {
  const body = '{"MessageBody":"Call us","Application":"AirWatch Agent","Subject":"Hi"}'

  expect(readMessageText(Buffer.from(body))).toEqual({ title: 'Hi', text: 'Call us' })
})

test('a device has the names and dates that its clients read', () => {
  const told = uemDevice({
    number: 17,
    guid: 'g',
    group: 'o',
    groupNumber: 3,
    groupName: 'Acme',
    registered: true,
    compliant: false,
    macs: ['0026B424FEB4'],
    lastCheckinMs: Date.UTC(2020, 2, 20, 19, 25, 19, 843),
    failing: [{ policy: 'Wi-Fi', rule: 'passcode' }],
  })

  expect(told).toMatchObject({
    Id: { Value: 17 },
    MacAddress: '0026B424FEB4',
    EnrollmentStatus: 'Enrolled',
    ComplianceStatus: 'NonCompliant',
    LastSeen: '2020-03-20T19:25:19.843',
    ComplianceSummary: { DeviceCompliance: [{ PolicyName: 'Wi-Fi', CompliantStatus: false }] },
  })
  expect(JSON.parse(JSON.stringify(told))).not.toHaveProperty('CompromisedStatus')
})
