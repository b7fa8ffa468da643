import { createServer, type AddressInfo } from 'node:net'
import { Failure } from '@sallygate/base/failure'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { freePort } from '@sallygate/testkit/free-port'
import { testContext, testServiceHost, type TestHostOptions } from '@sallygate/testkit/service-host'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { expect, onTestFinished, test } from 'vitest'
import { approach } from './approach.ts'
import { trustContext } from './authorities.ts'
import { connectionFailures } from './connection-failures.ts'

const row = { says: 'No.', fix: 'Look.', retry: 'later' } as const

function open(options: TestHostOptions = {}) {
  const clock = options.clock ?? new FakeClock()
  const context = testContext({ clock })
  const way = approach({
    host: testServiceHost({ ...options, clock }),
    context,
    limitMs: 3000,
    about: { server: 'dc1.test:636' },
    failures: connectionFailures((key, more) => new Failure(`TEST_${key}`, row, more), { notPinned: 'NOT_PINNED' }),
  })
  return { clock: clock as FakeClock, way, spans: context.trace.spans }
}

test('a look-up that never comes back ends at the limit, and says whom it was about', async () => {
  const { clock, way, spans } = open({ target: () => new Promise<never>(() => {}) })

  const failed = expect(way.find('dc1.test', 636)).rejects.toMatchObject({
    code: 'TEST_UNREACHABLE',
    details: { server: 'dc1.test:636', reason: 'no answer in time' },
  })
  await clock.advance(3000)

  await failed
  expect(clock.pending).toBe(0)
  expect(spans).toMatchObject([{ name: 'dns', outcome: 'failed', detail: { failure: 'TEST_UNREACHABLE' } }])
})

test('what policy says of an address is passed on as it is', async () => {
  const { way } = open({ target: () => Promise.reject(new Failure('TEST_POLICY', row)) })

  await expect(way.find('dc1.test', 636)).rejects.toMatchObject({ code: 'TEST_POLICY' })
})

test('a port where nobody listens, and a server that never speaks TLS: each at its own step', async () => {
  const server = createServer((socket) => socket.on('error', () => {}))
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const authority = await makeTlsAuthority()
  const { clock, way, spans } = open()

  await expect(way.connect(await way.find('127.0.0.1', await freePort()))).rejects.toMatchObject({
    code: 'TEST_UNREACHABLE',
    details: { reason: 'ECONNREFUSED' },
  })
  const { port } = server.address() as AddressInfo
  const { socket, name } = await way.reach({ host: '127.0.0.1', port, certificateName: 'dc1.test' })
  expect(name).toBe('dc1.test')
  const expected = { name, context: trustContext([authority.certificate]), pins: undefined }
  const silent = expect(way.encrypt(socket, expected)).rejects.toMatchObject({
    details: { reason: 'no answer in time' },
  })
  await clock.advance(3000)

  await silent
  expect(socket.destroyed).toBe(true)
  expect(spans.map((span) => `${span.name} ${span.outcome}`)).toEqual([
    'dns ok',
    'tcp failed',
    'dns ok',
    'tcp ok',
    'tls failed',
  ])
})
