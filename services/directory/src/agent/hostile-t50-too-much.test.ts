/**
 * T50: answers without end.
 *
 * @module
 */
import { encodeMessage, pagedResults, type LdapOperation } from '@sallygate/protocol-ldap'
import { success, type HostileReply } from '@sallygate/testkit/hostile-directory'
import { afterEach, describe, expect, test } from 'vitest'
import { entry, measured, megabyte, onSearch, open, search, stopAll } from './testing/hostile.ts'

afterEach(stopAll)

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

    const { workMs, keptBytes } = await measured(async () => {
      const found = await search(life)
      expect(found).toMatchObject({ partial: true, partialBecause: 'tooManyEntries' })
      expect(found.entries.length).toBe(10_000)
    })
    expect(workMs).toBeLessThan(3000)
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

    const { workMs } = await measured(() =>
      expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_TOO_MANY_ENTRIES' }),
    )
    expect(workMs).toBeLessThan(1000)
  })
})
