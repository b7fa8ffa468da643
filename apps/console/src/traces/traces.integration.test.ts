/**
 * Traces over a real relay, a real connector and a real directory, good ones and bad ones.
 *
 * @module
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WholeOffice } from '../testing/whole-office.ts'
import type { Hop, Trace } from './trace.ts'

let office: WholeOffice
beforeEach(async () => {
  office = await WholeOffice.open()
})
afterEach(() => office.close())

async function run(path: string, body?: unknown): Promise<Trace> {
  const started = await office.call('POST', path, body)
  expect(started.status).toBe(200)
  const shown = await office.call('GET', `/api/traces/${started.body.trace}`)
  expect(shown.body.verdict).toBe(started.body.verdict)
  return shown.body as Trace
}

const service = () => run(`/api/groups/${office.group}/services/directory/test`)
const connector = () => run(`/api/groups/${office.group}/connectors/one/test`)
const relay = () => run('/api/relay/test')

const names = (hops: readonly Hop[]) => hops.map(({ name }) => name)
const failedHop = ({ hops }: Trace) => hops.find(({ verdict }) => verdict === 'failed')

/** One hop has failed, says why and what to do, and nothing was tried after it. */
function expectBroken(trace: Trace, hop: string, code: string): void {
  const at = trace.hops.findIndex(({ verdict }) => verdict === 'failed')
  expect(trace.verdict).toBe('failed')
  expect(trace.hops[at]).toMatchObject({ name: hop })
  expect(trace.hops[at]?.fix).not.toBe('')
  expect(trace.hops[at]?.says).not.toBe('')
  if (code !== '') expect(trace.hops[at]?.detail['code']).toBe(code)
  const after = trace.hops.slice(at + 1).filter(({ name }) => name !== 'answer')
  expect(after.length).toBeGreaterThan(0)
  expect(after.map(({ verdict }) => verdict)).toEqual(after.map(() => 'skipped'))
}

const relayHops = [
  'console',
  'relay DNS',
  'relay TCP',
  'relay TLS',
  'relay status page',
  'relay challenge',
  'relay round trip',
]
const presence = ['connector attached', 'connector hello']

