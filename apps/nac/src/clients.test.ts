/**
 * Clients of other NACs, by the rules their own code applies (contract, section 10). The rules are rewritten here, not copied.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deviceRecord, sampleAccount, sampleDevice, sampleGuid, sampleMac } from './testing/sample-records.ts'
import { NacInTest, until } from './testing/nac-in-test.ts'
import { XmlElement } from './testing/xml.ts'

let nac: NacInTest
beforeAll(async () => {
  const account = await sampleAccount({
    id: 'act',
    user: 'act',
    right: 'edit',
    actions: ['pin_lock', 'corporate_wipe'],
    messages: true,
  })
  nac = await NacInTest.start([
    { kind: 'account', id: 'act', value: account },
    deviceRecord(sampleDevice(1, { group: 'emea', platform: 'Apple' })),
    deviceRecord(sampleDevice(2, { compliant: false, failing: [{ policy: 'Wi-Fi', rule: 'passcode' }] })),
    deviceRecord(sampleDevice(3, { registered: false })),
    deviceRecord({ guid: sampleGuid(4), group: 'acme', registered: true, macs: [sampleMac(4)] }),
  ])
})
afterAll(() => nac.stop())

const tenant = { 'aw-tenant-code': 'a key' }
const get = (path: string, headers: Readonly<Record<string, string>> = tenant) => nac.ask(path, { headers })
const post = (path: string, body: string, user = 'ise', type = 'application/json') =>
  nac.ask(path, { method: 'POST', body, user, headers: { ...tenant, 'content-type': type } })
const read = (text: string) => JSON.parse(text) as Record<string, never>

describe('PacketFence, provisioner for ISE-like servers (symantec)', () => {
  /** Any 2xx is parsed; a device is let in when its address is the one asked for and its status is the word true. */
  const authorizes = async (mac: string) => {
    const { status, text } = await nac.ask(`/appstore/ciscoise/devices/0/macaddress/${mac}/all`)
    if (status < 200 || status > 299) return false
    const same = (one: string) => one.replaceAll(/[^0-9a-f]/gi, '').toLowerCase()
    return XmlElement.read(text)
      .all('device')
      .some((device) => {
        const [address = '', compliant] = device.told('macaddress', 'status')
        return same(address) === same(mac) && compliant === 'true'
      })
  }

  test('lets in who is compliant and nobody else', async () => {
    const macs = ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03', '02:00:00:00:00:99']

    expect(await Promise.all(macs.map(authorizes))).toEqual([true, false, false, false])
  })
})

describe('PacketFence, provisioner airwatch', () => {
  /** Only 200 and 404 are answers, both with JSON; let in is who is found once and enrolled. */
  const authorizes = async (mac: string) => {
    const body = JSON.stringify({ BulkValues: { value: [mac] } })
    const { status, text } = await post('/api/mdm/devices?searchby=Macaddress', body)
    if (status !== 200 && status !== 404) throw new Error('communication failure')
    const answer = read(text) as unknown as {
      Total?: number
      Devices?: { EnrollmentStatus: string; UserName: string }[]
    }
    return answer.Total === 1 && answer.Devices?.[0]?.EnrollmentStatus === 'Enrolled'
  }

  test('lets in who is enrolled and nobody else', async () => {
    const macs = [sampleMac(1), sampleMac(2), sampleMac(3), sampleMac(99), 'nonsense']

    expect(await Promise.all(macs.map(authorizes))).toEqual([true, true, false, false, false])
  })
})

