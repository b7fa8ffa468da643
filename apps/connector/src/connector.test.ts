import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { readFileSync, writeFileSync, chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from '@sallygate/base/bytes'
import type { Component, OperationClass } from '@sallygate/envelope'
import { TABLE_VERSION } from '@sallygate/service-kit'
import { expect, test } from 'vitest'
import { makeId, type GroupId } from '@sallygate/trust'
import { readConnectorStatus } from './status.ts'
import { newKey } from './testing/console-stub.ts'
import { GateOfOne } from './testing/gate-of-one.ts'
import { JumpyClock } from './testing/jumpy-clock.ts'
import { samplePolicy } from './testing/sample-service.ts'

const until = async (isSo: () => boolean, withinMs = 5000) => {
  const end = Date.now() + withinMs
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it did not come to be so in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** The relay says *busy* while it still holds what was sent before. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === 50) throw error
      await pause(100)
    }
  }
}
const refusal = (code: string) => ({ outcome: 'notStarted', failure: expect.objectContaining({ code }) })
const failed = (code: string) => ({ outcome: 'failed', failure: expect.objectContaining({ code }) })

test('a request crosses relay and gate, and its answer comes back with the limits of policy applied', async () => {
  await using gate = await GateOfOne.live(samplePolicy([], '[services.sample.groups."*"]\nbaseDns = ["dc=x"]\n'))

  const answer = await gate.call('sample.read', { text: 'a' })

  expect(answer).toMatchObject({ outcome: 'done', result: { said: 'hello' } })
  expect(gate.sample.trace).toMatchObject({ done: ['read a'], limits: [{ baseDns: ['dc=x'] }] })
})

test('what is not in the closed table, of another class or of another table version, reaches no service', async () => {
  await using gate = await GateOfOne.live()
  const strange: readonly (readonly [string, OperationClass, number])[] = [
    ['sample.nothing', 'R', TABLE_VERSION],
    ['mail.send', 'R', TABLE_VERSION],
    ['sample.constructor', 'R', TABLE_VERSION],
    ['sample.__proto__', 'R', TABLE_VERSION],
    ['sample', 'R', TABLE_VERSION],
    ['', 'R', TABLE_VERSION],
    ['session.hello', 'R', TABLE_VERSION],
    ...(['B', 'S', 'N', 'O', 'J'] as const).map((of) => ['sample.read', of, TABLE_VERSION] as const),
    ['sample.read', 'R', 0],
    ['sample.read', 'R', TABLE_VERSION + 1],
    ['sample.issue', 'R', TABLE_VERSION],
  ]

  const answers = await Promise.all(
    strange.map(([operation, of, tableVersion]) =>
      gate.call(operation, {}, { class: of, tableVersion, generation: 9, idempotencyKey: newKey() }),
    ),
  )

  expect(answers.map(({ outcome }) => outcome)).toEqual(strange.map(() => 'notStarted'))
  expect(gate.sample.trace.done).toEqual([])
})

test('parameters no contract accepts, a service policy does not name and a component it leaves out reach no service', async () => {
  await using gate = await GateOfOne.live(samplePolicy([], 'components = ["selfService"]\n'))
  const component: Component = 'selfService'

  const answers = [
    await gate.call('sample.read', { txt: 'a' }, { component }),
    await gate.call('sample.read', { text: 'a' }, { component: 'deviceServices' }),
  ]
  const before = gate.facts().policy.digest
  gate.writePolicy(samplePolicy([]).replace('"read",', ''))
  await until(() => gate.facts().policy.digest !== before)
  answers.push(await gate.call('sample.read', { text: 'a' }, { component }))

  expect(answers).toEqual(
    [
      refusal('SERVICE_PARAMETERS_INVALID'),
      refusal('CONNECTOR_POLICY_COMPONENT'),
      refusal('CONNECTOR_POLICY_OPERATION'),
    ].map((expected) => expect.objectContaining(expected)),
  )
  expect(gate.sample.trace.done).toEqual([])
})

