/**
 * T47 to T53: directories that lie, flood, stall or are not directories at all.
 *
 * @module
 */
import { runInNewContext } from 'node:vm'
import { setFlagsFromString } from 'node:v8'
import { performance } from 'node:perf_hooks'
import fc from 'fast-check'
import { systemClock, type Clock } from '@sallygate/base/clock'
import {
  berElement,
  berInteger,
  berOctets,
  controlOids,
  encodeFilter,
  encodeMessage,
  equal,
  ldapResult,
  pagedResults,
  type AttributeValues,
  type Filter,
  type LdapOperation,
} from '@sallygate/protocol-ldap'
import { ServiceLife } from '@sallygate/service-kit'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import {
  startHostileDirectory,
  success,
  type HostileDirectory,
  type HostileDirectoryOptions,
  type HostileReply,
} from '@sallygate/testkit/hostile-directory'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { afterEach, describe, expect, test } from 'vitest'
import type { DirectorySettingsInput } from '../contract.ts'
import { directoryService } from './index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const base = 'dc=x'
const megabyte = 1024 * 1024
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function connect(port: number, settings: Partial<DirectorySettingsInput> = {}, clock: Clock = systemClock) {
  const life = new ServiceLife(directoryService, testServiceHost({ clock }))
  stops.push(() => life.stop())
  await life.configure({
    type: 'generic',
    servers: [{ host: '127.0.0.1', port }],
    encryption: 'none',
    baseDn: base,
    bindDn: 'cn=reader,dc=x',
    bindPassword: 'secret-of-the-reader',
    ...settings,
  })
  return life
}

async function open(
  options: HostileDirectoryOptions,
  settings: Partial<DirectorySettingsInput> = {},
  clock: Clock = systemClock,
): Promise<{ directory: HostileDirectory; life: ServiceLife }> {
  const directory = await startHostileDirectory(options)
  stops.push(() => directory.stop())
  return { directory, life: await connect(directory.port, settings, clock) }
}

interface Found {
  readonly entries: readonly { readonly dn: string; readonly fields: Readonly<Record<string, string[]>> }[]
  readonly partial: boolean
  readonly partialBecause?: string
  readonly referralsNotFollowed: number
}

const search = (life: ServiceLife, params: object = {}, clock: Clock = systemClock) =>
  life.run('search', { kind: 'users', limit: 10_000, ...params }, testContext({ clock })) as Promise<Found>

const entry = (uid: string, attributes: readonly AttributeValues[] = []): LdapOperation => ({
  kind: 'searchEntry',
  dn: `uid=${uid},${base}`,
  attributes: [{ type: 'uid', values: [Buffer.from(uid)] }, ...attributes],
})

const onSearch = (act: (reply: HostileReply) => void | Promise<void>): HostileDirectoryOptions => ({
  async script(reply) {
    if (reply.request.operation.kind !== 'searchRequest') return false
    await act(reply)
    return true
  },
})

