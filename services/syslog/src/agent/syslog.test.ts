import { afterEach, expect, test } from 'vitest'
import { connectorFailure } from '@sallygate/connector'
import { decodeMessage } from '@sallygate/protocol-syslog'
import type { ServiceLife } from '@sallygate/service-kit'
import { testContext } from '@sallygate/testkit/service-host'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import type { SyslogTargetInput } from '../contract.ts'
import { startCollector, startDatagramCollector } from './testing/collector.ts'
import { eventOf, eventsOf, Sender, startService } from './testing/sender.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function service(settings = {}): Promise<ServiceLife> {
  const life = await startService(settings)
  stops.push(() => life.stop())
  return life
}

async function collecting(options: Parameters<typeof startCollector>[0] = {}) {
  const collector = await startCollector(options)
  stops.push(() => collector.stop())
  return collector
}

const tcp = (port: number, more: Partial<SyslogTargetInput> = {}): SyslogTargetInput => ({
  host: '127.0.0.1',
  port,
  transport: 'tcp',
  ...more,
})

const sequences = (messages: readonly string[]) =>
  messages.map((line) => Number(decodeMessage(line).data[0]?.params[0]?.[1]))

interface Row {
  readonly target: string
  readonly result: string
  readonly code?: string
}

const check = async (life: ServiceLife, target: SyslogTargetInput, clientKey?: string) => {
  const params = { target, event: eventOf(1), ...(clientKey === undefined ? {} : { clientKey }) }
  const { rows } = (await life.run('check', params, testContext())) as { rows: readonly Row[] }
  return rows.map(({ target: of, result, code }) => [of.split(':')[0], result, ...(code === undefined ? [] : [code])])
}

test.each(['octetCounting', 'lineFeed'] as const)(
  'over TCP with %s, events arrive once, in order, on one connection',
  async (framing) => {
    const collector = await collecting()
    const sender = new Sender(await service(), tcp(collector.port, { framing }))

    await sender.deliver(eventsOf(1, 500))

    expect(sequences(collector.messages)).toEqual(eventsOf(1, 500).map(({ number }) => number))
    expect([collector.connections, sender.repeated, sender.failures]).toEqual([1, 0, []])
  },
)

test('a connection is kept between batches, and made anew when it is old', async () => {
  const collector = await collecting()
  const life = await service({ connectionSeconds: 1 })
  const sender = new Sender(life, tcp(collector.port))

  sender.took(await sender.call([eventOf(1)]))
  sender.took(await sender.call([eventOf(2)]))
  expect([collector.connections, sender.confirmed]).toEqual([1, 0])
  await new Promise((resolve) => setTimeout(resolve, 1100))
  sender.took(await sender.call([eventOf(3)]))
  sender.took(await sender.call([eventOf(4)], true))

  expect([collector.connections, sender.confirmed]).toEqual([2, 4])
  expect(sequences(collector.messages)).toEqual([1, 2, 3, 4])
})

test('the same call twice writes once', async () => {
  const collector = await collecting()
  const sender = new Sender(await service(), tcp(collector.port))
  sender.took(await sender.call([eventOf(1)]))

  const again = [await sender.call([eventOf(2)]), await sender.call([eventOf(2)], true)]

  expect(again.map(({ state }) => state)).toEqual(['written', 'written'])
  expect(sequences(collector.messages)).toEqual([1, 2])
})

test('another target, or a connection nobody knows, is answered with rewind, and nothing is written', async () => {
  const collector = await collecting()
  const life = await service()
  const sender = new Sender(life, tcp(collector.port))
  const params = { stream: 'stream', events: [eventOf(5)], connection: 'c'.repeat(32) }

  const unknown = await life.run('deliver', { ...params, target: tcp(collector.port) }, testContext())
  const first = await sender.call([eventOf(1)])
  const connection = first.state === 'written' ? first.connection : undefined
  const moved = await life.run(
    'deliver',
    { ...params, connection, target: tcp(collector.port, { facility: 'local3' }) },
    testContext(),
  )

  expect([unknown, moved]).toEqual([{ state: 'rewind' }, { state: 'rewind' }])
  await expect.poll(() => collector.messages).toHaveLength(1)
})

