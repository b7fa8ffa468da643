/** Mail from an administrator's click to a (simulated) mail server, through relay and connector. */
import { startScriptedSmtp, type ScriptedSmtp, type SmtpLine } from '@sallygate/testkit/scripted-smtp'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { WholeOffice, type OfficeAnswer } from '../testing/whole-office.ts'
import { outboxFailure } from './failures.ts'

// Real stores and sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 })

let office: WholeOffice
let server: ScriptedSmtp
let script: (line: SmtpLine) => boolean | undefined
beforeAll(async () => {
  server = await startScriptedSmtp({ script: (line) => script(line) })
  office = await WholeOffice.open([`mail=127.0.0.1:${server.port}`])
}, 60_000)
beforeEach(() => {
  script = () => false
})
afterAll(async () => {
  await office.close()
  await server.stop()
})

const settings = () => ({
  servers: [{ host: '127.0.0.1', port: server.port }],
  encryption: 'none',
  from: 'sallygate@example.com',
})
const turnOn = (change: object = {}) =>
  office.inGroup('PUT', 'services/mail', { settings: { ...settings(), ...change } })
const testMail = (...to: string[]) => office.inGroup('POST', 'mail/test', { to })
const messageOf = async ({ body }: OfficeAnswer) => (await office.inGroup('GET', `mail/messages/${body.id}`)).body
const until = async (answer: OfficeAnswer, state: string) => {
  await office.until(async () => (await messageOf(answer)).state === state, 15_000)
  return messageOf(answer)
}

describe('before mail is set up', () => {
  test('a test message is refused with what to do, and an event says that mail was wanted', async () => {
    const answer = await testMail('ada@example.com')

    expect([answer.status, answer.body.code]).toEqual([409, 'OUTBOX_NOT_CONFIGURED'])
    await office.until(async () =>
      (await office.call('GET', '/api/events?category=services')).body.events.some(
        (one: { id: string }) => one.id === 'SG-4020',
      ),
    )
    expect((await office.inGroup('GET', 'mail/status')).body).toMatchObject({ isOn: false, counts: { waiting: 0 } })
  })
})