test('a group that policy does not name gets nothing from an inherited connector', async () => {
  await using gate = await GateOfOne.enrolled()
  const child = makeId<GroupId>()
  gate.writePolicy(samplePolicy([], `[services.sample.groups."${gate.console.authority.group}"]\n`))
  await gate.start()
  await gate.configure({ greeting: 'hello' })

  const [own, inherited] = [await gate.call('sample.read'), await gate.call('sample.read', {}, { actingGroup: child })]

  expect(own).toMatchObject({ outcome: 'done' })
  expect(inherited).toMatchObject(refusal('CONNECTOR_POLICY_GROUP'))
})

test('a cargo that is delivered twice, or a thousand times, is carried out once', async () => {
  await using gate = await GateOfOne.live()
  await gate.call('sample.guess', { text: 'once' }, { class: 'B' })
  const { cargo } = gate.console.sent.at(-1) as (typeof gate.console.sent)[number]

  for (let again = 0; again < 1000; again++) {
    gate.console.deliver(gate.console.member(), cargo)
    if (again % 16 === 0) await pause(1)
  }
  await patiently(() => gate.call('sample.read', { text: 'after' }))

  expect(gate.sample.trace.done.filter((line) => line === 'guess once')).toHaveLength(1)
})

test('what was carried out is not called *not started* when it is delivered again', async () => {
  await using gate = await GateOfOne.live()
  await gate.call('sample.guess', { text: 'once' }, { class: 'B' })
  const { cargo } = gate.console.sent.at(-1) as (typeof gate.console.sent)[number]
  const before = [...gate.console.answered]

  for (let again = 0; again < 5; again++) gate.console.deliver(gate.console.member(), cargo)
  await gate.call('sample.read')

  expect(gate.console.answered).toHaveLength(before.length + 1)
  expect(gate.facts().refusals['ENVELOPE_DUPLICATE']).toBe(5)
})

test('after a restart nothing recorded before is carried out: not by its key, nor by its boot nonce', async () => {
  await using gate = await GateOfOne.live()
  await gate.call('sample.issue', { text: 'a' }, { class: 'N', idempotencyKey: newKey() })
  const recorded = gate.console.sent.map(({ cargo }) => cargo)
  const { bootNonce } = gate.console.member().hello ?? { bootNonce: '' }
  await gate.stopConnectors()
  const connector = await gate.start()
  gate.sample.trace.done.length = 0

  for (const cargo of recorded) gate.console.deliver(gate.console.member(), cargo)
  // A console that believes in the old session, with the new key: the nonce alone has to refuse it.
  const stale = gate.console.seal('sample.read', {}, { bootNonce })
  gate.console.deliver(gate.console.member(), stale.cargo)
  await until(() => (connector.facts().refusals['ENVELOPE_STALE_SESSION'] ?? 0) > 0)

  expect(gate.sample.trace.done).toEqual([])
  expect(connector.facts().refusals).toMatchObject({ ENVELOPE_CANNOT_OPEN: recorded.length, ENVELOPE_STALE_SESSION: 1 })
})

test('class N: a key runs once, and its answer comes from the journal, also after a restart', async () => {
  await using gate = await GateOfOne.live()
  const idempotencyKey = newKey()
  const issue = (text: string) => gate.call('sample.issue', { text }, { class: 'N', idempotencyKey })

  const answers = [await issue('a'), await issue('a'), await issue('b')]
  await gate.stopConnectors()
  await gate.start()
  answers.push(await issue('a'))

  expect(answers).toMatchObject([
    { outcome: 'done', result: { serial: 1 } },
    { outcome: 'done', result: { serial: 1 } },
    refusal('CONNECTOR_IDEMPOTENCY_CONFLICT'),
    { outcome: 'done', result: { serial: 1 } },
  ])
  expect(gate.sample.trace.done).toEqual(['issue a'])
})