/** Runs `action` and says how long it took and what memory it kept, in bytes, garbage aside. */
async function measured(action: () => Promise<unknown>): Promise<{ ms: number; keptBytes: number }> {
  // Buffers are swept in the background, and a closed socket lets go of its own a turn later.
  const held = async () => {
    for (let turn = 0; turn < 2; turn++) {
      collect()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = await held()
  const began = performance.now()
  await action()
  const ms = performance.now() - began
  return { ms, keptBytes: (await held()) - before }
}

describe('T47 injection', () => {
  /** Every field a user can reach, with the attribute it lives in. */
  const fields = { login: 'uid', mail: 'mail', displayName: 'displayName', id: 'entryUUID' } as const

  async function filterSeen(life: ServiceLife, seen: Filter[], run: () => Promise<unknown>): Promise<Filter> {
    seen.length = 0
    await run()
    expect(life.state().kind).toBe('healthy')
    return seen[0] as Filter
  }

  async function openEar() {
    const seen: Filter[] = []
    const { life } = await open(
      onSearch((reply) => {
        if (reply.request.operation.kind === 'searchRequest') seen.push(reply.request.operation.filter)
        reply.send(success)
      }),
    )
    return { life, seen }
  }

  const expectOneNode = (filter: Filter, inside: readonly Filter[]) => {
    const whole: Filter = { kind: 'and', filters: [equal('objectClass', 'inetOrgPerson'), ...inside] }
    expect(encodeFilter(filter).equals(encodeFilter(whole))).toBe(true)
  }

  test('10,000 strings in every field are always one equality node with that very value', async () => {
    const { life, seen } = await openEar()
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed())
    const strings = fc.sample(anyText, 10_000)
    const names = Object.keys(fields) as (keyof typeof fields)[]

    // A hundred values in one question; each has to be a node of its own.
    for (let at = 0; at < strings.length; at += 100) {
      const batch = strings.slice(at, at + 100)
      const field = names[(at / 100) % names.length] as keyof typeof fields
      const filter = await filterSeen(life, seen, () => search(life, { match: { field, anyOf: batch } }))
      const nodes = batch.map((text) => equal(fields[field], text))
      expectOneNode(filter, [{ kind: 'or', filters: nodes }])
    }
  })

  if (vectorsDirectory() === undefined) console.log(`skipped: LDAP injection payloads, ${vectorsAbsence}`)
  test.skipIf(vectorsDirectory() === undefined)(
    'the published payloads, also as the name of who signs in',
    async () => {
      const { life, seen } = await openEar()
      const { cases } = readVectors<{ cases: { payload: string; filterBer: string }[] }>(
        'ldap/filter-injection-expected.json',
      )

      for (const { payload, filterBer } of cases) {
        if (payload === '') continue
        const filter = await filterSeen(life, seen, () => search(life, { match: { field: 'login', equals: payload } }))
        const inner = filter.kind === 'and' ? filter.filters[1] : undefined
        expect(inner === undefined ? '' : encodeFilter(inner).toString('hex'), payload).toBe(filterBer)
      }
      for (const { payload } of cases) {
        // NUL is refused before; what reads as a DN is bound with, never searched for.
        if (payload.includes('\0') || payload === '' || /^[\w.]+ *=/.test(payload)) continue
        const filter = await filterSeen(life, seen, () =>
          life.run('authenticate', { user: payload, password: 'x' }, testContext()),
        )
        expectOneNode(filter, [equal('uid', payload)])
      }
    },
  )

  test('a caller cannot name an attribute, only a field', async () => {
    const { life } = await openEar()

    for (const field of ['userPassword', 'unicodePwd', 'uid)(uid', '__proto__']) {
      await expect(search(life, { match: { field, equals: 'x' } })).rejects.toMatchObject({
        code: 'SERVICE_PARAMETERS_INVALID',
      })
    }
  })
})

describe('T48 silence', () => {
  test.each(['bindRequest', 'searchRequest'] as const)(
    'after a %s: an error at the limit, nothing left',
    async (kind) => {
      const clock = new FakeClock()
      const { directory, life } = await open({ script: (reply) => reply.request.operation.kind === kind }, {}, clock)

      const asked = search(life, {}, clock)
      const failed = expect(asked).rejects.toMatchObject({ code: 'DIRECTORY_TIME_OUT' })
      await directory.waitFor(kind)
      await clock.advance(10_000)

      await failed
      await expect.poll(() => directory.openConnections).toBe(0)
      expect(clock.pending).toBe(0)
    },
  )

  test('in the middle of an answer: what came is given, marked as partial, and the next search works', async () => {
    const clock = new FakeClock()
    let turn = 0
    const { directory, life } = await open(
      onSearch((reply) => {
        reply.send(entry('ada'))
        if (turn++ > 0) reply.send(success)
      }),
      {},
      clock,
    )

    const asked = search(life, {}, clock)
    await directory.waitFor('searchRequest')
    // The entry has to be here before the time is over.
    await new Promise<void>((resolve) => setTimeout(resolve, 50))
    await clock.advance(10_000)

    expect(await asked).toMatchObject({ partial: true, partialBecause: 'timeOut', entries: [{ dn: 'uid=ada,dc=x' }] })
    expect(await search(life, {}, clock)).toMatchObject({ partial: false })
  })

  test('after a password was sent: could not verify, never "wrong password", and never sent again', async () => {
    const clock = new FakeClock()
    const silent = { script: (reply: HostileReply) => reply.request.operation.kind === 'bindRequest' }
    const { directory, life } = await open(silent, {}, clock)
    const second = await startHostileDirectory({})
    stops.push(() => second.stop())
    await life.configure({
      type: 'generic',
      servers: [
        { host: '127.0.0.1', port: directory.port },
        { host: '127.0.0.1', port: second.port },
      ],
      encryption: 'none',
      baseDn: base,
    })

    const asked = life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock }))
    const failed = expect(asked).rejects.toMatchObject({ code: 'DIRECTORY_COULD_NOT_VERIFY', retry: 'never' })
    await directory.waitFor('bindRequest')
    await clock.advance(10_000)

    await failed
    expect(directory.received).toEqual(['bindRequest'])
    expect(second.received).toEqual([])
  })

  test('a connection that is cut after the password was sent is "could not verify" as well', async () => {
    const { life } = await open({
      script(reply) {
        reply.end()
        return true
      },
    })

    await expect(
      life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext()),
    ).rejects.toMatchObject({ code: 'DIRECTORY_COULD_NOT_VERIFY' })
  })
})