test('a collector that takes nothing is given up in time, and the others are not held up', async () => {
  const stuck = await collecting({ reads: false })
  const lively = await collecting()
  const life = await service({ writeTimeoutMs: 400 })
  const long = eventsOf(1, 250).map((event) => ({ ...event, details: { text: 'x'.repeat(2000) } }))
  const writing = (async () => {
    // As long as the buffers of the system take it, nothing is wrong.
    const sender = new Sender(life, tcp(stuck.port))
    for (let round = 0; round < 100; round++)
      sender.took(await sender.call(long.map((e) => ({ ...e, number: e.number + round * 250 }))))
  })()
  const failed = expect(writing).rejects.toMatchObject({ code: 'SYSLOG_TOO_SLOW' })
  const beganMs = Date.now()
  const result = await life.run(
    'deliver',
    { target: tcp(lively.port), stream: 'other', events: [eventOf(1)], confirm: true },
    testContext(),
  )

  expect(result).toMatchObject({ state: 'written', isConfirmed: true })
  expect(Date.now() - beganMs).toBeLessThan(5000)
  await failed
})

test('a collector that does not end connections is believed when it happens twice in a row, and said to be so', async () => {
  const collector = await collecting({ ends: false })
  const life = await service({ confirmTimeoutMs: 200 })
  const sender = new Sender(life, tcp(collector.port))

  await sender.deliver([eventOf(1)])

  expect(sender.failures).toEqual(['SYSLOG_CONNECTION_LOST'])
  expect(sequences(collector.messages)).toEqual([1, 1])
  expect(await sender.call([eventOf(2)], true)).toMatchObject({ isConfirmed: true, confirmation: 'habit' })
  expect(await check(life, tcp(collector.port))).toContainEqual(['Receipt', 'warning'])
})

test('a dead port and a name the policy refuses are failures with words', async () => {
  const life = await service()
  const refused = await startService(
    {},
    {
      target: () =>
        Promise.reject(connectorFailure('POLICY_TARGET', { details: { service: 'syslog', host: 'x', port: 1 } })),
    },
  )
  stops.push(() => refused.stop())

  await expect(new Sender(life, tcp(9)).call([eventOf(1)])).rejects.toMatchObject({ code: 'SYSLOG_UNREACHABLE' })
  await expect(new Sender(refused, tcp(9)).call([eventOf(1)])).rejects.toMatchObject({
    code: 'CONNECTOR_POLICY_TARGET',
  })
  expect(await check(refused, tcp(9))).toEqual([
    ['Name and policy', 'failed', 'CONNECTOR_POLICY_TARGET'],
    ['TCP', 'skipped'],
  ])
})