test('killed between intent and result, or restored from a snapshot of then, it does not issue again and says why (T18, T29)', async () => {
  await using gate = await GateOfOne.live()
  const { promise, resolve } = Promise.withResolvers<void>()
  gate.sample.trace.pause = promise
  const idempotencyKey = newKey()
  const issue = () => gate.call('sample.issue', { text: 'a' }, { class: 'N', idempotencyKey })
  const first = issue()
  await until(() => gate.sample.trace.done.length === 1)
  const snapshot = readFileSync(join(gate.home, 'journal.bin'))

  const twice = await issue()
  resolve()
  const answered = await first
  await gate.stopConnectors()
  writeFileSync(join(gate.home, 'journal.bin'), snapshot, { mode: 0o600 })
  await gate.start()
  const restored = await issue()

  expect(answered).toMatchObject({ outcome: 'done' })
  // `failed`, not `notStarted`: another connector must not try it either.
  expect([twice, restored]).toMatchObject([failed('CONNECTOR_IN_PROGRESS'), failed('CONNECTOR_OUTCOME_UNKNOWN')])
  expect(gate.sample.trace.done).toEqual(['issue a'])
})

test('a request that the relay holds back past its deadline is not carried out (T35)', async () => {
  await using gate = await GateOfOne.live()
  const held = gate.console.seal('sample.read', { text: 'late' }, { withinMs: 100 })

  await pause(200)
  gate.console.deliver(gate.console.member(), held.cargo)
  await until(() => (gate.facts().refusals['ENVELOPE_EXPIRED'] ?? 0) > 0)

  expect(gate.sample.trace.done).toEqual([])
})

test('garbage of every kind is dropped and counted, and genuine work goes on (P41)', async () => {
  await using gate = await GateOfOne.live()
  const genuine = gate.console.seal('sample.read', {}).cargo

  for (let n = 0; n < 400; n++) {
    const garbage = n % 2 === 0 ? randomBytes(n) : Buffer.concat([Buffer.of(n % 8), randomBytes(n % 2048)])
    const altered = Buffer.from(genuine)
    altered[(n * 7) % altered.length] = n & 0xff
    gate.console.deliver(gate.console.member(), n % 3 === 0 ? altered : garbage)
    if (n % 16 === 0) await pause(1)
  }

  const answer = await patiently(() => gate.call('sample.read', { text: 'genuine' }))

  expect(answer).toMatchObject({ outcome: 'done' })
  expect(gate.sample.trace.done.at(-1)).toBe('read genuine')
  expect(gate.facts().refusals['ENVELOPE_CANNOT_OPEN']).toBeGreaterThan(100)
})

test('the session is said anew when it is old, under the same boot nonce', async () => {
  await using gate = await GateOfOne.enrolled()
  await gate.start({ reportEvery: '30ms', helloEvery: '60ms' })
  const member = gate.console.member()
  const { bootNonce } = member.hello ?? {}

  await until(() => member.hellos >= 3)

  expect(member.hello?.bootNonce).toBe(bootNonce)
  expect(gate.facts().isLive).toBe(true)
})

test('class S: generations never go back, also after a restart, and one object at a time', async () => {
  await using gate = await GateOfOne.live()
  const set = (generation: number) => gate.call('sample.set', { text: String(generation) }, { class: 'S', generation })

  const answers = [await set(5), await set(5), await set(4)]
  await gate.stopConnectors()
  await gate.start()
  answers.push(await set(4), await set(6))

  expect(answers.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'notStarted', 'notStarted', 'done'])
  expect(gate.sample.trace.done).toEqual(['set 5', 'set 5', 'set 6'])
})

