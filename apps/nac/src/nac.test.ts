import { rmSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { XmlElement } from './testing/xml.ts'
import { afterEach, beforeAll, afterAll, describe, expect, test } from 'vitest'
import {
  deviceRecord,
  sampleAccount,
  sampleDevice,
  sampleFacts,
  sampleGuid,
  sampleMac,
} from './testing/sample-records.ts'
import { NacInTest, until } from './testing/nac-in-test.ts'

const api = '/ciscoise/mdmapi'
const byText = (a: string, b: string) => (a < b ? -1 : 1)

describe('a nac with a few devices', () => {
  let nac: NacInTest
  beforeAll(async () => {
    const accounts = [
      await sampleAccount({ id: 'emea', user: 'emea', group: 'emea' }),
      await sampleAccount({
        id: 'act',
        user: 'act',
        right: 'edit',
        actions: ['pin_lock', 'corporate_wipe', 'full_wipe'],
        messages: true,
      }),
    ]
    nac = await NacInTest.start([
      ...accounts.map((value) => ({ kind: 'account', id: value.id, value }) as const),
      deviceRecord(sampleDevice(1, { imei: '352099001761481', meid: 'a0000000000001', udid: 'UDID-1' })),
      deviceRecord(
        sampleDevice(2, { compliant: false, failureReason: 'Passcode missing', macs: [sampleMac(2), sampleMac(202)] }),
      ),
      deviceRecord(sampleDevice(3, { registered: false })),
      deviceRecord(sampleDevice(4, { group: 'emea' })),
      deviceRecord(sampleDevice(5, { group: 'other', macs: [sampleMac(1)] })),
      deviceRecord({ guid: sampleGuid(6), group: 'acme', registered: true, macs: [sampleMac(6)] }),
    ])
  })
  afterAll(() => nac.stop())

  const ask = (path: string, asked = {}) => nac.ask(path, asked)
  const devices = async (path: string, asked = {}) => {
    const { status, text } = await ask(path, asked)
    expect(status).toBe(200)
    return XmlElement.read(text).all('device')
  }

  test.each([
    ['/ciscoise/mdminfo', '1', '/ciscoise/mdmapi/v1'],
    ['/ciscoise/mdminfo/?ise_api_version=2', '2', '/ciscoise/mdmapi/v2'],
    ['/ciscoise/mdminfo/?ise_api_version=3', '3', '/ciscoise/mdmapi/v3'],
    ['/tenant/ciscoise/mdminfo?ise_api_version=9', '3', '/tenant/ciscoise/mdmapi/v3'],
  ])('%s answers as version %s and says where the rest is', async (path, version, apiPath) => {
    const info = XmlElement.read((await ask(path)).text)

    expect(info.told('name', 'api_version', 'api_path', 'query_max_size', 'messaging_support', 'redirect_url')).toEqual(
      ['mdminfo', version, apiPath, '1000', 'true', 'https://console.example/enroll'],
    )
  })

  test.each([
    [`${api}/v1/devices/0/macaddress/${sampleMac(2)}/all`],
    [`${api}/v2/devices/?paging=0&querycriteria=macaddress&value=${sampleMac(2)}&filter=all`],
    [`${api}/v3/devices/?paging=0&querycriteria=macaddress&value=02-00-00-00-00-02&filter=all`],
    [`${api}/v3/devices?querycriteria=macaddress&value=02%3A00%3A00%3A00%3A00%3Aca`],
    [`${api}/v3/devices/?querycriteria=guid&value=%7B${sampleGuid(2).toUpperCase()}%7D`],
    [`${api}/v3/devices/?querycriteria=guidhn&value=PC2.CORP.example`],
    [`${api}/v2/devices/?querycriteria=serialnumber&value=sn2`],
    [`${api}/v2/devices/?querycriteria=username&value=CORP%5Cuser2`],
    [`/tenant/ciscoise/devices/0/macaddress/02:00:00:00:00:02/all`],
  ])('%s finds the device that is not compliant, and says why', async (path) => {
    const found = await devices(path)

    expect(found).toHaveLength(1)
    expect(found[0]?.told('register_status', 'status', 'failure_reason')).toEqual(['true', 'false', 'Passcode missing'])
  })

  test.each([
    ['imei', '352099001761481'],
    ['meid', 'A0000000000001'],
    ['udid', 'udid-1'],
  ])('a device is found by its %s', async (criterion, value) => {
    expect(await devices(`${api}/v2/devices/?querycriteria=${criterion}&value=${value}`)).toHaveLength(1)
  })

  test('an address that two devices have had finds both', async () => {
    expect(await devices(`${api}/v2/devices/?querycriteria=macaddress&value=${sampleMac(1)}`)).toHaveLength(2)
  })

  test.each([
    ['an address nobody has', sampleMac(999)],
    ['what is no address', 'nonsense'],
    ['a device that left', sampleMac(3)],
  ])('%s is an empty list, not an error', async (_what, mac) => {
    expect(await devices(`${api}/v2/devices/?querycriteria=macaddress&value=${mac}`)).toHaveLength(0)
  })

  test('what is not known about a device is not told', async () => {
    const [device] = await devices(`${api}/v3/devices/?querycriteria=macaddress&value=${sampleMac(6)}`)

    expect(device?.all('disk_encryption_on')).toHaveLength(0)
    expect(device?.told('status', 'failure_reason')).toEqual(['false', 'Not evaluated yet'])
  })

  test('the poll lists who is not compliant: by id in version 3, by each address in the others', async () => {
    const byId = await devices(`${api}/v3/devices/?paging=0&querycriteria=compliance&value=false&deviceidentifier=guid`)
    const byMac = await devices(`${api}/v2/devices/?paging=0&querycriteria=compliance&value=false&filter=all`)

    expect(byId.map((device) => device.told('guid')[0] ?? '').toSorted(byText)).toEqual(
      [sampleGuid(2), sampleGuid(6)].toSorted(byText),
    )
    expect(byMac.map((device) => device.told('macaddress')[0] ?? '').toSorted(byText)).toEqual(
      [sampleMac(2), sampleMac(202), sampleMac(6)].toSorted(byText),
    )
  })

  test('an account of a group sees its devices; the others are not there', async () => {
    const query = (number: number) => `${api}/v3/devices/?querycriteria=macaddress&value=${sampleMac(number)}`
    expect(await devices(query(4), { user: 'emea' })).toHaveLength(1)
    expect(await devices(query(2), { user: 'emea' })).toHaveLength(0)
    expect(await devices(`${api}/v2/devices/?paging=0&filter=all`, { user: 'emea' })).toHaveLength(1)
    expect((await ask(query(2), { user: 'emea' })).text).toBe((await ask(query(999), { user: 'emea' })).text)
  })

  test('several values in one question find several devices', async () => {
    const body = `<ise_api><value>${sampleMac(2)}</value><value>02-00-00-00-00-04</value></ise_api>`
    const path = `${api}/v2/batchdevices/?querycriteria=macaddress&paging=0&filter=all`

    expect(await devices(path, { method: 'POST', body })).toHaveLength(2)
  })

  test.each([
    ['/', 'GET'],
    ['/ciscoise/mdminfo', 'GET'],
    ['/api/help', 'GET'],
    ['/api/nothing', 'GET'],
    ['/nothing/here', 'POST'],
    ['/ciscoise//mdminfo', 'GET'],
    ['/metrics/../ciscoise/mdminfo', 'GET'],
    ['/radius/device?mac=1', 'GET'],
  ])('%s asks whoever is unknown for a password, whether it is there or not', async (path, method) => {
    const { status, headers } = await ask(path, { method, authorization: undefined })

    expect(status).toBe(401)
    expect(headers['www-authenticate']).toMatch(/^Basic realm=/)
  })

  test('health is anybody’s and says no more than how it is; metrics are nobody’s without a token', async () => {
    expect(JSON.parse((await ask('/health', { authorization: undefined })).text)).toMatchObject({ status: 'ok' })
    expect((await ask('/metrics')).status).toBe(401)
  })

  test.each(['/nothing', '/ciscoise/nothing', '/ciscoise//mdminfo', '/ciscoise/%2e%2e/mdminfo', '/ciscoise/mdminfo;a'])(
    '%s is nothing, also to whoever is known',
    async (path) => {
      expect((await ask(path)).status).toBe(404)
    },
  )

  test('a question nobody understands is an error, never an empty list', async () => {
    expect((await ask(`${api}/v2/devices/?querycriteria=shoesize&value=43`)).status).toBe(400)
    const wrong = await ask('/ciscoise/mdminfo', { method: 'DELETE' })
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'GET'])
  })

  const act = (path: string, guid: string, asked = {}) =>
    ask(path, {
      method: 'POST',
      user: 'act',
      body: `<ise_api><identifier><guid>${guid}</guid></identifier></ise_api>`,
      ...asked,
    })

  test('an action is promised, handed over once with who asked, and not twice within ten minutes', async () => {
    const first = await act(`${api}/v3/action/actionType=pin_lock`, sampleGuid(2))
    await act(`${api}/v3/action/?actionType=pin_lock`, sampleGuid(2))
    await until(() => nac.console.actions.length > 0)

    expect(XmlElement.read(first.text).told('name', 'action_status')).toEqual(['action', 'true'])
    expect(nac.console.actions).toHaveLength(1)
    expect(nac.console.actions[0]).toMatchObject({
      action: 'pin_lock',
      device: sampleGuid(2),
      account: 'act',
      source: '127.0.0.1',
    })
  })

  test('without the right, or where full wipe is off, an action is forbidden; an unknown device is told', async () => {
    expect((await act(`${api}/v3/action/actionType=pin_lock`, sampleGuid(2), { user: 'ise' })).status).toBe(403)
    expect((await act(`${api}/v3/action/actionType=full_wipe`, sampleGuid(2))).status).toBe(403)
    const unknown = await act(`${api}/v3/action/actionType=pin_lock`, sampleGuid(99))
    expect(XmlElement.read(unknown.text).told('action_status', 'failure_reason')).toEqual(['false', 'Unknown device'])
    expect((await act(`${api}/v3/action/actionType=explode`, sampleGuid(2))).status).toBe(400)
  })

  test('a message reaches the console with its words', async () => {
    const body =
      `<ise_api><identifier><macaddress>${sampleMac(4)}</macaddress></identifier><message>` +
      '<message_type>Alert</message_type><message_header>Hi</message_header><message_body>Update now</message_body></message></ise_api>'
    const { text } = await ask(`${api}/v2/sendmessage`, { method: 'PUT', user: 'act', body })

    expect(XmlElement.read(text).told('message_status')).toEqual(['true'])
    await until(() => nac.console.actions.some((action) => (action as { body?: string }).body === 'Update now'))
  })

  test('T70: bombs, entities, strange encodings and 50 MB get 400 at once, and memory stays', async () => {
    const path = `${api}/v3/action/actionType=pin_lock`
    const bomb = `<!DOCTYPE a [${Array.from({ length: 40 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`).join('')}]><a>&e40;</a>`
    const bodies: readonly (string | Buffer)[] = [
      bomb,
      '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
      '<a>&x;</a>',
      Buffer.from('<ise_api/>', 'utf16le'),
      '<?xml version="1.0" encoding="UTF-7"?><a/>',
      '+ADw-a/+AD4-',
      Buffer.from('<a>\xc3\x28</a>', 'latin1'),
      'not XML',
      '',
    ]
    for (const body of bodies.filter((one) => one !== '')) {
      const startedMs = performance.now()
      expect((await act(path, '', { body })).status).toBe(400)
      expect(performance.now() - startedMs).toBeLessThan(1000)
    }
    // Of this thread alone: other suites run in the same process.
    const held = () => process.memoryUsage().heapUsed + process.memoryUsage().external
    const before = held()
    const large = Buffer.alloc(50 * 1024 * 1024, 0x20)
    const clientShare = large.length
    const answered = await Promise.allSettled([act(path, '', { body: large }), act(path, '', { body: large })])
    for (const one of answered) {
      // The connection ends with the answer; a client that goes on sending may see only the end of it.
      if (one.status === 'fulfilled') expect(one.value.status).toBe(400)
      else expect((one.reason as NodeJS.ErrnoException).code).toMatch(/EPIPE|ECONNRESET/)
    }
    expect(held() - before).toBeLessThan(4 * clientShare)
    expect((await ask('/ciscoise/mdminfo')).status).toBe(200)
  })

  test('T71: guessing from everywhere does not slow the policy node, and locks nobody out', async () => {
    expect((await ask('/ciscoise/mdminfo')).status).toBe(200)
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const guesses = (from: number) =>
      Promise.all(
        Array.from({ length: 40 }, (_, at) => ask('/ciscoise/mdminfo', { password: `guess${from + at}`, agent })),
      )
    const guessing = guesses(0)
    const times: number[] = []
    for (let query = 0; query < 40; query++) {
      const startedMs = performance.now()
      expect((await ask(`${api}/v2/devices/?querycriteria=macaddress&value=${sampleMac(2)}`)).status).toBe(200)
      times.push(performance.now() - startedMs)
    }
    const statuses = new Set((await guessing).map(({ status }) => status))
    // On a machine that is busy enough, forty take so long that twenty a minute are no limit.
    for (let from = 40; !statuses.has(429) && from < 400; from += 40)
      for (const { status } of await guesses(from)) statuses.add(status)
    agent.destroy()

    expect([...statuses].every((status) => status === 401 || status === 429)).toBe(true)
    expect(statuses.has(429)).toBe(true)
    expect(times.toSorted((a, b) => a - b).at(-2)).toBeLessThan(1000)
    expect((await ask('/ciscoise/mdminfo')).status).toBe(200)
  }, 60_000)

  test('the console hears who asked what, when and how fast', async () => {
    await until(() =>
      nac.console.reports.some(({ nodes }) =>
        (nodes as readonly { account: string; lastPollMs?: number; p99Ms?: number }[]).some(
          ({ account, lastPollMs, p99Ms }) => account === 'ise' && lastPollMs !== undefined && p99Ms !== undefined,
        ),
      ),
    )
  }, 20_000)
})

describe('a nac of its own', () => {
  let nac: NacInTest | undefined
  afterEach(async () => {
    await nac?.stop()
    nac = undefined
  })
  const known = async (number: number) =>
    (await nac!.ask(`${api}/v3/devices/?querycriteria=macaddress&value=${sampleMac(number)}`)).text.includes('<device>')

  test('a change at the console is answered a moment later', async () => {
    nac = await NacInTest.start([deviceRecord(sampleDevice(1))])
    expect(await known(1)).toBe(true)
    nac.console.put(deviceRecord(sampleDevice(2)), { kind: 'device', id: sampleGuid(1) })

    await until(async () => (await known(2)) && !(await known(1)))
  })

  test('T17: with everything else dead, a new start answers from its file', async () => {
    nac = await NacInTest.start([deviceRecord(sampleDevice(1))])
    await until(() => known(1))
    await nac.stopNac()
    await nac.console.stop()

    await nac.startNac()

    expect(await known(1)).toBe(true)
    const { headers } = await nac.ask('/ciscoise/mdminfo')
    expect(Number(headers['x-sallygate-age'])).toBeGreaterThanOrEqual(0)
    await until(async () => (await nac!.ask('/health')).text.includes('NAC_LINK_UNREACHABLE'))
  })

  test('without anything ever read, every question is an error and no list is empty', async () => {
    nac = await NacInTest.start()
    await nac.stopNac()
    await nac.console.stop()
    rmSync(join(nac.home, 'read-model.log'))
    await nac.startNac()

    // Nobody is known either, so nobody is told more than that.
    expect((await nac.ask('/ciscoise/mdminfo')).status).toBe(503)
    expect((await nac.ask('/health')).status).toBe(503)
  })

  test('a page that the console did not sign is not believed', async () => {
    nac = await NacInTest.start([deviceRecord(sampleDevice(1))])
    await until(() => known(1))
    nac.console.tamper = ({ page, signature }) => ({ page: page.replaceAll('acme', 'emea'), signature })
    nac.console.put(deviceRecord(sampleDevice(2)))

    await until(async () => (await nac!.ask('/health')).text.includes('NAC_FEED_FORGED'))
    expect([await known(1), await known(2)]).toEqual([true, false])
  })

  test('another history is read from its beginning while the old answers serve', async () => {
    nac = await NacInTest.start([deviceRecord(sampleDevice(1))])
    await until(() => known(1))
    const account = await sampleAccount()
    nac.console.begin(
      { kind: 'account', id: account.id, value: account },
      { kind: 'settings', id: 'nac', value: sampleFacts },
      deviceRecord(sampleDevice(7)),
    )

    await until(async () => (await nac!.ask('/ciscoise/mdminfo')).status === 200 && (await known(7)))
    expect(await known(1)).toBe(false)
  })

  test('T72: who asks for what is not there is slowed, and the console hears of it', async () => {
    nac = await NacInTest.start([
      { kind: 'settings', id: 'nac', value: { ...sampleFacts, missesPerMinute: 30 } },
      deviceRecord(sampleDevice(1)),
    ])
    await until(() => known(1))
    const statuses: number[] = []
    for (let guess = 1000; guess < 1060; guess++) {
      const path = `${api}/v3/devices/?querycriteria=macaddress&value=${sampleMac(guess)}`
      statuses.push((await nac.ask(path)).status)
    }

    expect(statuses.filter((status) => status === 200).length).toBeLessThan(40)
    expect(statuses.at(-1)).toBe(429)
    await until(() =>
      nac!.console.reports.some(({ alarms }) =>
        (alarms as readonly { kind: string; account: string }[]).some(
          ({ kind, account }) => kind === 'enumeration' && account === 'ise',
        ),
      ),
    )
  })

  test('what was promised while the console was away is handed over after a restart', async () => {
    const account = await sampleAccount({ right: 'edit', actions: ['pin_lock'] })
    nac = await NacInTest.start([{ kind: 'account', id: 'ise', value: account }, deviceRecord(sampleDevice(1))])
    await until(() => known(1))
    nac.console.refusesActions = true
    const body = `<ise_api><identifier><guid>${sampleGuid(1)}</guid></identifier></ise_api>`
    const { text } = await nac.ask(`${api}/v3/action/actionType=pin_lock`, { method: 'POST', body })
    expect(text).toContain('<action_status>true</action_status>')
    await nac.stopNac()
    nac.console.refusesActions = false
    await nac.startNac()

    await until(() => nac!.console.actions.length === 1)
  })
})
