/**
 * T48, T49, T51 to T53 for the sync: what ends a pass before its end is a failure by name, in time.
 *
 * A search may give what it has and call it partial; a sync may not: who is missing could
 * not be told from who is gone.
 *
 * @module
 */
import { ldapResult } from '@sallygate/protocol-ldap'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { startHostileDirectory, success, type HostileReply } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import { readSyncEntries } from '../contract.ts'
import {
  askSilent,
  base,
  bindsOf,
  connect,
  entry,
  measured,
  megabyte,
  open,
  refusesBinds,
  stopAll,
  stops,
} from './testing/hostile.ts'
import { begin, id, onReading } from './testing/hostile-sync.ts'

afterEach(stopAll)

describe('T48 silence', () => {
  test.each(['bindRequest', 'searchRequest'] as const)(
    'after a %s: an error at the limit, nothing left',
    async (kind) => {
      const { ended, directory, clock } = await askSilent(kind, (life, at) => begin(life, 'users', at))

      expect(ended).toBe('DIRECTORY_TIME_OUT')
      await expect.poll(() => directory.openConnections).toBe(0)
      expect(clock.pending).toBe(0)
    },
  )

  test('in the middle of a page: no half of it is given, and the next time works', async () => {
    const clock = new FakeClock()
    let turn = 0
    const { directory, life } = await open(
      onReading((reply) => {
        reply.send(entry('ada', [id('a')]))
        if (turn++ > 0) reply.send(success)
      }),
      {},
      clock,
    )
    const failed = expect(begin(life, 'users', clock)).rejects.toMatchObject({ code: 'DIRECTORY_TIME_OUT' })
    await expect.poll(() => directory.received.filter((kind) => kind === 'searchRequest').length).toBe(3)
    await clock.advance(10_000)
    await failed

    expect(readSyncEntries((await begin(life, 'users', clock)).entries)).toHaveLength(1)
  })
})

describe('T49 what is not LDAP', () => {
  test.each([
    ['a length of 2^31 - 1', Buffer.from('30847fffffff', 'hex'), 'DIRECTORY_TOO_LARGE'],
    ['an indefinite length', Buffer.from('30800201010000', 'hex'), 'DIRECTORY_PROTOCOL_VIOLATION'],
    ['an HTTP banner', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'DIRECTORY_PROTOCOL_VIOLATION'],
    [
      'a million empty messages',
      Buffer.alloc(2 * megabyte, Buffer.from('3000', 'hex')),
      'DIRECTORY_PROTOCOL_VIOLATION',
    ],
  ] as const)('%s in the middle of a pass is refused with less than a second of work', async (_what, bytes, code) => {
    const { life } = await open(
      onReading((reply) => {
        reply.send(entry('ada', [id('a')]))
        reply.raw(bytes)
      }),
    )

    const { workMs, keptBytes } = await measured(() => expect(begin(life)).rejects.toMatchObject({ code }))

    expect(workMs).toBeLessThan(1000)
    expect(keptBytes).toBeLessThan(20 * megabyte)
  })
})

describe('T51 referrals', () => {
  test('a referral in place of an answer is refused, and nobody goes there', async () => {
    const attacker = await startHostileDirectory({})
    stops.push(() => attacker.stop())
    const { life } = await open(
      onReading((reply) =>
        reply.send({
          kind: 'searchDone',
          result: { ...ldapResult('referral'), referrals: [`ldap://127.0.0.1:${attacker.port}/${base}`] },
        }),
      ),
    )

    await expect(begin(life)).rejects.toMatchObject({ code: 'DIRECTORY_REFERRAL_REFUSED' })
    expect(attacker.received).toEqual([])
  })

  test('continuation references are counted and not followed', async () => {
    const attacker = await startHostileDirectory({})
    stops.push(() => attacker.stop())
    const { life } = await open(
      onReading((reply) => {
        for (let at = 0; at < 3; at++)
          reply.send({ kind: 'searchReference', uris: [`ldap://127.0.0.1:${attacker.port}/dc=sub${at},${base}`] })
        reply.send(success)
      }),
    )

    const page = await begin(life)

    expect(page).toMatchObject({ referralsNotFollowed: 3 })
    const place = (at: number) => `ldap://127.0.0.1:${attacker.port}/dc=sub${at},${base}`
    expect(page).toMatchObject({ referredTo: [place(0), place(1), place(2)] })
    expect(attacker.received).toEqual([])
  })

  test('a list of hosts is for look-ups: a sync goes nowhere else, and says where it was pointed to', async () => {
    const listed = await startHostileDirectory({})
    stops.push(() => listed.stop())
    const place = `ldap://127.0.0.1:${listed.port}/dc=sub,${base}`
    const { life } = await open(
      onReading((reply) => {
        for (let turn = 0; turn < 100; turn++)
          reply.send({ kind: 'searchReference', uris: [`${place}??sub?(objectClass=*)`, 'ldap://another.way/'] })
        reply.send({ kind: 'searchReference', uris: [`ldap://dc/CN=Configuration,${base}`] })
        for (let at = 0; at < 100; at++)
          reply.send({ kind: 'searchReference', uris: [`ldap://\u202ehost${at}/${'x'.repeat(1000)}`] })
        reply.send(success)
      }),
      { referrals: { follow: 'listed', hosts: [`127.0.0.1:${listed.port}`] } },
    )

    const { referredTo = [] } = (await begin(life)) as { referredTo?: string[] }

    expect(referredTo[0]).toBe(place)
    expect(referredTo).toHaveLength(20)
    expect(referredTo.every((text) => text.length <= 300 && !text.includes('\u202e'))).toBe(true)
    expect(listed.received).toEqual([])
  })
})