test('without a journal nothing of class N or S is done, look-ups go on, and it recovers by itself (T23, T24)', async () => {
  await using gate = await GateOfOne.live()
  await gate.stopConnectors()
  const journal = join(gate.home, 'journal.bin')
  const content = readFileSync(journal)
  // Where the journal should be there is a folder: nothing can be written there, whoever tries.
  spawnSync('rm', [journal])
  spawnSync('mkdir', [journal])
  const connector = await gate.start()
  const issue = () => gate.call('sample.issue', { text: 'a' }, { class: 'N', idempotencyKey: newKey() })

  const refused = [await issue(), await gate.call('sample.set', {}, { class: 'S', generation: 7 })]
  const read = await gate.call('sample.read')
  const { journal: seen } = connector.facts()
  spawnSync('rmdir', [journal])
  writeFileSync(journal, content, { mode: 0o600 })

  expect(refused).toMatchObject([refusal('CONNECTOR_JOURNAL_UNAVAILABLE'), refusal('CONNECTOR_JOURNAL_UNAVAILABLE')])
  expect(read).toMatchObject({ outcome: 'done' })
  expect(seen.failure?.code).toBe('CONNECTOR_JOURNAL_UNAVAILABLE')
  expect(await issue()).toMatchObject({ outcome: 'done' })
})

test('a bug in an operation is its own failure, and the next request is served', async () => {
  await using gate = await GateOfOne.live()

  const answers = [await gate.call('sample.crash'), await gate.call('sample.read')]

  expect(answers).toMatchObject([failed('CONNECTOR_OPERATION_CRASHED'), { outcome: 'done' }])
  expect(JSON.stringify(answers[0])).not.toContain('boom')
})

test('an operation ends at its deadline; with too little time it is not begun', async () => {
  await using gate = await GateOfOne.live()

  const [hung, late] = await Promise.all([
    gate.call('sample.hang', {}, { withinMs: 400 }),
    gate.call('sample.read', {}, { withinMs: 5000, remainingMs: 20 }),
  ])

  expect(hung).toMatchObject(failed('SERVICE_DEADLINE'))
  expect(late).toMatchObject(refusal('CONNECTOR_DEADLINE_TOO_SHORT'))
})

test('beyond its places a service refuses the newest, and other work goes on', async () => {
  await using gate = await GateOfOne.enrolled()
  await gate.start({ maxPerService: 3, maxInFlight: 8 })
  await gate.configure({ greeting: 'hello' })
  const hanging = Array.from({ length: 3 }, () => gate.call('sample.hang', {}, { withinMs: 800 }))
  await until(() => gate.sample.trace.done.length === 3)

  const [busy, status] = await Promise.all([gate.call('sample.read'), gate.call('instance.status')])

  expect(busy).toMatchObject(refusal('CONNECTOR_BUSY'))
  expect(status).toMatchObject({ outcome: 'done', result: { inFlight: 4 } })
  await Promise.all(hanging)
  expect(await gate.call('sample.read')).toMatchObject({ outcome: 'done' })
})

test('what takes longer than a second says that it has begun', async () => {
  await using gate = await GateOfOne.live()
  const { answered } = gate.console
  const before = answered.length

  const hung = await gate.call('sample.hang', {}, { withinMs: 1400 })
  const quick = await gate.call('sample.read')

  expect([hung.outcome, quick.outcome]).toEqual(['failed', 'done'])
  expect(answered.slice(before)).toHaveLength(3)
  expect(answered[before]).toBe(answered[before + 1])
})

test('a large answer comes back in chunks, one beyond all bounds as a failure', async () => {
  await using gate = await GateOfOne.live()

  const [much, tooMuch] = [
    await gate.call('sample.much', { bytes: 1_000_000 }),
    await gate.call('sample.much', { bytes: 5_000_000 }),
  ]

  expect(much.outcome === 'done' && (much.result as { text: string }).text.length).toBe(1_000_000)
  expect(tooMuch).toMatchObject(failed('CONNECTOR_RESULT_TOO_LARGE'))
})

