import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readIseRequest, readMacAddress } from './index.ts'

const devices = (address: string) => {
  const request = readIseRequest('GET', address)
  if (request?.kind !== 'devices') throw new Error(`${address} is ${request?.kind}`)
  return request
}

test.each([
  ['/ciscoise/mdminfo', '', 1],
  ['/ciscoise/mdminfo/', '', 1],
  ['/ciscoise/mdminfo/?ise_api_version=2', '', 2],
  ['/ciscoise/mdminfo?ISE_API_VERSION=3', '', 3],
  ['/ciscoise/mdminfo?ise_api_version=17', '', 3],
  ['/ciscoise/mdminfo?ise_api_version=0', '', 1],
  ['/ciscoise/mdminfo?ise_api_version=latest', '', 1],
  ['/acme/ciscoise/mdminfo/?ise_api_version=3', '/acme', 3],
  ['/CiscoISE/MdmInfo', '', 1],
])('%s is found, below %s, as version %i', (address, prefix, version) => {
  expect(readIseRequest('GET', address)).toEqual({ kind: 'info', prefix, version })
})

test('the query that a real ISE logged is read', () => {
  const { version, asked } = devices(
    '/ciscoise/mdmapi/v2/devices/?paging=0&querycriteria=macaddress&value=0026B424FEB4&filter=all',
  )

  expect(version).toBe(2)
  expect(asked).toEqual({
    query: { by: 'macaddress', value: '0026B424FEB4' },
    paging: 0,
    filter: undefined,
    identifier: undefined,
  })
})

test("PacketFence's query is read: version 1, colons, lower case, a prefix", () => {
  const { version, asked } = devices('/appstore/ciscoise/devices/0/macaddress/00:26:b4:24:fe:b4/all')

  expect(version).toBe(1)
  expect(asked.query).toEqual({ by: 'macaddress', value: '0026B424FEB4' })
})

test.each([
  ['devices/0/all', { by: 'all' }],
  ['devices/?paging=0&filter=all', { by: 'all' }],
  ['devices/0/compliance/false/all', { by: 'compliance', compliant: false }],
  ['devices?querycriteria=compliance&value=True&deviceidentifier=guid', { by: 'compliance', compliant: true }],
  ['devices?QueryCriteria=USERNAME&Value=CORP%5CAda', { by: 'username', value: 'corp\\ada' }],
  [
    'devices?querycriteria=guid&value=%7B0D5B6C1E-0000-4000-8000-000000000001%7D',
    { by: 'guid', value: '0d5b6c1e-0000-4000-8000-000000000001' },
  ],
  ['devices?querycriteria=guid&value=ID:Sallygate:GUID:ABC', { by: 'guid', value: 'abc' }],
  ['devices?querycriteria=guidhn&value=PC1.Corp', { by: 'guidhn', value: 'pc1.corp' }],
  ['devices?querycriteria=serialnumber&value=C02X', { by: 'serialnumber', value: 'c02x' }],
  ['devices?querycriteria=imei&value=35-209900-176148-1', { by: 'imei', value: '352099001761481' }],
  ['devices?querycriteria=macaddress&value=nonsense', { by: 'malformed', criterion: 'macaddress' }],
  ['devices?querycriteria=macaddress&value=FF:FF:FF:FF:FF:FF', { by: 'malformed', criterion: 'macaddress' }],
  ['devices?querycriteria=compliance&value=maybe', { by: 'malformed', criterion: 'compliance' }],
  ['devices?querycriteria=shoesize&value=43', { by: 'unknown' }],
  ['devices?querycriteria=macaddress&value=%zz', { by: 'malformed', criterion: 'macaddress' }],
])('%s asks for %o', (address, query) => {
  expect(devices(`/ciscoise/mdmapi/v3/${address}`).asked.query).toEqual(query)
})

test.each([
  ['register_status+compliance_status', ['register_status', 'compliance']],
  ['Register%20Status%2Cmodel', ['model']],
  ['PIN_LOCK_ON,jail_broken', ['pin_lock_on', 'jail_broken']],
  ['all', undefined],
  ['nothing+known', undefined],
])('the filter %s names %o', (written, names) => {
  const { filter } = devices(`/ciscoise/devices?querycriteria=imei&value=1&filter=${written}`).asked

  expect(filter && [...filter]).toEqual(names)
})

test.each([
  'action/actionType=pin_lock',
  'action/?actionType=pin_lock',
  'action?ACTIONTYPE=PIN_LOCK',
  'action/pin_lock/',
])('an action is read from %s', (address) => {
  expect(readIseRequest('POST', `/ciscoise/mdmapi/v3/${address}`)).toEqual({
    kind: 'action',
    version: 3,
    action: 'pin_lock',
  })
})

test('a word that is no action is none', () => {
  expect(readIseRequest('POST', '/ciscoise/action/actionType=explode')).toMatchObject({ action: undefined })
})

test.each([
  ['POST', '/ciscoise/mdminfo', 'GET'],
  ['GET', '/ciscoise/mdmapi/v2/action/actionType=pin_lock', 'POST'],
  ['DELETE', '/ciscoise/devices', 'GET'],
  ['GET', '/ciscoise/sendmessage', 'PUT, POST'],
])('%s %s says which methods there are', (method, address, allow) => {
  expect(readIseRequest(method, address)).toEqual({ kind: 'wrongMethod', allow })
})

test.each([
  '/',
  '/ciscoise',
  '/ciscoise/',
  '/ciscoise/secrets',
  '/ciscoise/constructor',
  '/ciscoise//mdminfo',
  '//ciscoise/mdminfo',
  '/ciscoise/../ciscoise/mdminfo',
  '/%63iscoise/mdminfo',
  '/ciscoise/%2e%2e/mdminfo',
  '/ciscoise/mdminfo;jsessionid=1',
  '/ciscoise/mdminfo/more',
  '/a/b/c/d/ciscoise/mdminfo',
  '/a b/ciscoise/mdminfo',
  `/${'a'.repeat(3000)}/ciscoise/mdminfo`,
  '/ciscoise/devices/0/macaddress/a/all/more',
  'ciscoise/mdminfo',
])('%s is nothing', (address) => {
  expect(readIseRequest('GET', address)).toBeUndefined()
})

test('no address at all ends the reader', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (path, query) => void readIseRequest('GET', `/${path}?${query}`)))
  fc.assert(fc.property(fc.string(), (path) => void readIseRequest('GET', `/ciscoise/devices/${path}`)))
})

test('however an address is spelled, it is the same address', () => {
  const hex = fc.array(fc.constantFrom(...'0123456789abcdefABCDEF'.split('')), { minLength: 10, maxLength: 10 })
  const first = fc.constantFrom('02', '0A', 'fe', '58')
  const separators = fc.array(fc.constantFrom('', ':', '-', '.', ' '), { minLength: 12, maxLength: 12 })
  fc.assert(
    fc.property(first, hex, separators, (start, digits, between) => {
      const all = [...start.split(''), ...digits]
      const written = all.map((digit, at) => `${digit}${between[at] ?? ''}`).join('')

      expect(readMacAddress(written)).toBe(all.join('').toUpperCase())
    }),
  )
})
