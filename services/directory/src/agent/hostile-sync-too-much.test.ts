/**
 * T50 for the sync: more than anybody wants.
 *
 * @module
 */
import { encodeMessage, readPage, type LdapOperation, type SearchRequest } from '@sallygate/protocol-ldap'
import { success, type HostileReply } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import { readSyncEntries } from '../contract.ts'
import { base, entry, measured, megabyte, open, stopAll } from './testing/hostile.ts'
import { begin, goOn, id, nextPage, onReading, type Page } from './testing/hostile-sync.ts'

afterEach(stopAll)

describe('T50 too much', () => {
  async function flood(reply: HostileReply, bytes: Buffer, times: number): Promise<void> {
    for (let turn = 0; turn < times && !reply.isGone; turn++) {
      reply.raw(bytes)
      await reply.drained()
    }
  }

  test('a million entries on one page end at the cap on bytes, and nothing of them is kept', async () => {
    const { directory, life } = await open(
      onReading(async (reply) => {
        const one = encodeMessage({ id: reply.request.id, operation: entry('same', [id('same')]), controls: [] })
        await flood(reply, Buffer.concat(Array.from({ length: 1000 }, () => one)), 1000)
        reply.send(success)
      }),
    )

    const { keptBytes } = await measured(async () => {
      await expect(begin(life)).rejects.toMatchObject({ code: 'DIRECTORY_TOO_LARGE' })
      // What is left of it is the directory's own, until it hears that we are gone.
      await expect.poll(() => directory.openConnections).toBe(0)
    })

    expect(keptBytes).toBeLessThan(20 * megabyte)
  })

  test('a value of 50 MB is refused at its length', async () => {
    const { directory, life } = await open(
      onReading(async (reply) => {
        const operation = entry('big', [{ type: 'mail', values: [Buffer.alloc(50 * megabyte, 0x61)] }])
        await flood(reply, encodeMessage({ id: reply.request.id, operation, controls: [] }), 1)
      }),
    )

    const { workMs, keptBytes } = await measured(async () => {
      await expect(begin(life)).rejects.toMatchObject({ code: 'DIRECTORY_TOO_LARGE' })
      // What is left of it is the directory's own, until it hears that we are gone.
      await expect.poll(() => directory.openConnections).toBe(0)
    })

    expect(workMs).toBeLessThan(2000)
    expect(keptBytes).toBeLessThan(20 * megabyte)
  })

  test('empty pages without end are given up', async () => {
    const { directory, life } = await open(onReading((reply) => reply.send(success, { controls: nextPage('again') })))

    await expect(begin(life)).rejects.toMatchObject({ code: 'DIRECTORY_SYNC_CUT_SHORT' })
    expect(directory.received.length).toBeLessThan(15)
  })

  /** Between two who are as they should be. Asked for by its name, it says who it is. */
  const between = (large: LdapOperation) =>
    onReading(async (reply, request) => {
      if (request.scope === 'base') {
        reply.send({ kind: 'searchEntry', dn: request.base, attributes: [id('large')] })
        reply.send(success)
        return
      }
      reply.send(entry('before', [id('before')]))
      await flood(reply, encodeMessage({ id: reply.request.id, operation: large, controls: [] }), 1)
      reply.send(entry('after', [id('after')]))
      reply.send(success)
    })
  const manyMembers: LdapOperation = {
    kind: 'searchEntry',
    dn: `cn=large,${base}`,
    attributes: [
      id('large'),
      { type: 'member', values: Array.from({ length: 160_000 }, (_, at) => Buffer.from(`uid=u${at},${base}`)) },
    ],
  }
  const value = (bytes: number) => ({ type: 'telephoneNumber', values: [Buffer.alloc(bytes, 0x61)] })
  const manyValues = Array.from({ length: 900 }, (_, at) => Buffer.alloc(8000, 0x61 + (at % 20)))

  test.each([
    ['a group of 160,000 members in one answer', 'groups', manyMembers],
    ['a user of 20 MB', 'users', entry('large', [id('large'), value(20 * megabyte)])],
    ['a user of 900 values of 8 kB', 'users', entry('large', [id('large'), { type: 'mail', values: manyValues }])],
  ] as const)('%s is told of as too large, and everybody else is read', async (_what, pass, large) => {
    const { life } = await open(between(large))

    const entries = readSyncEntries((await begin(life, pass)).entries)

    expect(entries.map((one) => [one.id, one.isTooLarge])).toEqual(
      expect.arrayContaining([
        ['before', undefined],
        ['large', true],
        ['after', undefined],
      ]),
    )
    expect(entries).toHaveLength(3)
    expect(JSON.stringify(entries).length).toBeLessThan(2000)
  })

  test('groups with long lists are read a few at a time, and never come near the cap on bytes', async () => {
    let given = 0
    const groups = 400
    const asked: number[] = []
    const list = Array.from({ length: 3000 }, (_, at) => Buffer.from(`uid=user-${at},ou=people,${base}`))
    const { life } = await open(
      onReading(async (reply) => {
        const { size } = readPage(reply.request.controls) ?? { size: 0 }
        asked.push(size)
        for (let at = 0; at < size && given < groups; at++, given++) {
          const dn = `cn=g${given},${base}`
          const operation = {
            kind: 'searchEntry',
            dn,
            attributes: [id(`g${given}`), { type: 'member', values: list }],
          } as const
          await flood(reply, encodeMessage({ id: reply.request.id, operation, controls: [] }), 1)
        }
        reply.send(success, { controls: given < groups ? nextPage('more') : [] })
      }),
    )

    await goOn(life, 'groups')

    expect(given).toBe(groups)
    expect(Math.max(...asked)).toBeLessThan(100)
  })

  const members = (from: number, to: number | '*', count: number): LdapOperation => ({
    kind: 'searchEntry',
    dn: `cn=all,${base}`,
    attributes: [
      id('g'),
      {
        type: `member;range=${from}-${to}`,
        values: Array.from({ length: count }, (_, at) => Buffer.from(`uid=u${from + at},${base}`)),
      },
    ],
  })
  const ad = { type: 'activeDirectory', objectIdentifier: { attribute: 'entryUUID', dataType: 'text' } } as const
  const rangeOf = ({ attributes }: SearchRequest) => Number(/;range=(\d+)-/.exec(attributes.join(' '))?.[1] ?? 0)

  test('100,000 members in ranges are all there', async () => {
    const { life } = await open(
      onReading((reply, request) => {
        const from = rangeOf(request)
        reply.send(members(from, from >= 98_500 ? '*' : from + 1499, from >= 98_500 ? 1500 : 1500))
        reply.send(success)
      }),
      ad,
    )
    const { identity } = (await life.run('syncStart', {}, testContext())) as { identity: string }
    const found = new Set<string>()
    let cursor: string | undefined
    do {
      const params = { pass: 'groups', identity, ...(cursor === undefined ? {} : { cursor }) }
      const page = (await life.run('syncPage', params, testContext({ deadlineMs: 60_000 }))) as Page
      for (const { members: some = [] } of readSyncEntries(page.entries)) for (const member of some) found.add(member)
      cursor = page.cursor
    } while (cursor !== undefined)

    expect(found.size).toBeGreaterThanOrEqual(100_000)
  })

  test('ranges without members and without end are given up', async () => {
    const { directory, life } = await open(
      onReading((reply, request) => {
        const from = rangeOf(request)
        reply.send(members(from, from, 0))
        reply.send(success)
      }),
      ad,
    )

    await expect(goOn(life, 'groups')).rejects.toMatchObject({ code: 'DIRECTORY_SYNC_CUT_SHORT' })
    expect(directory.received.length).toBeLessThan(1000)
  })

  test('a range that repeats itself is no whole group', async () => {
    const { life } = await open(
      onReading((reply) => {
        reply.send(members(0, 0, 1))
        reply.send(success)
      }),
      ad,
    )

    await expect(goOn(life, 'groups')).rejects.toMatchObject({ code: 'DIRECTORY_SYNC_CUT_SHORT' })
  })
})