test('poisoned settings are refused, the last good ones go on, also over a restart (T31)', async () => {
  await using gate = await GateOfOne.live()

  const answers = [
    await gate.configure({ greeting: 3 }),
    await gate.configure({ greeting: 'x', extra: true }),
    await gate.configure({ greeting: 'x', fails: true }),
  ]
  const read = await gate.call('sample.read')
  await gate.stopConnectors()
  await gate.start()

  expect(answers).toMatchObject([
    failed('SERVICE_SETTINGS_INVALID'),
    failed('SERVICE_SETTINGS_INVALID'),
    failed('CONNECTOR_SETTINGS_REFUSED'),
  ])
  expect([read, await gate.call('sample.read')]).toMatchObject([
    { result: { said: 'hello' } },
    { result: { said: 'hello' } },
  ])
})

test('settings are applied by generation, acknowledged, turned off, and secret on the disk', async () => {
  await using gate = await GateOfOne.live()
  const secret = 'canary-hunter2'

  const newer = await gate.configure({ greeting: 'new', password: secret }, 7)
  const older = await gate.configure({ greeting: 'old' }, 6)
  const files = readdirSync(gate.home).filter(
    (name) => name.endsWith('.sealed') || name.endsWith('.bin') || name.endsWith('.json'),
  )
  const disk = Buffer.concat(files.map((name) => readFileSync(join(gate.home, name))))
  const off = await gate.call(
    'instance.configure',
    { service: 'sample', settings: null, generation: 8 },
    { class: 'S', generation: 8 },
  )
  const read = await gate.call('sample.read')

  expect(newer).toMatchObject({
    outcome: 'done',
    result: { applied: true, status: { generation: 7, state: { kind: 'healthy' } } },
  })
  expect(older).toMatchObject({ outcome: 'notStarted' })
  expect(files).toContain('settings-sample.sealed')
  expect(disk.includes(secret)).toBe(false)
  expect(off).toMatchObject({ outcome: 'done', result: { status: { state: { kind: 'off' } } } })
  expect(read).toMatchObject(refusal('SERVICE_NOT_ENABLED'))
})

test('the settings that are in force do not disturb the service when they are sent again', async () => {
  await using gate = await GateOfOne.live()
  const { trace } = gate.sample
  const hanging = gate.call('sample.hang', {}, { withinMs: 500 })
  await until(() => trace.done.includes('hang'))

  const again = await gate.configure({ greeting: 'hello' }, 1)
  const [hung, starts] = [await hanging, trace.starts]

  expect(again).toMatchObject({ outcome: 'done', result: { applied: true, status: { generation: 1 } } })
  expect([hung, starts]).toMatchObject([failed('SERVICE_DEADLINE'), 1])
  expect(await gate.configure({ greeting: 'other' }, 1)).toMatchObject({ result: { applied: true } })
  expect(await gate.call('sample.read')).toMatchObject({ result: { said: 'other' } })
})

test('settings of an earlier generation change nothing, whatever generation the request claims', async () => {
  await using gate = await GateOfOne.live()
  await gate.configure({ greeting: 'new' }, 7)
  const old = { service: 'sample', settings: { greeting: 'old' }, generation: 6 }

  const answer = await gate.call('instance.configure', old, { class: 'S', generation: 99 })

  expect(answer).toMatchObject({ outcome: 'done', result: { applied: false, status: { generation: 7 } } })
  expect(await gate.call('sample.read')).toMatchObject({ result: { said: 'new' } })
})

test('a service that cannot start is failed with its reason, and the connector is live all the same', async () => {
  await using gate = await GateOfOne.enrolled()
  const connector = await gate.start()

  const configured = await gate.configure({ greeting: 'x', fails: true })
  const read = await gate.call('sample.read')

  expect(configured).toMatchObject({
    outcome: 'done',
    result: { applied: true, status: { state: { kind: 'failed' } } },
  })
  expect(read).toMatchObject(refusal('SERVICE_NOT_STARTED'))
  expect(connector.facts()).toMatchObject({
    isLive: true,
    services: [{ service: 'sample', state: { kind: 'failed' } }],
  })
})