describe('once it is set up', () => {
  beforeAll(async () => {
    expect((await turnOn()).status).toBe(200)
  })

  test('a test message arrives, and the outbox shows the server’s words', async () => {
    const queued = await testMail('ada@example.com', 'bob@example.com')

    const message = await until(queued, 'sent')

    expect(queued).toMatchObject({ status: 201, body: { state: 'waiting', template: 'mail-test', canCancel: true } })
    expect(message).toMatchObject({
      canRetry: false,
      canCancel: false,
      recipients: [
        { address: 'ada@example.com', state: 'sent', reply: 250, status: '2.0.0' },
        { address: 'bob@example.com', state: 'sent' },
      ],
      attemptList: [{ number: 1, connector: 'one', server: `127.0.0.1:${server.port}` }],
    })
    const taken = server.taken.at(-1)
    expect(taken?.recipients).toEqual(['ada@example.com', 'bob@example.com'])
    expect(taken?.data).toContain(`Message-ID: <${message.messageId}>`)
    expect(taken?.data).toContain('asked for it at')
    expect((await office.inGroup('GET', 'mail/status')).body).toMatchObject({
      isOn: true,
      servers: [{ server: `127.0.0.1:${server.port}` }],
    })
  })

  test('a recipient that is refused for good is an event, and can be sent to again with one click', async () => {
    script = ({ verb, say }) => verb === 'RCPT' && (say('550 5.1.1 No such user'), true)
    const queued = await testMail('gone@example.com')
    const refused = await until(queued, 'refused')
    script = () => false

    const retried = await office.inGroup('POST', `mail/messages/${queued.body.id}/retry`)
    const sent = await until(queued, 'sent')

    expect(refused.recipients).toMatchObject([{ reply: 550, status: '5.1.1', said: 'No such user' }])
    expect(retried.body.state).toBe('waiting')
    expect(sent.attemptList).toHaveLength(2)
    const { events } = (await office.call('GET', '/api/events?id=SG-4022')).body
    expect(events).toMatchObject([{ about: 'gone@example.com', details: { reply: 550, said: 'No such user' } }])
    expect((await office.inGroup('POST', `mail/messages/${queued.body.id}/retry`)).body.code).toBe(
      'OUTBOX_NOTHING_TO_RETRY',
    )
  })

  test('a server that says later is tried again, and what waits can be cancelled', async () => {
    script = ({ verb, say }) => verb === 'RCPT' && (say('451 4.7.1 Greylisted'), true)
    const queued = await testMail('ada@example.com')
    await office.until(
      async () => (await messageOf(queued)).attempts === 1 && (await messageOf(queued)).state === 'waiting',
    )

    const { nextAttemptAt } = await messageOf(queued)
    const cancelled = await office.inGroup('POST', `mail/messages/${queued.body.id}/cancel`)

    expect(Math.abs(Date.parse(nextAttemptAt) - Date.now() - 60_000)).toBeLessThan(20_000)
    expect(cancelled.body.state).toBe('cancelled')
    expect((await office.inGroup('POST', `mail/messages/${queued.body.id}/cancel`)).body.code).toBe(
      'OUTBOX_NOTHING_TO_CANCEL',
    )
  })

  test('a cut after the final dot is shown as unknown, with a time for the one more', async () => {
    script = ({ verb, take, cut }) => verb === '.' && (take(), cut(), true)
    const before = server.taken.length

    const message = await until(await testMail('ada@example.com'), 'unknown')

    expect(server.taken.length).toBe(before + 1)
    expect(Date.parse(message.nextAttemptAt) - Date.now()).toBeGreaterThan(12 * 60_000)
    expect((await office.call('GET', '/api/events?id=SG-4023')).body.events).toHaveLength(1)
  })

  test('a wrong password is shown where one looks, and the message waits', async () => {
    await turnOn({ authentication: 'plain', user: 'u', password: 'planted-secret' })

    const queued = await testMail('ada@example.com')
    await office.until(async () => (await messageOf(queued)).attemptList[0]?.code !== undefined)
    const [status, message] = [await office.inGroup('GET', 'mail/status'), await messageOf(queued)]

    expect(message).toMatchObject({ state: 'waiting', attemptList: [{ code: 'MAIL_AUTH_NOT_OFFERED' }] })
    expect(status.body.lastFailure).toMatchObject({ code: 'MAIL_AUTH_NOT_OFFERED', fix: expect.any(String) })
    expect(JSON.stringify([status, message, await office.inGroup('GET', 'services/mail')])).not.toContain(
      'planted-secret',
    )
    await office.inGroup('POST', `mail/messages/${queued.body.id}/cancel`)
    await turnOn()
  })

  test('without a connector it waits, and says what for', async () => {
    await office.inGroup('PUT', 'settings/cloudConnector', { mode: 'override', values: { services: { mail: 'off' } } })
    const queued = await testMail('ada@example.com')
    await office.until(async () => (await messageOf(queued)).waitsFor !== undefined)

    const message = await messageOf(queued)

    expect(message).toMatchObject({ state: 'waiting', attempts: 0, waitsFor: 'CLOUD_CONNECTOR_SERVICE_OFF' })
    await office.inGroup('PUT', 'settings/cloudConnector', { mode: 'override', values: {} })
    await office.inGroup('POST', `mail/messages/${queued.body.id}/cancel`)
  })

  test('checking says every step', async () => {
    const { body } = await office.inGroup('POST', 'services/mail/check')

    expect(body.connectors[0].rows.map(({ result }: { result: string }) => result)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'warning',
    ])
  })
})

describe('bad input', () => {
  test.each([
    ['an address with a line end', 'mail/test', { to: ['ada@example.com\r\nRCPT TO:<eve@evil.test>'] }],
    ['a bare name', 'mail/test', { to: ['ada'] }],
    ['nobody', 'mail/test', { to: [] }],
    ['too many', 'mail/test', { to: Array.from({ length: 51 }, (_, at) => `a${at}@x.test`) }],
    ['members nobody knows', 'mail/test', { to: ['ada@example.com'], subject: 'x' }],
    ['variables that are no text', 'mail/templates/mail-test/preview', { variables: { by: 3 } }],
  ])('%s is refused and nothing is queued', async (_name, path, body) => {
    const before = (await office.inGroup('GET', 'mail/messages')).body.messages.length

    const answer = await office.inGroup('POST', path, body)

    expect([answer.status, answer.body.code]).toEqual([400, 'CONSOLE_INVALID_REQUEST'])
    expect((await office.inGroup('GET', 'mail/messages')).body.messages.length).toBe(before)
  })

  test.each([
    ['GET', `mail/messages/${'0'.repeat(32)}`, 404],
    ['POST', `mail/messages/${'0'.repeat(32)}/retry`, 404],
    ['POST', `mail/messages/${'0'.repeat(32)}/cancel`, 404],
    ['GET', 'mail/messages/x', 404],
    ['GET', 'mail/messages?state=nothing', 400],
    ['GET', 'mail/messages?cursor=x', 400],
    ['POST', 'mail/templates/nothing/preview', 400],
  ])('%s %s answers %i', async (method, path, status) => {
    expect((await office.inGroup(method, path, method === 'POST' ? {} : undefined)).status).toBe(status)
  })

  test('mail of one group is not there for another', async () => {
    const { messages } = (await office.inGroup('GET', 'mail/messages')).body
    const { id } = (await office.call('POST', '/api/groups', { name: 'Elsewhere' })).body

    expect((await office.call('GET', `/api/groups/${id}/mail/messages/${messages[0].id}`)).status).toBe(404)
    expect((await office.call('GET', `/api/groups/${id}/mail/messages`)).body.messages).toEqual([])
  })
})