describe('T49 what is not LDAP', () => {
  let nested: Buffer = Buffer.from([0x30, 0])
  for (let depth = 0; depth < 10_000; depth++) nested = berElement(0x30, nested)
  const floods: [string, Uint8Array | string, string][] = [
    [
      'a length of 2^31 - 1, and 50 MB of it',
      Buffer.concat([Buffer.from('30847fffffff', 'hex'), Buffer.alloc(50 * megabyte)]),
      'DIRECTORY_TOO_LARGE',
    ],
    ['an indefinite length', Buffer.from('30800201010000', 'hex'), 'DIRECTORY_PROTOCOL_VIOLATION'],
    ['10,000 levels', nested, 'DIRECTORY_PROTOCOL_VIOLATION'],
    ['a wrong tag', Buffer.from('310c020101610700', 'hex'), 'DIRECTORY_PROTOCOL_VIOLATION'],
    ['an HTTP banner', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', 'DIRECTORY_PROTOCOL_VIOLATION'],
    [
      'a million empty messages',
      Buffer.alloc(2 * megabyte, Buffer.from('3000', 'hex')),
      'DIRECTORY_PROTOCOL_VIOLATION',
    ],
  ]
  test.each(floods)('%s is refused within a second, and nothing of it is kept', async (_what, bytes, code) => {
    const answering = await open({
      script(reply) {
        reply.raw(bytes)
        return true
      },
    })
    const { ms, keptBytes } = await measured(() => expect(search(answering.life)).rejects.toMatchObject({ code }))

    expect(ms).toBeLessThan(1000)
    expect(keptBytes).toBeLessThan(20 * megabyte)
  })

  test('a banner before anything was asked is refused too', async () => {
    const { life } = await open({ banner: '220 mail.example.com ESMTP\r\n' })

    await expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_PROTOCOL_VIOLATION' })
  })
})

describe('T50 too much', () => {
  async function flood(reply: HostileReply, batch: Buffer, batches: number): Promise<void> {
    for (let index = 0; index < batches && !reply.isGone; index++) {
      reply.raw(batch)
      await reply.drained()
    }
  }

  test('a million entries: 10,000 are given, marked as partial', async () => {
    const { life } = await open(
      onSearch(async (reply) => {
        const one = encodeMessage({ id: reply.request.id, operation: entry('again'), controls: [] })
        await flood(reply, Buffer.concat(Array.from({ length: 1000 }, () => one)), 1000)
      }),
    )

    const { ms, keptBytes } = await measured(async () => {
      const found = await search(life)
      expect(found).toMatchObject({ partial: true, partialBecause: 'tooManyEntries' })
      expect(found.entries.length).toBe(10_000)
    })
    expect(ms).toBeLessThan(3000)
    expect(keptBytes).toBeLessThan(20 * megabyte)
  })

  test('an attribute of 50 MB is refused at its length', async () => {
    const { directory, life } = await open(
      onSearch((reply) => {
        reply.send(entry('ada'))
        reply.send(entry('big', [{ type: 'mail', values: [Buffer.alloc(50 * megabyte, 0x61)] }]))
      }),
    )

    const { keptBytes } = await measured(async () => {
      expect(await search(life)).toMatchObject({
        partial: true,
        partialBecause: 'tooLarge',
        entries: [{ dn: 'uid=ada,dc=x' }],
      })
      // What is left of the 50 MB is the directory's own, until it hears that we are gone.
      await expect.poll(() => directory.openConnections).toBe(0)
    })
    expect(keptBytes).toBeLessThan(20 * megabyte)
  })

  test('entries that together exceed the cap on bytes end the search', async () => {
    const { life } = await open(
      onSearch(async (reply) => {
        const operation = entry('big', [{ type: 'mail', values: [Buffer.alloc(megabyte, 0x61)] }])
        await flood(reply, encodeMessage({ id: reply.request.id, operation, controls: [] }), 100)
      }),
      { maxBytes: 8 * megabyte },
    )

    const found = await search(life)

    expect(found).toMatchObject({ partial: true, partialBecause: 'tooLarge' })
    expect(found.entries.length).toBe(7)
  })

  test('100,000 values in ranges are put together', async () => {
    const { life } = await open(
      onSearch((reply) => {
        const asked = reply.request.operation
        if (asked.kind !== 'searchRequest') return
        const range = /;range=(\d+)-/.exec(asked.attributes.join(' '))
        const from = range === null ? 0 : Number(range[1])
        const to = Math.min(from + 4999, 99_999)
        const values = Array.from({ length: to - from + 1 }, (_, index) => Buffer.from(`uid=u${from + index},dc=x`))
        const type = `member;range=${from}-${to === 99_999 ? '*' : to}`
        reply.send({
          kind: 'searchEntry',
          dn: 'cn=all,dc=x',
          attributes: [
            { type: 'member', values: [] },
            { type, values },
          ],
        })
        reply.send(success)
      }),
    )

    const found = await search(life, { kind: 'groups' })

    const members = found.entries[0]?.fields['member'] ?? []
    expect(members.length).toBe(100_000)
    expect(new Set(members).size).toBe(100_000)
    expect(found.partial).toBe(false)
  })

  test('ranges without end are partial, not endless', async () => {
    const { directory, life } = await open(
      onSearch((reply) => {
        const asked = reply.request.operation
        const from =
          asked.kind === 'searchRequest' ? Number(/;range=(\d+)-/.exec(asked.attributes.join(' '))?.[1] ?? 0) : 0
        const attributes = [{ type: `member;range=${from}-${from}`, values: [Buffer.from('uid=a,dc=x')] }]
        reply.send({ kind: 'searchEntry', dn: 'cn=all,dc=x', attributes })
        reply.send(success)
      }),
    )

    expect(await search(life, { kind: 'groups' })).toMatchObject({ partial: true, partialBecause: 'tooLarge' })
    expect(directory.received.length).toBeLessThan(1000)
  })

  test('a paging cookie that never ends is given up', async () => {
    const { directory, life } = await open(
      onSearch((reply) => {
        const controls = [{ ...pagedResults({ size: 0, cookie: Buffer.from('again') }), isCritical: false }]
        reply.send(success, { controls })
      }),
    )

    expect(await search(life)).toMatchObject({ partial: true, partialBecause: 'endlessPaging', entries: [] })
    expect(directory.received.filter((kind) => kind === 'searchRequest').length).toBeLessThanOrEqual(5)
  })

  test('a million references are not kept', async () => {
    const { life } = await open(
      onSearch(async (reply) => {
        const operation: LdapOperation = { kind: 'searchReference', uris: ['ldap://elsewhere.example/dc=x'] }
        const one = encodeMessage({ id: reply.request.id, operation, controls: [] })
        await flood(reply, Buffer.concat(Array.from({ length: 1000 }, () => one)), 1000)
      }),
    )

    const { ms } = await measured(() =>
      expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_TOO_MANY_ENTRIES' }),
    )
    expect(ms).toBeLessThan(1000)
  })
})

describe('T51 referrals and stripping', () => {
  async function openTrap() {
    const trap = await startHostileDirectory({})
    stops.push(() => trap.stop())
    return { trap, uri: `ldap://127.0.0.1:${trap.port}/dc=x` }
  }
  const referral = (uri: string) => ({ ...ldapResult('referral'), referrals: [uri] })

  test('a referral is refused, and nobody goes there', async () => {
    const { trap, uri } = await openTrap()
    const onBind = await open({
      script(reply) {
        if (reply.request.operation.kind !== 'bindRequest') return false
        reply.send({ kind: 'bindResponse', result: referral(uri) })
        return true
      },
    })
    const onLookUp = await open(onSearch((reply) => reply.send({ kind: 'searchDone', result: referral(uri) })))
    const code = 'DIRECTORY_REFERRAL_REFUSED'

    await expect(search(onBind.life)).rejects.toMatchObject({ code })
    await expect(
      onBind.life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext()),
    ).rejects.toMatchObject({ code })
    await expect(search(onLookUp.life)).rejects.toMatchObject({ code })
    expect(trap.received).toEqual([])
    expect(trap.openConnections).toBe(0)
  })

  test('continuation references are counted and not followed', async () => {
    const { trap, uri } = await openTrap()
    const { life } = await open(
      onSearch((reply) => {
        reply.send({ kind: 'searchReference', uris: [uri, uri] })
        reply.send(entry('ada'))
        reply.send(success)
      }),
    )

    expect(await search(life)).toMatchObject({ referralsNotFollowed: 2, entries: [{ dn: 'uid=ada,dc=x' }] })
    expect(trap.openConnections).toBe(0)
  })

  test('StartTLS that is refused or stripped sends nothing more', async () => {
    const refusing = (operation: LdapOperation) =>
      open(
        {
          script(reply) {
            if (reply.request.operation.kind !== 'extendedRequest') return false
            reply.send(operation)
            return true
          },
        },
        { encryption: 'startTls' },
      )
    const refused = await refusing({ kind: 'extendedResponse', result: ldapResult('protocolError') })

    await expect(search(refused.life)).rejects.toMatchObject({ code: 'DIRECTORY_STARTTLS_REFUSED' })
    await expect(
      refused.life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext()),
    ).rejects.toMatchObject({ code: 'DIRECTORY_STARTTLS_REFUSED' })
    expect(refused.directory.received).not.toContain('bindRequest')
  })

  test('bytes slipped in behind the answer to StartTLS are not read as encrypted ones', async () => {
    const { directory, life } = await open(
      {
        script(reply) {
          if (reply.request.operation.kind !== 'extendedRequest') return false
          const answer = { kind: 'extendedResponse', result: ldapResult('success') } as const
          const bind = { kind: 'bindResponse', result: ldapResult('success') } as const
          reply.raw(
            Buffer.concat([
              encodeMessage({ id: reply.request.id, operation: answer, controls: [] }),
              encodeMessage({ id: 2, operation: bind, controls: [] }).subarray(0, 9),
            ]),
          )
          return true
        },
      },
      { encryption: 'startTls' },
    )

    await expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_PROTOCOL_VIOLATION' })
    expect(directory.received).toEqual(['extendedRequest'])
  })
})