test('a policy changed by hand holds at once and is told to the console as an event (TC5)', async () => {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as { port: number }
  await using gate = await GateOfOne.live()
  const reach = () => gate.call('sample.reach', { host: '127.0.0.1', port })
  const before = await reach()
  const digest = gate.console.member().hello?.policyDigest

  gate.writePolicy(samplePolicy([`127.0.0.1:${port}`]))
  await until(() =>
    gate.console.member().reports.some(({ events }) => events.some(({ kind }) => kind === 'policyChanged')),
  )
  const widened = await reach()
  const changed = gate.console.member().hello?.policyDigest
  gate.writePolicy('version = 1\nversion = 2\n')
  await until(() =>
    gate.console.member().reports.some(({ events }) => events.some(({ kind }) => kind === 'policyBroken')),
  )
  const broken = await reach()
  server.close()

  expect(before).toMatchObject(failed('CONNECTOR_POLICY_TARGET'))
  expect(widened).toMatchObject({ outcome: 'done', result: { address: '127.0.0.1' }, spans: [{ name: 'dns' }] })
  expect(changed).not.toBe(digest)
  expect(broken).toMatchObject(refusal('CONNECTOR_POLICY_BROKEN'))
  expect(gate.console.member().hello?.abilities).toEqual(['instance.check', 'instance.configure', 'instance.status'])
  expect(await gate.call('instance.status')).toMatchObject({ outcome: 'done' })
})

test('the hello says what this connector can do, and the report how it is', async () => {
  await using gate = await GateOfOne.enrolled()
  await gate.start({ reportEvery: '50ms' })
  await gate.configure({ greeting: 'hello' })
  const { hello, reports } = gate.console.member()

  await until(() => reports.some(({ services }) => services[0]?.state === 'healthy'))

  expect(hello?.abilities).toContain('sample.read')
  expect(hello?.policyDigest).toMatch(/^[0-9a-f]{64}$/)
  expect(reports.at(-1)).toMatchObject({
    services: [
      { service: 'sample', generation: 1, state: 'healthy' },
      { service: 'instance', generation: 0, state: 'healthy' },
    ],
    inFlight: 0,
  })
})

test('a newer trust set comes with a report, and whoever is not in it signs nothing any more', async () => {
  await using gate = await GateOfOne.enrolled()
  const connector = await gate.start({ reportEvery: '50ms' })
  await gate.configure({ greeting: 'hello' })
  const { authority } = gate.console
  const revoked = authority.signing
  // Nobody knows the new signing key before this answer is read.
  gate.console.whims.answersAsItself = true

  await authority.rotateSigning()
  await until(() => connector.facts().trustSet.number === 2)
  const good = await gate.call('sample.read', { text: 'new signer' })
  authority.signing = revoked
  const forged = gate.console.seal('sample.read', { text: 'revoked signer' })
  gate.console.deliver(gate.console.member(), forged.cargo)
  await until(() => (connector.facts().refusals['ENVELOPE_CANNOT_OPEN'] ?? 0) > 0)

  expect(good).toMatchObject({ outcome: 'done' })
  expect(gate.sample.trace.done).toEqual(['read new signer'])
})

test('without a valid trust set nothing is served, and the status says so', async () => {
  await using gate = await GateOfOne.live()
  await gate.stopConnectors()
  const clock = new JumpyClock(0)
  gate.console.whims.withoutTrustSet = true
  gate.console.authority.trustSetLifeMs = 1500
  gate.console.whims.withoutTrustSet = false
  gate.console.authority.trustSetNumber++
  const connector = await gate.start({ reportEvery: '24h' }, { clock })
  gate.console.whims.withoutTrustSet = true

  await until(() => !connector.facts().isLive)
  const answer = await gate.call('sample.read')

  expect(answer).toMatchObject(refusal('ENVELOPE_TRUST_SET_STALE'))
  expect(connector.facts()).toMatchObject({ isLive: false, failure: { code: 'CONNECTOR_NO_TRUST_SET' } })
})