test('over UDP each event is a datagram of at most 2048 bytes; a port where nobody listens is noticed', async () => {
  const collector = await startDatagramCollector()
  stops.push(() => collector.stop())
  const life = await service()
  const target = { host: '127.0.0.1', port: collector.port, transport: 'udp' } as const

  const result = await new Sender(life, target).call([eventOf(1), eventOf(2, { details: { long: 'é'.repeat(2000) } })])

  await expect.poll(() => collector.messages).toHaveLength(2)
  expect(sequences(collector.messages)).toEqual([1, 2])
  expect(Math.max(...collector.messages.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(2048)
  expect(result).toMatchObject({ isConfirmed: true, confirmation: 'none', cut: 1 })
  await expect(new Sender(life, { ...target, port: 9 }).call([eventOf(1)])).rejects.toMatchObject({
    code: 'SYSLOG_REFUSED_DATAGRAMS',
  })
})

test('over TLS the name is verified; a pin stands above it; our own certificate is shown', async () => {
  const authority = await makeTlsAuthority()
  const server = await authority.issue(['localhost'], new Date(), ['127.0.0.1'])
  const own = await authority.issue(['sender.lab.test'])
  const collector = await collecting({
    tls: { ...server, ca: authority.certificate, requestCert: true, rejectUnauthorized: false },
  })
  const life = await service()
  const target = { host: '127.0.0.1', port: collector.port, transport: 'tls', trust: authority.certificate } as const

  const sender = new Sender(life, { ...target, clientCertificate: own.cert }, own.key)
  await sender.deliver(eventsOf(1, 120))

  expect(sequences(collector.messages)).toHaveLength(120)
  expect(await check(life, target)).toEqual([
    ['Name and policy', 'ok'],
    ['TCP', 'ok'],
    ['TLS', 'ok'],
    ['Stays open', 'ok'],
    ['Test message', 'ok'],
    ['Receipt', 'ok'],
  ])
  const codeOf = async (change: Partial<SyslogTargetInput>, key?: string) =>
    new Sender(life, { ...target, ...change }, key).call([eventOf(1)]).then(
      () => 'ok',
      (error: { code: string }) => error.code,
    )
  expect(await codeOf({ certificateName: 'logs.lab.test' })).toBe('SYSLOG_TLS_WRONG_NAME')
  expect(await codeOf({ trust: (await makeTlsAuthority()).certificate })).toBe('SYSLOG_TLS_UNTRUSTED')
  expect(await codeOf({ pin: 'ab'.repeat(32) })).toBe('SYSLOG_TLS_WRONG_PIN')
  expect(await codeOf({ trust: 'nonsense' })).toBe('SYSLOG_TARGET_INVALID')
  expect(await codeOf({ clientCertificate: own.cert })).toBe('SYSLOG_TARGET_INVALID')
  expect(await codeOf({ clientCertificate: own.cert }, server.key)).toBe('SYSLOG_TARGET_INVALID')
  expect(await codeOf({ format: 'template', template: '%by% %name%' })).toBe('SYSLOG_TARGET_INVALID')
})

test('a pinned certificate is believed whoever signed it, as long as it is current', async () => {
  const authority = await makeTlsAuthority()
  const { X509Certificate } = await import('node:crypto')
  const [current, ended] = [
    await authority.issue(['elsewhere']),
    await authority.issue(['elsewhere'], new Date(Date.now() - 2.5 * 365 * 86_400_000)),
  ]
  const life = await service()
  const codes = await Promise.all(
    [current, ended].map(async (server) => {
      const collector = await collecting({ tls: server })
      const pin = new X509Certificate(server.cert).fingerprint256
      const target = { host: '127.0.0.1', port: collector.port, transport: 'tls', pin } as const
      return new Sender(life, target).call([eventOf(1)], true).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      )
    }),
  )

  expect(codes).toEqual(['ok', 'SYSLOG_TLS_EXPIRED'])
})

test('a collector that wants a certificate and gets none is named as such by the check', async () => {
  const authority = await makeTlsAuthority()
  const server = await authority.issue(['localhost'], new Date(), ['127.0.0.1'])
  const collector = await collecting({
    tls: { ...server, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
  })
  const life = await service()
  const target = { host: '127.0.0.1', port: collector.port, transport: 'tls', trust: authority.certificate } as const

  expect(await check(life, target)).toContainEqual(['Stays open', 'failed', 'SYSLOG_TLS_CLIENT_REFUSED'])
})

test('without a target the check says that the service runs', async () => {
  const { rows } = (await (await service()).run('check', {}, testContext())) as { rows: readonly Row[] }

  expect(rows).toEqual([expect.objectContaining({ target: 'Syslog', result: 'ok' })])
})

test('a collector that takes connections and says nothing, or talks without end, costs its time and no more', async () => {
  const silent = await collecting({ reads: false })
  const talking = await collecting({
    ends: false,
    onConnection(socket) {
      const talk = () => {
        while (socket.writable && socket.write('x'.repeat(64 * 1024)));
      }
      socket.on('drain', talk)
      talk()
    },
  })
  const life = await service({ connectTimeoutMs: 300, confirmTimeoutMs: 300 })
  const beganMs = Date.now()

  const target = { host: '127.0.0.1', port: silent.port, transport: 'tls' } as const
  await expect(new Sender(life, target).call([eventOf(1)])).rejects.toMatchObject({
    code: 'SYSLOG_UNREACHABLE',
    details: expect.objectContaining({ reason: 'no answer in time' }),
  })
  await expect(new Sender(life, tcp(talking.port)).call([eventOf(1)], true)).rejects.toMatchObject({
    code: 'SYSLOG_CONNECTION_LOST',
  })

  expect(Date.now() - beganMs).toBeLessThan(5000)
  expect(sequences(talking.messages)).toEqual([1])
})