test('a service that works is green from the settings to the answer, in order of time', async () => {
  const trace = await service()

  expect(failedHop(trace)).toBeUndefined()
  expect(trace.verdict).toBe('ok')
  expect(names(trace.hops)).toEqual([
    'settings',
    ...relayHops,
    ...presence,
    'connector settings',
    'connector gate',
    'DNS',
    'TCP',
    'TLS',
    'bind',
    'search',
    'search',
    'search',
    'answer',
  ])
  expect(trace.hops.find(({ name }) => name === 'relay TLS')?.says).toMatch(/issued by .* days left/)
  expect(trace.hops.find(({ name }) => name === 'TLS')?.says).toMatch(/issued by .* days left/)
  for (const hop of ['relay TLS', 'TLS']) {
    const { chain = [] } = trace.hops.find(({ name }) => name === hop) ?? {}
    expect(chain.length).toBeGreaterThan(0)
    expect(chain[0]).toMatchObject({ issuer: expect.stringContaining('root'), daysLeft: expect.any(Number) })
    expect(chain[0]?.thumbprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  }
  expect(trace.hops.filter(({ name }) => name === 'search').map(({ says }) => says)).toEqual([
    'It exists and can be read.',
    'Found one.',
    'Found one.',
  ])
  const starts = trace.hops.map(({ startMs }) => startMs)
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
})

test('relay and connector each have a trace of their own', async () => {
  expect(names((await relay()).hops)).toEqual(relayHops)

  const trace = await connector()

  expect(trace.verdict).toBe('ok')
  expect(names(trace.hops)).toEqual([
    ...relayHops,
    ...presence,
    'connector gate',
    'identity',
    'certificate',
    'trust set',
    'policy file',
    'journal',
    'clock',
    'answer',
  ])
})

test('a test that nobody waits for shows its hops while it runs, and all of them afterwards', async () => {
  const started = (await office.inGroup('POST', 'services/directory/test', { wait: false, connector: 'one' })).body
  const seen: Trace[] = []
  await office.until(async () => {
    seen.push((await office.call('GET', `/api/traces/${started.trace}`)).body)
    return seen.at(-1)?.state === 'done'
  })

  expect(started).toEqual({ trace: expect.any(String), state: 'running' })
  expect(seen.at(-1)).toMatchObject({ verdict: 'ok' })
  // What was shown once stays as it was: a page may add what is new.
  const final = seen.at(-1)?.hops ?? []
  for (const { state, hops } of seen.slice(0, -1)) {
    expect(state).toBe('running')
    expect(names(hops.filter(({ name }) => name !== 'connector gate'))).toEqual(
      names(final.filter(({ name }) => name !== 'connector gate')).slice(
        0,
        hops.filter(({ name }) => name !== 'connector gate').length,
      ),
    )
  }
})

test('tests of the relay are listed, newest first', async () => {
  const first = await relay()
  const second = await relay()

  const { body } = await office.call('GET', '/api/relay/traces')

  expect(body.traces.map(({ id }: Trace) => id)).toEqual([second.id, first.id])
})

test('a relay that is down is where every trace ends', async () => {
  await office.relay.stop()
  await office.until(async () => (await office.call('GET', '/api/relay')).body.state !== 'attached')

  expectBroken(await relay(), 'relay TCP', '')
  expectBroken(await connector(), 'relay TCP', '')
  expectBroken(await service(), 'relay TCP', '')
})

test('a connector that is detached is named, with when it was last seen', async () => {
  await office.connector.stop()
  await office.until(async () => (await office.connectorState()) === 'away')

  expectBroken(await connector(), 'connector attached', 'CONSOLE_CONNECTOR_AWAY')
  const trace = await service()

  expectBroken(trace, 'connector attached', 'CONSOLE_CONNECTOR_AWAY')
  expect(failedHop(trace)?.detail['lastSeen']).toMatch(/^\d{4}-/)
})

test('a wrong port ends at TCP', async () => {
  const { body } = await office.turnOn({ servers: [{ host: '127.0.0.1', port: 9 }] })

  // The same password was given again with the new server.
  expect(body.erased).toEqual([])

  expectBroken(await service(), 'TCP', 'DIRECTORY_UNREACHABLE')
})

test('a certificate for another name ends at TLS, and shows the names', async () => {
  await office.turnOn({ servers: [{ host: '127.0.0.1', port: office.ldapPort, certificateName: 'dc1.corp.test' }] })

  const trace = await service()

  expectBroken(trace, 'TLS', 'DIRECTORY_TLS_WRONG_NAME')
  expect(failedHop(trace)?.says).toContain('localhost')
})

test('a wrong bind password ends at bind, and is in no trace', async () => {
  await office.turnOn({ bindPassword: 'planted-4451' })

  const trace = await service()

  expectBroken(trace, 'bind', 'DIRECTORY_BIND_REFUSED')
  expect(JSON.stringify(trace)).not.toContain('planted-4451')
})

test('a pause ends a test of the service at the settings, and still shows the connector', async () => {
  await office.inGroup('PUT', 'connectors/one', { state: 'maintenance', weight: 20 })

  expectBroken(await service(), 'settings', 'CONSOLE_CONNECTORS_PAUSED')
  expect((await connector()).verdict).toBe('ok')
  const shown = (await office.inGroup('GET', 'connectors/one')).body
  expect(shown).toMatchObject({ state: 'maintenance', wanted: { state: 'maintenance', weight: 20 } })
  const call = { operation: 'directory.search', parameters: { kind: 'users' } }
  expect((await office.inGroup('POST', 'call', call)).body.code).toBe('CONSOLE_CONNECTORS_PAUSED')
  await office.inGroup('PUT', 'connectors/one', { state: 'active' })
  expect((await service()).verdict).toBe('ok')
})

test('traces are listed by target, and ten tests a minute are enough', async () => {
  await service()
  await connector()
  for (let at = 0; at < 8; at++) await relay()

  const eleventh = await office.call('POST', '/api/relay/test')

  expect(eleventh).toMatchObject({ status: 429, body: { code: 'CONSOLE_TOO_MANY_TESTS' } })
  const listed = (await office.inGroup('GET', 'traces')).body.traces as readonly Trace[]
  expect(listed.map(({ target }) => target.kind)).toEqual(['connector', 'service'])
  const only = (await office.inGroup('GET', 'traces?target=service/directory')).body.traces as readonly Trace[]
  expect(only.map(({ target }) => target.name)).toEqual(['directory'])
  const first = (await office.inGroup('GET', 'traces?limit=1')).body
  const second = (await office.inGroup('GET', `traces?limit=1&cursor=${first.nextCursor}`)).body
  expect([first, second].map(({ traces }) => traces[0].target.kind)).toEqual(['connector', 'service'])
  expect(second.nextCursor).toBeUndefined()
  expect((await office.call('GET', `/api/traces/${'0'.repeat(32)}`)).status).toBe(404)
})
