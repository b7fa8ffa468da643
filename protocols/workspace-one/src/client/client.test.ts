import { Secret } from '@sallygate/base/secret'
import { describe, expect, test } from 'vitest'
import { uemDevice } from '../device.ts'
import { readUemDevice } from './read-device.ts'
import { UemClient, type UemRequest } from './uem-client.ts'

function clientOf(answers: (request: UemRequest) => { readonly status: number; readonly body?: unknown }) {
  const asked: UemRequest[] = []
  const exchange = {
    request(request: UemRequest) {
      asked.push(request)
      const { status, body } = answers(request)
      return Promise.resolve({
        status,
        headers: {},
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? '')),
      })
    },
  }
  return {
    asked,
    client: new UemClient({
      exchange,
      user: 'ACME\\api',
      password: new Secret('s\u00e9same'),
      tenantCode: new Secret('key'),
    }),
  }
}

async function all(client: UemClient) {
  const found = []
  for await (const page of client.pages()) found.push(...page)
  return found
}

const device = (n: number) => ({ Uuid: `5C7E0D4E-0000-4000-8000-00000000000${n}`, MacAddress: 'AABBCCDDEEFF' })

test('what our own server writes is read as it was meant', () => {
  const written = uemDevice({
    number: 7,
    guid: '5c7e0d4e-0000-4000-8000-000000000001',
    groupNumber: 1,
    group: 'g',
    groupName: 'Acme',
    registered: true,
    compliant: false,
    failing: [{ policy: 'Encryption', rule: 'Disk encrypted' }],
    macs: ['AABBCCDDEEFF', 'AABBCCDDEE00'],
    diskEncrypted: false,
    serial: '5CD1234XYZ',
    lastCheckinMs: 1_790_000_000_000,
  })

  expect(readUemDevice(JSON.parse(JSON.stringify(written)))).toMatchObject({
    sourceId: '5c7e0d4e-0000-4000-8000-000000000001',
    serial: '5CD1234XYZ',
    macs: ['AABBCCDDEEFF', 'AABBCCDDEE00'],
    isEnrolled: true,
    isCompliant: false,
    failing: ['Encryption'],
    isEncrypted: false,
    isCompromised: undefined,
    lastSeenMs: 1_790_000_000_000,
  })
})

test('pages are asked for until there is none, with credentials and tenant code', async () => {
  const { client, asked } = clientOf(({ path }) =>
    path.includes('page=2')
      ? { status: 204 }
      : { status: 200, body: { Devices: [device(path.includes('page=1') ? 2 : 1)] } },
  )

  expect((await all(client)).map(({ sourceId }) => sourceId.at(-1))).toEqual(['1', '2'])
  expect(asked[0]).toMatchObject({
    path: '/api/mdm/devices/search?page=0&pagesize=500',
    headers: {
      'aw-tenant-code': 'key',
      authorization: `Basic ${Buffer.from('ACME\\api:s\u00e9same').toString('base64')}`,
    },
  })
})

test('Total ends the walk, and spares a question', async () => {
  const { client, asked } = clientOf(() => ({ status: 200, body: { Devices: [device(1)], Total: 1 } }))

  await all(client)

  expect(asked).toHaveLength(1)
})

describe('each failure by name', () => {
  test.each([
    [401, 'CREDENTIALS'],
    [403, 'NO_RIGHT'],
    [429, 'BUSY'],
    [503, 'BUSY'],
    [500, 'ANSWER_STATUS'],
    [302, 'ANSWER_STATUS'],
  ])('%i', async (status, code) => {
    await expect(all(clientOf(() => ({ status })).client)).rejects.toMatchObject({ code: `UEM_CLIENT_${code}` })
  })

  test.each(['<html>', '[]', 'null', '{"Devices":{}}', '{"errorCode":1000}'])('%s', async (body) => {
    await expect(all(clientOf(() => ({ status: 200, body })).client)).rejects.toMatchObject({
      code: 'UEM_CLIENT_ANSWER_UNREADABLE',
    })
  })

  test('the same page for ever', async () => {
    await expect(all(clientOf(() => ({ status: 200, body: { Devices: [device(1)] } })).client)).rejects.toMatchObject({
      code: 'UEM_CLIENT_ENDLESS',
    })
  })
})

test.each([null, 1, 'x', [], {}, { Id: 7 }, { Id: { Value: 'x' } }, { Uuid: 5 }])(
  '%j is no device, and no error',
  (value) => {
    expect(readUemDevice(value)).toBeUndefined()
  },
)