test.each([
  [90_000, 'right', 'done'],
  [-90_000, 'right', 'done'],
  [480_000, 'alarm', 'done'],
  [-480_000, 'alarm', 'done'],
])('a wall clock that jumps %d ms while it runs is %s: %s (T30)', async (offsetMs, standing, outcome) => {
  const clock = new JumpyClock()
  await using gate = await GateOfOne.live(samplePolicy(), { clock })
  clock.offsetMs = offsetMs

  const answer = await gate.call('sample.read')

  expect(answer.outcome).toBe(outcome)
  expect(gate.facts().clock.standing).toBe(standing)
})

test.each([3_600_000, -3_600_000])(
  'a wall clock that jumps %d ms is refused by name, and by how much; set right it serves again (T30)',
  async (offsetMs) => {
    const clock = new JumpyClock()
    await using gate = await GateOfOne.enrolled()
    const connector = await gate.start({}, { clock })
    await gate.configure({ greeting: 'hello' })
    clock.offsetMs = offsetMs

    const answer = await gate.call('sample.read')
    const facts = connector.facts()
    clock.offsetMs = 0
    const again = await gate.call('sample.read')

    expect(answer).toMatchObject(refusal('ENVELOPE_CLOCK'))
    expect(facts).toMatchObject({
      isLive: false,
      failure: { code: 'CONNECTOR_CLOCK', details: { secondsOff: -offsetMs / 1000 } },
    })
    expect(again).toMatchObject({ outcome: 'done' })
  },
)

test.each([3, -3])(
  'started with a clock %d days off it names the clock, whatever else does not fit then',
  async (days) => {
    await using gate = await GateOfOne.enrolled()

    const connector = await gate.launch({}, { clock: new JumpyClock(days * 24 * 3_600_000) })
    await until(() => connector.facts().failure?.code === 'CONNECTOR_CLOCK')

    expect(Math.abs(Number(connector.facts().failure?.details['secondsOff']) + days * 86_400)).toBeLessThan(5)
  },
)

test('started with a clock an hour off it is not live and says by how much', async () => {
  await using gate = await GateOfOne.enrolled()

  const connector = await gate.launch({}, { clock: new JumpyClock(3_600_000) })
  await until(() => connector.facts().failure?.code === 'CONNECTOR_CLOCK')

  const { secondsOff } = connector.facts().failure?.details ?? {}
  expect(Math.abs(Number(secondsOff) + 3600)).toBeLessThan(5)
  expect(connector.facts().isLive).toBe(false)
})

test('a console that announces itself is greeted again, but not as often as a relay likes', async () => {
  await using gate = await GateOfOne.live()
  const member = gate.console.member()
  // The hello was a moment ago: announcements right behind it are put off, and all of them are one.
  for (let again = 0; again < 20; again++) gate.console.announce(member)
  await pause(300)
  const atOnce = member.hellos
  await until(() => member.hellos > atOnce, 6000)
  await pause(300)

  expect([atOnce, member.hellos]).toEqual([1, 2])
})

test('told by the console that it does not know the session, a connector says hello again', async () => {
  await using gate = await GateOfOne.enrolled()
  await gate.start({ reportEvery: '50ms' })
  const member = gate.console.member()
  gate.console.whims.sayHello = true

  await until(() => member.hellos === 2)

  expect(member.hello?.bootNonce).toMatch(/^[0-9a-f]{32}$/)
})

