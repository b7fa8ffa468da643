/**
 * T44: what a relay that writes everything down has at the end of a mixed day.
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { kindOf } from '@sallygate/envelope'
import { decodeFrame, type FrameNamed } from '@sallygate/hop'
import { baseDn, everybodysPassword, reader } from '@sallygate/sample-office'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Gate } from './gate.ts'

const KIB = 1024
const buckets = [1, 4, 16, 64, 256].map((size) => size * KIB)
const canary = (what: string) => `canary-${what}-${toHex(randomBytes(6))}`
const canaries = {
  search: canary('search'),
  user: canary('user'),
  password: canary('password'),
  name: canary('host'),
  group: canary('group'),
}
let code = ''
/** `npm run chaos T44` has it go on for minutes. */
const mixedMs = Number(process.env['T44_SECONDS'] ?? 0) * 1000

let gate: Gate
beforeAll(async () => {
  gate = await Gate.open({ seed: 0x44 })
  const found = { kind: 'users', match: { field: 'displayName', contains: canaries.search } }
  const many = {
    kind: 'users',
    match: { field: 'displayName', anyOf: Array.from({ length: 100 }, () => canaries.search.repeat(12)) },
  }
  await gate.search('one', canaries.search)
  await gate.search('one', 'Bruno Keller')
  await gate.call('two', 'directory.search', found, 5000)
  await gate.call('one', 'directory.search', many, 5000)
  await gate.call('one', 'directory.search', { kind: 'users' }, 5000)
  await gate.call('one', 'directory.search', { kind: 'groups' }, 5000)
  await gate.call('two', 'directory.authenticate', { user: canaries.user, password: canaries.password }, 5000)
  await gate.signIn('two', 'ada.okafor')
  await gate.call('branch', 'instance.check', {}, 20_000)
  await gate.call('branch', 'instance.status', {}, 5000)
  await gate.turnOn('main', { bindPassword: reader.password })
  await gate.api('POST', '/api/groups', { name: canaries.group })
  code = await gate.code({ name: canaries.name })
  await gate.enroll(canaries.name, code, 'canary')
  await gate.reconnect('one')
  for (const until = performance.now() + mixedMs; performance.now() < until;) {
    await gate.search(undefined, canaries.search)
    await gate.call(undefined, 'directory.authenticate', { user: canaries.user, password: canaries.password }, 5000)
    await gate.search('branch', 'Keller')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await gate.works()
}, 40_000 + mixedMs)
afterAll(() => gate.close())

function frames(): readonly FrameNamed<'cargo'>[] {
  return gate.relay.recording.messages.flatMap(({ bytes, direction }) => {
    try {
      const frame = decodeFrame(bytes, direction === 'in' ? ('peer' as 'relay') : 'relay')
      return frame.type === 'cargo' ? [frame] : []
    } catch {
      return []
    }
  })
}

// What was written down in minutes takes a while to read.
describe('T44: the relay’s view', { timeout: 10_000 + mixedMs }, () => {
  test('holds no name, password, word, operation or code, in any spelling', () => {
    const secrets = {
      ...canaries,
      everybodysPassword,
      baseDn,
      reader: reader.dn,
      readerPassword: reader.password,
      code,
      person: 'Bruno Keller',
      login: 'bruno.keller',
      attribute: 'displayName',
      account: 'sallygate-reader',
      search: 'directory.search',
      signIn: 'directory.authenticate',
      settings: 'instance.configure',
      hello: 'session.hello',
      directory: `127.0.0.1:${gate.backEnd.port}`,
      groupName: 'Branch',
    }

    for (const [what, secret] of Object.entries({ ...secrets, canary: canaries.search })) {
      expect(
        gate.relay.recording.find(secret).map(({ form }) => form),
        what,
      ).toEqual([])
    }
    // The same look finds what is there: the connectors' software, which they state in their proof.
    expect(gate.relay.recording.find('sallygate-connector').length).toBeGreaterThan(0)
    expect(gate.backEnd.lookUps(canaries.search)).toBeGreaterThan(0)
  })

  test('shows cargo in bucket sizes and in no other', () => {
    const overhead = {
      request: 35 + 1120 + 16,
      replyChunk: 39 + 16,
      enrollmentRequest: 27 + 1120 + 16,
      enrollmentReply: 35 + 16,
    }
    const seen = new Map<string, Set<number>>()
    for (const { cargo } of frames()) {
      const kind = kindOf(cargo) ?? 'none'
      seen.set(kind, (seen.get(kind) ?? new Set()).add(cargo.length))
    }

    for (const [kind, more] of Object.entries(overhead)) {
      const lengths = [...(seen.get(kind) ?? [])].map((length) => length - more)
      expect(lengths.length, kind).toBeGreaterThan(0)
      for (const length of lengths) expect(buckets, kind).toContain(length)
    }
    expect([...(seen.get('request') ?? [])].length).toBeGreaterThan(1)
    // In clear, the same for everybody: the question has nothing in it, the answer is the console's public descriptor.
    expect([...(seen.get('descriptorQuery') ?? [])]).toEqual([18])
    expect(seen.get('descriptor')?.size).toBe(1)
    expect([...seen.keys()].toSorted()).toEqual([
      'descriptor',
      'descriptorQuery',
      'enrollmentReply',
      'enrollmentRequest',
      'replyChunk',
      'request',
    ])
  })

  test('names nobody but by pseudonyms', async () => {
    const known = new Set([
      '00'.repeat(16),
      (await gate.api('GET', '/api/status')).body.console,
      ...Object.values(gate.groups),
      ...(['one', 'two', 'branch'] as const).map((name) => gate.instance(name)),
    ])
    const said = frames().flatMap(({ to, from }) => [to, from])

    for (const { role, group, instance } of said) {
      expect(group).toMatch(/^[0-9a-f]{32}$/)
      if (role !== 'guest') expect(known).toContain(instance)
      expect(known).toContain(group)
    }
  })

  test('does not tell a sign-in from a look-up by how long it may take', async () => {
    const timesOf = async (operation: string, parameters: unknown) => {
      const { length } = gate.relay.recording.messages
      await gate.api('POST', `/api/groups/${gate.groups.main}/call`, { operation, parameters, connector: 'one' })
      const later = gate.relay.recording.messages.slice(length)
      return later.flatMap(({ bytes, direction }) => {
        if (direction !== 'in' || bytes[0] !== 0x41) return []
        const frame = decodeFrame(bytes, 'peer')
        return frame.type === 'cargo' && kindOf(frame.cargo) === 'request' ? [frame.ttlMs] : []
      })
    }

    const lookUp = await timesOf('directory.search', { kind: 'users' })
    const signIn = await timesOf('directory.authenticate', { user: 'ada.okafor', password: everybodysPassword })

    expect(lookUp).toHaveLength(1)
    expect(signIn).toEqual(lookUp)
  })
})