describe('T52 answers out of order', () => {
  const violation = { code: 'DIRECTORY_PROTOCOL_VIOLATION' }
  const raw = (hex: string) =>
    open(
      onSearch((reply) =>
        reply.raw(Buffer.from(hex.replace('ID', berInteger(reply.request.id).toString('hex')), 'hex')),
      ),
    )

  test.each([
    ['a wrong id', (reply: HostileReply) => reply.send(success, { id: 4711 })],
    ['id zero without being a notice', (reply: HostileReply) => reply.send(success, { id: 0 })],
    [
      'an answer to a bind',
      (reply: HostileReply) => reply.send({ kind: 'bindResponse', result: ldapResult('success') }),
    ],
    ['a request', (reply: HostileReply) => reply.send({ kind: 'unbindRequest' })],
  ])('%s ends the connection', async (_what, act) => {
    const { directory, life } = await open(onSearch(act))

    await expect(search(life)).rejects.toMatchObject(violation)
    await expect.poll(() => directory.openConnections).toBe(0)
  })

  test('the same answer twice does not answer the next question', async () => {
    let turn = 0
    const { life } = await open(
      onSearch((reply) => {
        turn++
        reply.send(entry(`turn${turn}`))
        reply.send(success)
        if (turn === 1) {
          reply.send(entry('stale'))
          reply.send(success)
        }
      }),
    )

    expect((await search(life)).entries.map(({ dn }) => dn)).toEqual(['uid=turn1,dc=x'])
    expect((await search(life)).entries.map(({ dn }) => dn)).toEqual(['uid=turn2,dc=x'])
  })

  test('a result before anything was asked', async () => {
    const banner = encodeMessage({
      id: 1,
      operation: { kind: 'bindResponse', result: ldapResult('success') },
      controls: [],
    })
    const { life } = await open({ banner })

    await expect(search(life)).rejects.toMatchObject({
      code: expect.stringMatching(/PROTOCOL_VIOLATION|CONNECTION_LOST/),
    })
  })

  test('empty and truncated elements are typed errors', async () => {
    const withControl = (control: Buffer) => {
      const done = '65070a010004000400'
      const controls = berElement(0xa0, control)
      return berElement(0x30, berInteger(2), Buffer.from(done, 'hex'), controls).toString('hex')
    }
    for (const hex of [
      '3007ID65020a00',
      '3005ID6500',
      '3008ID6503020100',
      '300cID650702010004000400',
      withControl(berElement(0x30, berOctets(''))),
      withControl(berElement(0x30)),
      withControl(berElement(0x30, berOctets(controlOids.pagedResults), berOctets(Buffer.alloc(0)))),
      withControl(berElement(0x30, berOctets(controlOids.pagedResults), berOctets(Buffer.from('3000', 'hex')))),
    ]) {
      const { life } = await raw(hex)
      await expect(search(life), hex).rejects.toMatchObject(violation)
      await life.stop()
    }
  })

  test('a notice of disconnection says that the server is going', async () => {
    const { life } = await open(
      onSearch((reply) =>
        reply.send(
          { kind: 'extendedResponse', result: ldapResult('unavailable'), oid: '1.3.6.1.4.1.1466.20036' },
          { id: 0 },
        ),
      ),
    )

    await expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_CONNECTION_LOST', details: { notice: true } })
  })
})