describe('the list', () => {
  test('is newest first, in pages, and can be narrowed to what needs somebody', async () => {
    const first = (await office.inGroup('GET', 'mail/messages?limit=2')).body
    const second = (await office.inGroup('GET', `mail/messages?limit=2&cursor=${first.nextCursor}`)).body
    const problems = (await office.inGroup('GET', 'mail/messages?state=problems')).body

    const numbers = [...first.messages, ...second.messages].map(({ number }: { number: number }) => number)
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
    expect(new Set(numbers).size).toBe(4)
    expect(problems.messages.map(({ state }: { state: string }) => state)).toEqual(['unknown'])
  })

  test('templates are told with their variables, and a preview is what would be sent', async () => {
    const { templates } = (await office.inGroup('GET', 'mail/templates')).body
    const preview = await office.inGroup('POST', 'mail/templates/expiry-warning/preview', {
      variables: { about: '<b>x</b>' },
    })

    expect(templates.map(({ name }: { name: string }) => name)).toContain('directory-safeguard')
    expect(preview.body.subject).toContain('<b>x</b>')
    expect(preview.body.html).toContain('&lt;b&gt;x&lt;/b&gt;')
  })
})

describe('an invitation to enroll a device', () => {
  test('is mailed with the code, which is nowhere else', async () => {
    const mail = { to: 'ada@example.com', link: 'https://console.example.com/enroll-device' }

    const made = await office.inGroup('POST', 'device-enrollment-codes', { mail })
    const find = async () =>
      (await office.inGroup('GET', 'mail/messages')).body.messages.find(
        ({ template }: { template: string }) => template === 'device-enrollment',
      )
    await office.until(async () => (await find())?.state === 'sent', 15_000)

    expect(made.body.mail).toBe('queued')
    const data = server.taken.at(-1)?.data.replaceAll('=\r\n', '') ?? ''
    expect(data).toContain(made.body.code)
    expect(data).toContain('href=3D"https://console.example.com/enroll-device"')
    expect(JSON.stringify(await find())).not.toContain(made.body.code)
  })

  test('that cannot be queued leaves no code behind that nobody has seen', async () => {
    const full = vi.spyOn(office.console.mail.post, 'queue').mockRejectedValueOnce(outboxFailure('FULL'))
    const mail = { to: 'ada@example.com', link: 'https://console.example.com/enroll-device' }

    const answer = await office.inGroup('POST', 'device-enrollment-codes', { label: 'never seen', mail })
    full.mockRestore()

    expect(answer.body.code).toBe('OUTBOX_FULL')
    const { codes } = (await office.inGroup('GET', 'device-enrollment-codes')).body
    const made = codes.find(({ label }: { label: string }) => label === 'never seen')
    expect(made?.revokedAt).toBeDefined()
  })

  test.each(['http://x.test/', 'javascript:alert(1)', 'https://', 'x'])('with the link %s is refused', async (link) => {
    const answer = await office.inGroup('POST', 'device-enrollment-codes', { mail: { to: 'ada@example.com', link } })

    expect(answer.status).toBe(400)
  })
})

describe('what ends soon', () => {
  test('is mailed to whom the notifications page names, once', async () => {
    const page = await office.inGroup('PUT', 'settings/notifications', {
      mode: 'override',
      values: { accounts: ['ops@example.com'] },
    })
    // A page of the console's own: no connector is given it, and none can refuse it.
    expect(page.body.acknowledged).toEqual([])
    const expiresAt = new Date(Date.now() + 3 * 86_400_000).toISOString()
    const made = await office.call('POST', '/api/api-keys', { name: 'Nightly', role: 'Auditor', expiresAt })
    expect(made.status).toBe(201)

    await office.console.mail.expiry.look()
    await office.console.mail.expiry.look()

    const of = async () =>
      (await office.inGroup('GET', 'mail/messages')).body.messages.filter(
        ({ template }: { template: string }) => template === 'expiry-warning',
      )
    await office.until(async () => (await of())[0]?.state === 'sent', 15_000)
    expect(await of()).toMatchObject([
      { subject: 'Sallygate: the API key Nightly expires within 7 days', recipients: [{ address: 'ops@example.com' }] },
    ])
  }, 30_000)
})