describe('T52 answers out of order', () => {
  test.each<[string, (reply: HostileReply) => void]>([
    ['of a question nobody asked', (reply) => reply.send(success, { id: 4711 })],
    ['of another kind', (reply) => reply.send({ kind: 'bindResponse', result: ldapResult('success') })],
    ['cut off in the middle', (reply) => reply.end()],
  ])('an answer %s is a failure by name', async (_what, act) => {
    const { life } = await open(
      onReading((reply) => {
        reply.send(entry('ada', [id('a')]))
        act(reply)
      }),
    )

    await expect(begin(life)).rejects.toMatchObject({
      code: expect.stringMatching(/^DIRECTORY_(PROTOCOL_VIOLATION|CONNECTION_LOST)$/),
    })
  })

  test.each([
    'busy',
    'unavailable',
    'unwillingToPerform',
    'timeLimitExceeded',
    'sizeLimitExceeded',
    'adminLimitExceeded',
    'other',
    'insufficientAccessRights',
    'noSuchObject',
  ] as const)('a pass that ends with %s after some entries has failed', async (result) => {
    const { life } = await open(
      onReading((reply) => {
        reply.send(entry('ada', [id('a')]))
        reply.send({ kind: 'searchDone', result: ldapResult(result) })
      }),
    )

    await expect(begin(life)).rejects.toMatchObject({ code: expect.stringMatching(/^DIRECTORY_/) })
  })

  test('a domain controller that has no time to look for renamed containers has not said that there are none', async () => {
    const usn = { kind: 'usn', value: '7' } as const
    const invocation = Buffer.alloc(16, 7)
    const { life } = await open(
      {
        script(reply) {
          const { operation } = reply.request
          if (operation.kind !== 'searchRequest') return false
          if (operation.scope === 'base') {
            const says = { dsServiceName: 'cn=dc', highestCommittedUSN: '9', defaultNamingContext: base }
            const attributes = Object.entries(says).map(([type, value]) => ({ type, values: [Buffer.from(value)] }))
            attributes.push({ type: 'invocationId', values: [invocation] })
            reply.send({ kind: 'searchEntry', dn: operation.base, attributes })
            reply.send(success)
          } else if (operation.attributes.includes('1.1'))
            reply.send({ kind: 'searchDone', result: ldapResult('busy') })
          else reply.send(success)
          return true
        },
      },
      { type: 'activeDirectory' },
    )
    const { identity } = (await life.run('syncStart', {}, testContext())) as { identity: string }

    const removed = life.run('syncPage', { pass: 'removed', identity, since: { ...usn, identity } }, testContext())

    await expect(removed).rejects.toMatchObject({ code: 'DIRECTORY_SERVER_BUSY' })
  })
})

describe('T53 down and up again', () => {
  test('a server that goes away between two pages ends the pass; back within ten seconds', async () => {
    const clock = new FakeClock()
    const page = onReading((reply) => {
      for (let at = 0; at < 6000; at++)
        reply.send(entry(`u${at}`, [id(`i${at}`), { type: 'displayName', values: [Buffer.alloc(400, 0x61)] }]))
      reply.send(success)
    })
    const first = await startHostileDirectory(page)
    const life = await connect(first.port, {}, clock)
    const { cursor } = await begin(life, 'users', clock)
    expect(cursor).toBeDefined()
    await first.stop()

    const gone = life.run('syncStart', {}, testContext({ clock }))
    await expect(gone).rejects.toMatchObject({
      code: expect.stringMatching(/^DIRECTORY_(UNREACHABLE|CONNECTION_LOST)$/),
    })
    const second = await startHostileDirectory(page, first.port)
    stops.push(() => second.stop())
    await clock.advance(10_000)

    expect(readSyncEntries((await begin(life, 'users', clock)).entries).length).toBeGreaterThan(0)
  })

  test('a bind account that is refused is not tried with every run and every look-up: that would lock it', async () => {
    const clock = new FakeClock()
    const { directory, life } = await open(refusesBinds, {}, clock)

    for (let minute = 0; minute < 60; minute++) {
      await expect(life.run('syncStart', {}, testContext({ clock }))).rejects.toMatchObject({
        code: 'DIRECTORY_BIND_REFUSED',
      })
      await clock.advance(60_000)
    }

    expect(bindsOf(directory)).toBeLessThanOrEqual(9)
  })

  test('that a bind account is refused holds for check, look-ups and sync alike: three tries lock it in many a domain', async () => {
    const { directory, life } = await open(refusesBinds)
    const refused = { code: 'DIRECTORY_BIND_REFUSED' }

    await life.run('check', {}, testContext())
    await expect(life.run('syncStart', {}, testContext())).rejects.toMatchObject(refused)
    await expect(life.run('search', { kind: 'users', limit: 1 }, testContext())).rejects.toMatchObject(refused)

    expect(bindsOf(directory)).toBe(1)
  })
})
