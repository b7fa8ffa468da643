/**
 * Syslog from end to end: console, relay and connector as they are, and a collector that does what it is told.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeMessage } from '@sallygate/protocol-syslog'
import { startCollector, type Collector } from '../../../../services/syslog/src/agent/testing/collector.ts'
import { WholeOffice } from '../testing/whole-office.ts'

let office: WholeOffice
let collector: Collector
beforeAll(async () => {
  collector = await startCollector()
  office = await WholeOffice.open([`syslog=127.0.0.1:${collector.port}`])
  await office.inGroup('PUT', 'services/syslog', { settings: { confirmTimeoutMs: 1000 } })
}, 30_000)
afterAll(async () => {
  await office.close()
  await collector.stop()
})

const settings = (more: object = {}) => ({
  target: { host: '127.0.0.1', port: collector.port, transport: 'tcp' },
  withInstallation: true,
  ...more,
})

interface Read {
  readonly sequence: number
  readonly key: string
  readonly id: string
  readonly fields: ReadonlyMap<string, string>
}

function readAll(messages: readonly string[]): readonly Read[] {
  return messages.map((line) => {
    const { messageId, data } = decodeMessage(line)
    const of = (name: string) => new Map(data.find(({ id }) => id.split('@')[0] === name)?.params)
    const fields = of('event')
    return { sequence: Number(of('meta').get('sequenceId')), key: fields.get('key') ?? '', id: messageId, fields }
  })
}

const raiseSome = async (count: number) => {
  for (let at = 0; at < count; at++) await office.inGroup('POST', 'enrollment-codes', { name: `host ${at}` })
}

test('changes and events arrive at a collector behind the gate, and nothing is missing after it was stopped for a while', async () => {
  const { body: made, status } = await office.inGroup('POST', 'syslog/targets', { name: 'SIEM', settings: settings() })
  expect([status, made.status.state]).toEqual([201, 'new'])
  await raiseSome(5)
  const sent = () => readAll(collector.messages).filter(({ id }) => id === 'SG-8002')
  await office.until(async () => sent().length >= 6, 15_000)
  expect(sent()[0]?.fields.get('about')).toContain('syslog.targets.post')
  expect(sent()[1]?.fields.get('by')).toBeDefined()

  const first = [...collector.messages]
  const { port } = collector
  collector.cut()
  await collector.stop()
  await raiseSome(20)
  await office.until(
    async () => (await office.inGroup('GET', 'syslog/status')).body.targets[0].status.state === 'waiting',
    15_000,
  )
  const failing = (await office.inGroup('GET', 'syslog/status')).body.targets[0].status
  expect(failing.failure.code).toBe('SYSLOG_UNREACHABLE')
  expect(failing.waiting).toBeGreaterThan(0)
  const said = async () =>
    (await office.call('GET', '/api/status')).body.warnings.filter(
      ({ code }: { code: string }) => code === 'SYSLOG_TARGET_WAITS',
    )
  await office.until(async () => (await said()).length > 0, 15_000)
  expect(await said()).toMatchObject([
    { level: 'yellow', says: expect.stringContaining('SYSLOG_UNREACHABLE'), group: expect.any(String) },
  ])
  collector = await startCollector({ port })
  await office.until(
    async () => (await office.inGroup('GET', `syslog/targets/${made.id}`)).body.status.state === 'idle',
    30_000,
  )

  const all = new Map(readAll([...first, ...collector.messages]).map((one) => [one.sequence, one.key]))
  const { sequence, delivered, dropped } = (await office.inGroup('GET', `syslog/targets/${made.id}`)).body.status
  expect([...all.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: sequence }, (_, at) => at + 1))
  expect([delivered, dropped]).toEqual([sequence, 0])
  // The same event always has the same number, however often it came.
  expect(new Set(all.values()).size).toBe(all.size)
  expect([...all.values()].filter((key) => key.startsWith('audit-')).length).toBeGreaterThan(25)
  await office.inGroup('DELETE', `syslog/targets/${made.id}`)
}, 90_000)

test('the test of a target sends a message through the connector, and says what fails and what to do', async () => {
  const { body: made } = await office.inGroup('POST', 'syslog/targets', { name: 'tested', settings: settings() })
  const { body: good } = await office.inGroup('POST', `syslog/targets/${made.id}/test`)
  const refused = { ...settings(), target: { host: '127.0.0.1', port: 6514 } }
  await office.inGroup('PUT', `syslog/targets/${made.id}`, { name: 'tested', settings: refused })
  const { body: bad } = await office.inGroup('POST', `syslog/targets/${made.id}/test`)

  expect(good.rows.map(({ result }: { result: string }) => result)).toEqual(['ok', 'ok', 'warning', 'ok', 'ok', 'ok'])
  expect(good.connector.name).toBe('one')
  expect(bad.rows[0]).toMatchObject({ result: 'failed', code: 'CONNECTOR_POLICY_ADDRESS' })
  await office.until(async () => readAll(collector.messages).some(({ id }) => id === 'SG-4049'))
  await office.inGroup('DELETE', `syslog/targets/${made.id}`)
})

test('moving a target erases its key; a certificate without key, a broken template and a stranger are refused', async () => {
  const tls = { host: 'logs.lab.test', port: 6514, clientCertificate: 'PEM' }
  const put = (target: object, more: object = {}) =>
    office.inGroup('PUT', `syslog/targets/${made.id}`, { name: 'tls', settings: { target }, ...more })
  expect((await office.inGroup('POST', 'syslog/targets', { name: 'tls', settings: { target: tls } })).body.code).toBe(
    'LOG_TARGET_KEY_NEEDED',
  )
  const { body: made } = await office.inGroup('POST', 'syslog/targets', {
    name: 'tls',
    settings: { target: tls },
    clientKey: 'KEY',
  })

  expect(made.hasClientKey).toBe(true)
  expect(JSON.stringify(made)).not.toContain('KEY')
  expect((await put({ ...tls, facility: 'local5' })).body).toMatchObject({ hasClientKey: true, erased: [] })
  expect((await put({ ...tls, host: 'elsewhere.lab.test' })).body.code).toBe('LOG_TARGET_KEY_NEEDED')
  expect((await put({ host: 'elsewhere.lab.test', port: 6514 })).body).toMatchObject({
    hasClientKey: false,
    erased: ['clientKey'],
  })
  expect((await put({ host: 'h', port: 1, format: 'template', template: '%by% %name%' })).body.code).toBe(
    'LOG_TARGET_TEMPLATE',
  )
  expect((await put({ host: 'h', port: 0 })).status).toBe(400)
  expect((await office.inGroup('GET', 'syslog/targets/nobody')).status).toBe(404)
  await office.inGroup('DELETE', `syslog/targets/${made.id}`)
  expect((await office.inGroup('DELETE', `syslog/targets/${made.id}`)).status).toBe(404)
})

test('what belongs to no group is only for who has the right over the installation, also when somebody else moves the target', async () => {
  const { body: made } = await office.inGroup('POST', 'syslog/targets', { name: 'all', settings: settings() })
  await office.call('POST', '/api/admins', {
    name: 'Grace',
    password: 'correct horse battery',
    role: 'administrator',
    group: office.group,
  })
  const { body: key } = await office.call('POST', '/api/api-keys', {
    name: 'grace',
    role: 'administrator',
    group: office.group,
  })
  const asGrace = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${office.console.url}/api/groups/${office.group}/${path}`, {
      method,
      headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await answer.json()) as { code?: string; id?: string }
  }

  const own = { name: 'mine', settings: { target: { host: 'logs.lab.test', port: 6514 } } }
  expect((await asGrace('POST', 'syslog/targets', { name: 'mine', settings: settings() })).code).toBe(
    'LOG_TARGET_INSTALLATION',
  )
  expect((await asGrace('PUT', `syslog/targets/${made.id}`, own)).code).toBe('LOG_TARGET_INSTALLATION')
  expect((await asGrace('DELETE', `syslog/targets/${made.id}`)).code).toBe('LOG_TARGET_INSTALLATION')
  expect((await asGrace('POST', 'syslog/targets', own)).id).toBeDefined()
  await office.inGroup('DELETE', `syslog/targets/${made.id}`)
})

test('a preview shows the line of each format, of an example and of an event that happened, and of no other group’s', async () => {
  const preview = (target: object, event?: number) =>
    office.inGroup('POST', 'syslog/preview', {
      target: { host: 'h', port: 514, ...target },
      ...(event === undefined ? {} : { event }),
    })
  const { events } = (await office.call('GET', '/api/events?id=SG-1002')).body
  const { events: ofNobody } = (await office.call('GET', '/api/events?id=SG-5001')).body

  expect((await preview({})).body.line).toMatch(
    /^<132>1 \S+ sallygate-console sallygate - SG-1003 \[meta sequenceId="4711"\]\[event@32473 /,
  )
  expect((await preview({ format: 'cef' }, events[0].number)).body.line).toContain('CEF:0|Sallygate|Console|1|SG-1002|')
  expect((await preview({ format: 'leef' })).body.line).toContain('LEEF:2.0|Sallygate|Console|1|SG-1003|')
  expect((await preview({ format: 'template' })).body.line).toContain(
    'AirWatch: AirWatch Syslog Details are as follows Event Type: Console Event: connectorLeft User: ',
  )
  expect((await preview({ format: 'template', template: '%nobody%' })).body.code).toBe('LOG_TARGET_TEMPLATE')
  expect((await preview({}, ofNobody[0].number)).body.code).toBe('LOG_TARGET_NO_SUCH_EVENT')
  expect((await preview({}, 999_999)).body.code).toBe('LOG_TARGET_NO_SUCH_EVENT')
})

test('the metrics count what was delivered, without a name of anybody', async () => {
  const text = await (
    await fetch(`${office.console.url}/api/metrics`, { headers: { authorization: `Bearer sgk_${'O'.repeat(43)}` } })
  ).text()

  expect(Number(/sallygate_console_syslog_delivered (\d+)/.exec(text)?.[1])).toBeGreaterThan(20)
  expect(text).toContain('sallygate_console_syslog_targets_failing ')
})
