/**
 * Devices through the API: enrolled, seen, judged, commanded, and gone.
 *
 * @module
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'
import { codeOf, DeviceAgent } from '../testing/device-agent.ts'

const hour = 3_600_000
const laptop = { serial: 'B5RPJ12', hostName: 'ada-laptop', macs: ['00:10:5A:00:00:01'] }

let it: ConsoleInTest
/** Of each test its own, so that one console is enough for all. */
let acme = ''
let berlin = ''
let tests = 0
beforeAll(async () => {
  it = await consoleInTest()
})
beforeEach(async () => {
  tests++
  acme = `Acme${tests}`
  berlin = `Berlin${tests}`
  await call('POST', '/api/groups', { name: acme })
  await call('POST', '/api/groups', { name: berlin, parent: acme })
  // Wrong codes slow their address down, and many wipes whoever asks for them.
  await it.clock.advance(30_001)
  it.clock.jumpWall(60_000)
})
afterAll(() => it.stop())

const ask = (method: string, path: string, body?: unknown) =>
  it.ask(method, path, { key: rootKey, ...(body === undefined ? {} : { body }) })

async function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask(method, path, body)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`)
  return answer.body as T
}

interface Shown {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly groupName: string
  readonly verdict: { readonly compliant: boolean; readonly failing: readonly { readonly policy: string }[] }
  readonly facts: Readonly<
    Record<string, { readonly value?: unknown; readonly isUnknown: boolean; readonly source: string }>
  >
  readonly macs: readonly { readonly mac: string; readonly isCurrent: boolean }[]
}
const show = (id: string) => call<Shown>('GET', `/api/devices/${id}`)
const list = async (query = '') =>
  (await call<{ devices: readonly { id: string; name: string }[] }>('GET', `/api/devices?group=${acme}${query}`))
    .devices
const enrolled = async (said: object = { identifiers: laptop }, group = acme) => {
  const agent = new DeviceAgent(it)
  const answer = await agent.enroll(group, said as never)
  if (answer.status !== 201) throw new Error(answer.text)
  return agent
}
const encryption = {
  name: 'Encryption',
  rules: [{ kind: 'isTrue', fact: 'diskEncrypted' }],
  remediation: 'Turn on disk encryption.',
}
/** What time and policies changed, without waiting for the clock's turn. */
const turn = () => it.clock.advance(10_000)
async function until<T>(look: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  for (let at = 0; at < 200; at++) {
    const value = await look()
    if (isRight(value)) return value
    await turn()
  }
  throw new Error('it did not come about')
}

describe('enrollment', () => {
  test('a device enrolls with a code, and its facts are shown with source and unknown as such', async () => {
    const agent = await enrolled({
      identifiers: laptop,
      facts: { diskEncrypted: { value: true }, pinLocked: { unknown: true }, platform: { value: 'Linux' } },
    })

    const device = await show(agent.device)

    expect(device).toMatchObject({
      name: 'ada-laptop',
      state: 'enrolled',
      groupName: acme,
      verdict: { compliant: true },
    })
    expect(device.facts['diskEncrypted']).toMatchObject({ value: true, isUnknown: false, source: 'hub' })
    expect(device.facts['pinLocked']).toMatchObject({ isUnknown: true, source: 'hub' })
    expect(device.facts['pinLocked']).not.toHaveProperty('value')
    expect(device.facts['jailBroken']).toBeUndefined()
    expect(await list('&search=b5rpj12')).toMatchObject([{ id: agent.device, mac: '00:10:5A:00:00:01' }])
  })

  test('a code for one device brings in one, however many try at once', async () => {
    const code = await codeOf(it, acme)
    const agents = Array.from({ length: 5 }, () => new DeviceAgent(it))

    const answers = await Promise.all(
      agents.map((agent, at) => agent.enroll(acme, { identifiers: { serial: `S-000${at}` } }, { code })),
    )

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403, 403, 403, 403])
    expect(await list()).toHaveLength(1)
  })

  test('wrong, ended and revoked codes hear the same', async () => {
    const revoked = await codeOf(it, acme)
    const { codes } = await call<{ codes: readonly { id: string }[] }>(
      'GET',
      `/api/groups/${acme}/device-enrollment-codes`,
    )
    await call('DELETE', `/api/groups/${acme}/device-enrollment-codes/${codes[0]?.id}`)
    const ended = await codeOf(it, acme, { validHours: 1 })
    it.clock.jumpWall(2 * hour)
    const heard = new Set<string>()
    for (const code of [revoked, ended, 'SGD-00000-00000-00000-00000-00000-0', 'x']) {
      heard.add((await new DeviceAgent(it).enroll(acme, {}, { code })).text)
    }

    expect(heard.size).toBe(1)
    expect([...heard][0]).toContain('DEVICE_CODE_REFUSED')
  })

  test('a code is read in lower case, without hyphens, and with letters that look alike', async () => {
    const code = await codeOf(it, acme)
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')

    expect((await new DeviceAgent(it).enroll(acme, {}, { code: typed })).status).toBe(201)
  })

  test('a device that was known already is the same one, and one that another key speaks for is not taken over', async () => {
    const first = await enrolled()
    const second = await enrolled()
    expect(second.device).not.toBe(first.device)
    await call('POST', `/api/devices/${first.device}/unenroll`, { note: 'new disk' })
    await call('DELETE', `/api/devices/${second.device}`, { note: 'double' })

    const third = await enrolled()

    expect(third.device).toBe(first.device)
    expect((await show(third.device)).state).toBe('enrolled')
  })

  test('a statement that was changed after signing is refused, and uses up no code', async () => {
    const code = await codeOf(it, acme)
    const other = new DeviceAgent(it)

    const forged = await new DeviceAgent(it).enroll(acme, {}, { code, key: other.key } as never)

    expect(forged).toMatchObject({ status: 400, body: { code: 'DEVICE_STATEMENT_UNUSABLE' } })
    expect((await other.enroll(acme, {}, { code })).status).toBe(201)
  })

  test('a code that asks who is there brings in nobody while the directory cannot be asked', async () => {
    const code = await codeOf(it, acme, { needsLogin: true })

    const without = await new DeviceAgent(it).enroll(acme, {}, { code })
    const away = await new DeviceAgent(it).enroll(acme, {}, {
      code,
      login: { user: 'ACME\\ada', password: 'x' },
    } as never)

    expect(without.body['code']).toBe('DEVICE_LOGIN_NEEDED')
    expect(away.body['code']).toBe('CONSOLE_COULD_NOT_VERIFY')
    expect(await list()).toEqual([])
  })

  test('the page for people without a device names nothing of this installation and runs nothing', async () => {
    const answer = await fetch(`${it.origin}/enroll-device?mac=00105A000001&session=%00`)
    const text = await answer.text()

    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(text).toMatch(/enrollment code/)
    expect(text).not.toMatch(/Acme|<script|<form|00105A/)
  })
})

describe('check-in', () => {
  test('what was said once is refused when it is said again, by whomever', async () => {
    const agent = await enrolled()
    const letter = agent.letter({ facts: { diskEncrypted: { value: true } } })
    const send = () => it.ask('POST', '/api/check-in', { body: letter })

    const [first, second] = [await send(), await send()]

    expect(first).toMatchObject({ status: 200, body: { state: 'enrolled', commands: [], nextMs: 15 * 60_000 } })
    expect(second).toMatchObject({ status: 409, body: { code: 'DEVICE_REPLAYED', details: { sequence: 1 } } })
  })

  test('a changed letter, a strange device, and one that was un-enrolled hear the same', async () => {
    const agent = await enrolled()
    const letter = agent.letter()
    const changed = { ...letter, statement: letter.statement.replace('{}', '{"a":1}') }
    const strange = { ...letter, device: 'ffffffff-ffff-4fff-8fff-ffffffffffff' }
    const texts = [
      (await it.ask('POST', '/api/check-in', { body: changed })).text,
      (await it.ask('POST', '/api/check-in', { body: strange })).text,
      (await it.ask('POST', '/api/check-in', { body: { ...letter, sequence: 2 } })).text,
    ]
    await call('POST', `/api/devices/${agent.device}/unenroll`, { note: 'sold' })
    texts.push((await it.ask('POST', '/api/check-in', { body: letter })).text)

    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).toContain('DEVICE_CREDENTIAL_REFUSED')
  })

  test('two check-ins of one device at once leave one device with both words', async () => {
    const agent = await enrolled()

    const answers = await Promise.all([
      agent.checkIn({ facts: { diskEncrypted: { value: true } } }),
      agent.checkIn({ facts: { pinLocked: { value: true } }, identifiers: { macs: ['00:10:5A:00:00:02'] } }),
    ])

    // Of two on the way at once the later number may come first; then the earlier one is refused and said again.
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    expect(await list()).toHaveLength(1)
  })

  test('hostile words are kept harmless: long, with signs that cannot be seen, and like a formula', async () => {
    const agent = await enrolled({
      identifiers: { serial: 'S\0E\u202eR-1', hostName: '=cmd|calc'.padEnd(200, 'ä') },
      facts: { model: { value: `\0@SUM(1)\n${'x'.repeat(3000)}` }, ['isAdmin']: { value: true } },
    })
    const device = await show(agent.device)
    const csv = await fetch(`${it.origin}/api/devices/csv?group=${acme}&columns=name,model,diskEncrypted`, {
      headers: { authorization: `Bearer ${rootKey}` },
    })
    const [head, row] = (await csv.text()).split('\r\n')

    expect(device).toMatchObject({
      identifiers: { serial: 'SER-1' },
      facts: { model: { value: expect.stringMatching(/^@SUM\(1\) x+$/) } },
    })
    expect(String(device.facts['model']?.value)).toHaveLength(200)
    expect(head).toBe('"name","model","diskEncrypted"')
    expect(row).toMatch(/^"'=cmd\|calcä+","'@SUM\(1\) x+","unknown"$/)
  })

  test.each([
    ['not JSON', '{,'],
    ['a member nobody knows', '{"identifiers":{},"facts":{},"isAdmin":true}'],
    ['too many addresses', JSON.stringify({ identifiers: { macs: Array(300).fill('x') }, facts: {} })],
    ['a prototype', '{"identifiers":{},"facts":{"__proto__":{"value":true}}}'],
    ['deep', `{"identifiers":{},"facts":${'{"a":'.repeat(50)}1${'}'.repeat(50)}}`],
  ])('a signed statement that is %s is refused, and changes nothing', async (_what, statement) => {
    const agent = await enrolled()
    const before = await show(agent.device)

    const answer = await it.ask('POST', '/api/check-in', { body: agent.letter(statement) })

    expect(answer).toMatchObject({ status: 400, body: { code: 'DEVICE_STATEMENT_UNUSABLE' } })
    expect((await show(agent.device)).facts).toEqual(before.facts)
    expect((await agent.checkIn()).status).toBe(200)
  })
})

describe('compliance', () => {
  test('a policy holds at once for devices that are there, and its reasons are told', async () => {
    const good = await enrolled({ identifiers: { serial: 'GOOD1' }, facts: { diskEncrypted: { value: true } } })
    const bad = await enrolled({ identifiers: { serial: 'BAD01' }, facts: { diskEncrypted: { value: false } } }, berlin)
    const preview = await call('POST', `/api/groups/${acme}/policies/preview`, { policy: encryption })
    await call('POST', `/api/groups/${acme}/policies`, encryption)

    const device = await until(
      () => show(bad.device),
      ({ verdict }) => !verdict.compliant,
    )

    expect(preview).toMatchObject({ looked: 2, of: 2, compliantNow: 2, compliantThen: 1, losing: [{ id: bad.device }] })
    expect(device.verdict.failing).toMatchObject([{ policy: 'Encryption', remediation: 'Turn on disk encryption.' }])
    expect((await show(good.device)).verdict.compliant).toBe(true)
    expect(await list('&compliant=false')).toMatchObject([{ id: bad.device, failingPolicies: ['Encryption'] }])
    expect(await list('&failing=Encryption&below=false')).toEqual([])
    await call('DELETE', `/api/groups/${acme}/policies/Encryption`)
    await until(
      () => show(bad.device),
      ({ verdict }) => verdict.compliant,
    )
  })

  test('a silent device is flipped by time, and is good again when it reports', async () => {
    await call('PUT', `/api/groups/${acme}/settings/devices`, { mode: 'override', values: { staleAfterHours: 1 } })
    const agent = await enrolled()
    it.clock.jumpWall(hour - 60_000)
    await turn()
    expect((await show(agent.device)).verdict.compliant).toBe(true)
    it.clock.jumpWall(120_000)

    const stale = await until(
      () => show(agent.device),
      ({ verdict }) => !verdict.compliant,
    )

    expect(stale.verdict.failing).toMatchObject([{ policy: 'Staleness' }])
    await agent.checkIn()
    expect((await show(agent.device)).verdict.compliant).toBe(true)
  })

  test('a page of settings of a group changes what holds below it', async () => {
    const agent = await enrolled({ identifiers: laptop }, berlin)
    await call('PUT', `/api/groups/${acme}/settings/devices`, { mode: 'override', values: { staleAfterHours: 1 } })
    it.clock.jumpWall(2 * hour)

    const stale = await until(
      () => show(agent.device),
      ({ verdict }) => !verdict.compliant,
    )

    expect(stale.verdict.failing).toMatchObject([{ rule: 'reported within 1 h' }])
  })

  test('what is done to a device is in the audit of its group, from its enrollment on', async () => {
    const agent = await enrolled({ identifiers: laptop })
    await call('PUT', `/api/devices/${agent.device}`, { name: 'Renamed' })
    await call('POST', `/api/devices/${agent.device}/commands`, { kind: 'lock', note: 'lost' })
    await call('POST', `/api/devices/${agent.device}/unenroll`, { note: 'sold' })

    const { entries } = await call<{ entries: readonly { action: string; group?: string; outcome: string }[] }>(
      'GET',
      '/api/audit?limit=50',
    )
    const { id } = await call<{ id: string }>('GET', `/api/groups/${acme}`)
    const done = entries.filter(({ action, outcome }) => action.startsWith('device') && outcome === 'done').slice(0, 4)
    expect(done.map(({ action, group }) => [action, group])).toEqual([
      ['devices.unenroll.post', id],
      ['devices.commands.post', id],
      ['devices.put', id],
      ['device-enrollment.post', id],
    ])
  })

  test('moving a device gives it the rules of its new group', async () => {
    await call('POST', `/api/groups/${berlin}/policies`, encryption)
    const agent = await enrolled({ identifiers: laptop, facts: { diskEncrypted: { value: false } } })

    await call('PUT', `/api/devices/${agent.device}`, { group: berlin, name: 'Ada’s laptop' })

    expect(await show(agent.device)).toMatchObject({
      name: 'Ada’s laptop',
      groupName: berlin,
      verdict: { compliant: false },
    })
    const { history } = await call<{ history: readonly { kind: string }[] }>(
      'GET',
      `/api/devices/${agent.device}/history`,
    )
    expect(history.map(({ kind }) => kind)).toEqual([
      'changed',
      'complianceChanged',
      'renamed',
      'moved',
      'enrolled',
      'appeared',
    ])
  })
})

describe('commands', () => {
  interface Command {
    readonly id: string
    readonly kind: string
    readonly isNew: boolean
  }
  const order = (device: string, body: object) => ask('POST', `/api/devices/${device}/commands`, body)
  const commandsOf = ({ body }: { readonly body: unknown }) => (body as { commands: readonly Command[] }).commands

  test('a command waits for the next check-in, is sent until it is acknowledged, and asked for twice it is one', async () => {
    const agent = await enrolled()
    const one = await order(agent.device, { kind: 'lock', note: 'lost' })
    const two = await order(agent.device, { kind: 'lock' })

    const [first, again] = [await agent.checkIn(), await agent.checkIn()]
    const id = String(one.body['id'])
    const after = await agent.checkIn({ results: [{ command: id, outcome: 'done', says: 'locked' }] })

    expect([one.body['isNew'], two.body['isNew'], two.body['id']]).toEqual([true, false, id])
    expect(commandsOf(first)).toEqual([{ id, kind: 'lock' }])
    expect(commandsOf(again)).toEqual([{ id, kind: 'lock' }])
    expect(commandsOf(after)).toEqual([])
    const { commands } = await call<{ commands: readonly object[] }>('GET', `/api/devices/${agent.device}/commands`)
    expect(commands).toMatchObject([{ state: 'done', result: 'locked', note: 'lost', by: 'apiKey first API key' }])
  })

  test('a full wipe is off until a group allows it; an enterprise wipe ends with a device that is wiped and unknown', async () => {
    const agent = await enrolled()
    expect((await order(agent.device, { kind: 'fullWipe' })).body['code']).toBe('DEVICE_FULL_WIPE_OFF')
    const { body } = await order(agent.device, { kind: 'enterpriseWipe' })
    expect((await show(agent.device)).state).toBe('wipePending')

    await agent.checkIn()
    const done = await agent.checkIn({ results: [{ command: body['id'], outcome: 'done', says: 'removed' }] })

    expect(done).toMatchObject({ status: 200, body: { state: 'wiped', commands: [] } })
    expect((await agent.checkIn()).status).toBe(401)
    expect((await order(agent.device, { kind: 'lock' })).body['code']).toBe('DEVICE_NOT_ENROLLED')
  })

  test('a wipe that was cancelled leaves the device as it was', async () => {
    const agent = await enrolled()
    const { body } = await order(agent.device, { kind: 'enterpriseWipe' })

    await call('DELETE', `/api/devices/${agent.device}/commands/${String(body['id'])}`)

    expect((await show(agent.device)).state).toBe('enrolled')
    expect(commandsOf(await agent.checkIn())).toEqual([])
  })

  test('whoever asks for wipes one after the other has to wait', async () => {
    const agents = await Promise.all(
      Array.from({ length: 6 }, (_, at) => enrolled({ identifiers: { serial: `WIPE-${at}` } })),
    )
    const statuses: number[] = []
    for (const { device } of agents) statuses.push((await order(device, { kind: 'enterpriseWipe' })).status)

    expect(statuses).toEqual([201, 201, 201, 201, 201, 429])
  })

  test('a message has a text and nothing else has', async () => {
    const agent = await enrolled()

    expect((await order(agent.device, { kind: 'message' })).status).toBe(400)
    expect((await order(agent.device, { kind: 'lock', text: { title: 'a', body: 'b' } })).status).toBe(400)
    await order(agent.device, { kind: 'message', text: { title: 'Hello', body: 'there' } })
    expect(commandsOf(await agent.checkIn())).toMatchObject([{ kind: 'message', text: { title: 'Hello' } }])
  })
})

describe('lists', () => {
  test('pages, counts and filters agree, and a cursor of one order is refused in another', async () => {
    for (let at = 0; at < 7; at++) {
      const facts = { platform: { value: at < 3 ? 'linux' : 'windows' } }
      const macs = [at === 6 ? 'DA:A1:19:00:00:01' : `00:10:5A:00:01:0${at}`]
      await enrolled({ identifiers: { serial: `SER-${at}`, hostName: `host-${6 - at}`, macs }, facts })
    }
    const names: string[] = []
    let cursor = ''
    for (;;) {
      const page = await call<{ devices: readonly { name: string }[]; nextCursor?: string }>(
        'GET',
        `/api/devices?group=${acme}&limit=3&sort=serial&descending=true${cursor}`,
      )
      names.push(...page.devices.map(({ name }) => name))
      if (page.nextCursor === undefined) break
      cursor = `&cursor=${page.nextCursor}`
    }

    expect(names).toEqual(['host-0', 'host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'])
    expect((await ask('GET', `/api/devices?sort=name${cursor}`)).status).toBe(400)
    expect(await call('GET', `/api/devices/facets?group=${acme}&platform=linux`)).toMatchObject({
      total: 3,
      platform: [
        { value: 'windows', count: 4 },
        { value: 'linux', count: 3 },
      ],
      compliant: [{ value: 'true', count: 3 }],
      group: [{ name: acme, count: 3 }],
    })
    expect(await list('&randomMac=true')).toMatchObject([{ name: 'host-0', randomMacs: 1 }])
    expect(await call('GET', `/api/devices/randomized-macs?group=${acme}`)).toMatchObject({
      devices: 7,
      withRandom: 1,
      onlyRandom: 1,
    })
    expect(await list('&search=00:10:5a:00:01:02')).toMatchObject([{ name: 'host-4' }])
    expect(await list('&search=host%20SER-2')).toMatchObject([{ name: 'host-4' }])
  })

  test('a deleted device is in no list and answers like one that never was', async () => {
    const agent = await enrolled()
    await call('DELETE', `/api/devices/${agent.device}`, { note: 'x' })

    expect(await list()).toEqual([])
    expect((await ask('GET', `/api/devices/${agent.device}`)).text).toBe(
      (await ask('GET', '/api/devices/ffffffff-ffff-4fff-8fff-ffffffffffff')).text,
    )
    expect((await ask('DELETE', `/api/groups/${berlin}`)).status).toBe(200)
  })
})