describe('Forescout, Workspace ONE 1.0.3', () => {
  /** Other spellings of a time are dropped by it. */
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}$/

  test('finds a device by address, as one object at the top', async () => {
    const { status, text } = await get(`/api/mdm/devices?searchby=macaddress&id=${sampleMac(2)}`)
    const device = read(text) as unknown as { Id: { Value: number }; LastSeen: string; ComplianceStatus: string }

    expect(status).toBe(200)
    expect(Number.isSafeInteger(device.Id.Value)).toBe(true)
    expect(device.LastSeen).toMatch(time)
    expect(device.ComplianceStatus).toBe('NonCompliant')
    const again = await get(`/api/mdm/devices/${device.Id.Value}`)
    expect(again.text).toBe(text)
  })

  test('polls until there is nothing more, which is 204', async () => {
    const seen: string[] = []
    let page = 0
    for (; ; page++) {
      const { status, text } = await get(`/api/mdm/devices/search?page=${page}&pagesize=3`)
      if (status === 204) break
      const { Devices, Total } = read(text) as unknown as { Devices: { Uuid: string }[]; Total: number }
      expect(Total).toBe(4)
      seen.push(...Devices.map(({ Uuid }) => Uuid))
    }

    expect([page, new Set(seen).size]).toEqual([2, 4])
  })

  test('asks for the parts of a device', async () => {
    const id = sampleGuid(1)
    expect(read((await get('/api/system/info')).text)).toMatchObject({ ProductName: 'Sallygate nac' })
    expect(read((await get(`/api/mdm/devices/${id}/security`)).text)).toMatchObject({
      IsPasscodePresent: true,
      BlockLevelEncryption: true,
    })
    expect(read((await get(`/api/mdm/devices/${id}/user`)).text)).toMatchObject({
      DeviceUser: { UserName: 'corp\\user1' },
    })
    for (const [part, list] of [
      ['apps', 'DeviceApps'],
      ['certificates', 'DeviceCertificates'],
      ['profiles', 'DeviceProfiles'],
    ] as const)
      expect(read((await get(`/api/mdm/devices/${id}/${part}`)).text)).toMatchObject({ Total: 0, [list]: [] })
  })

  test('locks with a command in lower case, and sends a message as XML', async () => {
    const by = `searchby=macaddress&id=${sampleMac(1)}`
    expect((await post(`/api/mdm/devices/commands?command=lock&${by}`, '', 'act')).status).toBe(202)
    expect((await post(`/api/mdm/devices/commands?command=devicewipe&${by}`, '', 'act')).status).toBe(403)
    expect((await post(`/api/mdm/devices/commands?command=lock&${by}`, '')).status).toBe(403)
    const message =
      '<PushMessage xmlns="http://www.air-watch.com/servicemodel/resources"><MessageBody>Call us</MessageBody></PushMessage>'
    const sent = await post(`/api/mdm/devices/${sampleGuid(1)}/messages/push`, message, 'act', 'text/xml')
    expect(sent.status).toBe(202)

    await until(() => nac.console.actions.length === 2)
    expect(nac.console.actions).toMatchObject([{ action: 'pin_lock' }, { action: 'message', body: 'Call us' }])
  })
})

describe('PyVMwareAirWatch and JupiterOne', () => {
  test('a body with errorCode is an error, and the type is one of the two that are read', async () => {
    const { status, text, headers } = await get('/api/mdm/devices?searchby=Serialnumber&id=nobody')

    expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8'])
    expect(read(text)['errorCode']).toBeTruthy()
  })

  test('searches with the version in Accept, in capitals', async () => {
    const headers = { ...tenant, accept: 'application/json;version=2' }
    const { status, text } = await get('/API/mdm/devices/search?page=0&compliantstatus=true', headers)

    expect(status).toBe(200)
    expect(read(text)).toMatchObject({ Total: 2, Page: 0 })
    expect(read((await get('/API/system/groups/search', headers)).text)).toMatchObject({ TotalResults: 3 })
  })

  test('without the tenant code nothing is told', async () => {
    expect((await get('/api/system/info', {})).status).toBe(401)
  })

  test('what is not known is not told, and not evaluated is a word of its own', async () => {
    const device = read((await get(`/api/mdm/devices?searchby=macaddress&id=${sampleMac(4)}`)).text)

    expect(device).not.toHaveProperty('CompromisedStatus')
    expect(device).toMatchObject({ ComplianceStatus: 'NotAvailable' })
  })

  test.each(['{', '[]', '{"BulkValues":{}}', '[['.repeat(500)])('the body %s is refused', async (body) => {
    expect((await post('/api/mdm/devices?searchby=Macaddress', body)).status).toBe(400)
  })
})

test('FreeRADIUS gets a word it can decide by, and 404 for no other address', async () => {
  const word = async (query: string) => {
    const { status, text } = await nac.ask(`/radius/device?${query}`)
    expect(status).toBe(200)
    return (read(text) as unknown as Record<string, { value: string[] }>)['control:Tmp-String-0']?.value[0]
  }
  expect(await word(`mac=${sampleMac(1)}`)).toBe('compliant')
  expect(await word(`mac=02-00-00-00-00-02`)).toBe('non-compliant')
  expect(await word(`mac=02-00-00-00-00-99`)).toBe('unknown')
  expect(await word(`guid=${sampleGuid(1)}&mac=02-00-00-00-00-99`)).toBe('compliant')
  expect(await word('')).toBe('unknown')
  expect((await nac.ask('/radius/devices?mac=1')).status).toBe(404)
})