test('a console that refuses or is silent leaves the connector not live, with the reason, until it answers', async () => {
  await using gate = await GateOfOne.enrolled()
  gate.console.whims.refuseHello = 'CONSOLE_INSTANCE_REVOKED'
  const connector = await gate.launch()
  await until(() => connector.facts().failure !== undefined)
  const refused = connector.facts().failure

  gate.console.whims.refuseHello = undefined
  await connector.live(AbortSignal.timeout(8000))

  expect(refused).toMatchObject({ code: 'CONNECTOR_HELLO_REFUSED', details: { reason: 'CONSOLE_INSTANCE_REVOKED' } })
  expect(connector.facts().isLive).toBe(true)
})

test('a revoked connector is cut off at the relay, and says what to do (TC2)', async () => {
  await using gate = await GateOfOne.enrolled()
  const connector = await gate.start()

  await gate.console.revoke(gate.console.member().instance)
  await until(() => connector.facts().relay.state === 'refused')

  expect(connector.facts()).toMatchObject({ isLive: false, relay: { lastFailure: { code: 'DIAL_PROOF_REFUSED' } } })
})

test('a certificate past two thirds of its life is renewed under the same key, and survives a restart', async () => {
  await using gate = await GateOfOne.empty()
  gate.writePolicy(samplePolicy())
  gate.console.whims.issueAt = new Date(Date.now() - 70 * 24 * 3_600_000)
  await gate.enroll().catch(() => undefined)
  const connector = await gate.start()

  const inDays = () => (Date.parse(connector.facts().certificate.notAfter) - Date.now()) / (24 * 3_600_000)
  await until(() => inDays() > 80)
  await gate.stopConnectors()
  const restarted = await gate.start()

  expect(restarted.facts().certificate).toEqual(connector.facts().certificate)
})

test('the status file says how it is, holds no secret, and is private', async () => {
  await using gate = await GateOfOne.enrolled()
  const connector = await gate.start()
  await gate.configure({ greeting: 'hello', password: 'canary-hunter2' })
  await gate.call('sample.nothing')

  await until(() => readConnectorStatus(gate.home).facts.services[0]?.state.kind === 'healthy', 20_000).catch(
    () => undefined,
  )
  await connector.stop()
  const status = readConnectorStatus(gate.home)
  const text = readFileSync(join(gate.home, 'status.json'), 'utf8')

  expect(status).toMatchObject({
    part: 'connector',
    pid: process.pid,
    facts: { refusals: { ENVELOPE_UNKNOWN_OPERATION: 1 }, certificate: { sha256: expect.any(String) } },
  })
  expect(text).not.toContain('canary-hunter2')
}, 30_000)

test('a connector whose key file others can read does not start, and two do not share a home', async () => {
  await using gate = await GateOfOne.enrolled()
  const key = join(gate.home, 'identity', 'instance.key')
  chmodSync(key, 0o644)

  await expect(gate.launch()).rejects.toEqual(expect.objectContaining({ code: 'FILE_NOT_PRIVATE' }))
  chmodSync(key, 0o600)
  await expect(gate.start()).resolves.toBeDefined()
})

test('stopping lets work in flight finish and answers it, and takes no more', async () => {
  await using gate = await GateOfOne.live()
  const hanging = gate.call('sample.hang', {}, { withinMs: 200 })
  await until(() => gate.sample.trace.done.includes('hang'))

  const stopping = gate.stopConnectors()
  const answer = await hanging
  await stopping

  expect(answer).toMatchObject(failed('SERVICE_DEADLINE'))
})

test('the largest parameters there may be are taken, and a hostile nest of them is a refusal', async () => {
  await using gate = await GateOfOne.live()
  const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown

  const [large, nested] = [
    await gate.call('sample.read', { text: 'x'.repeat(200_000) }),
    await gate.call('sample.read', { text: deep }),
  ]

  expect(large).toMatchObject({ outcome: 'done' })
  expect(nested).toMatchObject(refusal('BASE_TOO_LARGE'))
})