describe('T53 down and up again', () => {
  test('"unreachable" and never "wrong password"; back within ten seconds; no password spent', async () => {
    const clock = new FakeClock()
    const first = await startHostileDirectory({})
    const life = await connect(first.port, {}, clock)
    const signIn = () => life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock }))
    expect(await signIn()).toMatchObject({ outcome: 'accepted' })
    await first.stop()

    await expect(signIn()).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE', retry: 'elsewhere' })
    expect(life.state()).toMatchObject({ kind: 'degraded', code: 'DIRECTORY_UNREACHABLE' })
    const second = await startHostileDirectory({}, first.port)
    stops.push(() => second.stop())
    // The breaker is open: nothing is tried, and the answer comes at once.
    await expect(signIn()).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' })
    expect(second.received).toEqual([])
    await clock.advance(5000)

    expect(await signIn()).toMatchObject({ outcome: 'accepted' })
    expect(life.state()).toEqual({ kind: 'healthy' })
    expect(second.received.filter((kind) => kind === 'bindRequest').length).toBe(1)
  })

  test('while one tries a server that rests, the others do not queue behind it', async () => {
    const clock = new FakeClock()
    const directory = await startHostileDirectory({})
    stops.push(() => directory.stop())
    let lookUps = 0
    const target = (host: string, port: number) => {
      lookUps++
      return host === 'dead'
        ? new Promise<never>(() => {})
        : Promise.resolve({ address: '127.0.0.1', port, serverName: host })
    }
    const life = new ServiceLife(directoryService, testServiceHost({ clock, target }))
    stops.push(() => life.stop())
    await life.configure({
      type: 'generic',
      servers: [
        { host: 'dead', port: 1 },
        { host: 'alive', port: directory.port },
      ],
      encryption: 'none',
      baseDn: base,
    })
    const first = search(life, {}, clock)
    await clock.advance(3000)
    expect(await first).toMatchObject({ partial: false })
    lookUps = 0

    const all = await Promise.all(
      Array.from({ length: 5 }, () =>
        life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock })),
      ),
    )

    expect(all.every((one) => (one as { outcome: string }).outcome === 'accepted')).toBe(true)
    expect(lookUps).toBe(5)
  })

  test('a directory that flaps is never taken for one that refuses', async () => {
    const clock = new FakeClock()
    let isUp = true
    const { life } = await open(
      {
        script(reply) {
          if (isUp) return false
          reply.end()
          return true
        },
      },
      {},
      clock,
    )
    const outcomes = new Set<string>()
    for (let turn = 0; turn < 20; turn++) {
      isUp = turn % 2 === 0
      const outcome = await life
        .run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock }))
        .then(
          (result) => (result as { outcome: string }).outcome,
          (error: { code: string }) => error.code,
        )
      outcomes.add(outcome)
      await clock.advance(5000)
    }

    expect([...outcomes].toSorted()).toEqual(['DIRECTORY_COULD_NOT_VERIFY', 'accepted'])
  })

  test('a bind account that is refused is not tried with every request: that would lock it', async () => {
    const clock = new FakeClock()
    const { directory, life } = await open(
      {
        script(reply) {
          if (reply.request.operation.kind !== 'bindRequest') return false
          reply.send({ kind: 'bindResponse', result: ldapResult('invalidCredentials') })
          return true
        },
      },
      {},
      clock,
    )

    for (let minute = 0; minute < 60; minute++) {
      await expect(search(life, {}, clock)).rejects.toMatchObject({ code: 'DIRECTORY_BIND_REFUSED' })
      await clock.advance(60_000)
    }
    const binds = directory.received.filter((kind) => kind === 'bindRequest').length
    expect(binds).toBeLessThanOrEqual(9)

    const [row] = (await life.check(testContext({ clock }))).filter(({ target }) => target.startsWith('Bind account'))
    expect(row).toMatchObject({ result: 'failed', code: 'DIRECTORY_BIND_REFUSED' })
    expect(directory.received.filter((kind) => kind === 'bindRequest').length).toBe(binds + 1)
  })
})
