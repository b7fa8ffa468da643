import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '@sallygate/base/bytes'
import type { AuditRecord } from './audit-chain.ts'
import { printHead, readHead } from './hash-chain.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

const record = (at: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
  at: new Date(1_700_000_000_000 + at * 1000),
  actorKind: 'admin',
  actorId: 'a1',
  actorName: 'Ada',
  source: '127.0.0.1',
  action: 'groups.post',
  object: `groups/${at}`,
  group: 'g',
  note: 'as agreed',
  outcome: 'done',
  traceId: `trace ${at}`,
  inputDigest: sha256(Buffer.from(`in ${at}`)),
  outputDigest: sha256(Buffer.from(`out ${at}`)),
  ...more,
})

async function fill(rows: number): Promise<void> {
  const store = await home.open()
  await Promise.all(Array.from({ length: rows }, (_, at) => store.auditLog.append(record(at + 1))))
  await store.close()
}

const swap = `
  create table held as select position, object from auditLog where position in (3, 4);
  update auditLog set object = (select h.object from held h where h.position = 7 - auditLog.position) where position in (3, 4)`

describe('the verifier names the first row', () => {
  test.each([
    ['a row taken out of the middle', 'delete from auditLog where position = 3', 3, 'missing'],
    ['the last row taken out', 'delete from auditLog where position = 6', 6, 'cutOff'],
    ['all rows taken out', 'delete from auditLog', 1, 'cutOff'],
    ['another actor', `update auditLog set actorName = 'Eve' where position = 4`, 4, 'changed'],
    ['another address', `update auditLog set source = '10.0.0.1' where position = 4`, 4, 'changed'],
    ['a note removed', 'update auditLog set note = null where position = 4', 4, 'changed'],
    ['a digest removed', 'update auditLog set inputDigest = null where position = 4', 4, 'changed'],
    ['an end hung on another beginning', 'update auditLog set begun = 1 where position = 5', 5, 'changed'],
    ['two rows that changed places', swap, 3, 'changed'],
  ] as const)('after %s', async (_, edit, position, reason) => {
    await fill(6)
    home.edit(edit)

    const store = await home.open()

    expect(await store.auditLog.verify()).toEqual({ kind: 'broken', position, reason })
  })
})

test('a tail that was cut off together with the stored head shows against a head that was left elsewhere', async () => {
  await fill(6)
  const before = await home.open()
  const left = readHead(printHead(before.auditLog.head))
  await before.close()
  home.edit('delete from auditLog where position > 4', `update meta set value = '4' where name = 'auditLogHead'`)

  const store = await home.open()

  expect((await store.auditLog.verify()).kind).toBe('intact')
  expect(await store.auditLog.verify(left === undefined ? [] : [left])).toEqual({
    kind: 'broken',
    position: 5,
    reason: 'cutOff',
  })
})

test('a change is one entry, with how it ended', async () => {
  const store = await home.open()
  const { position } = await store.auditLog.append(record(1, { outcome: 'begun' }))
  await store.auditLog.append(record(2))
  await store.auditLog.append(record(3, { outcome: 'CONSOLE_BUSY', begun: position }))

  const entries = await store.auditLog.list({ limit: 10 })

  expect(entries.map(({ position: at, ended }) => [at, ended?.outcome])).toEqual([
    [2, undefined],
    [1, 'CONSOLE_BUSY'],
  ])
})

test.each([
  [{ actor: 'Eve' }, [3]],
  [{ actor: 'a1' }, [2, 1]],
  [{ action: 'groups' }, [3, 1]],
  [{ action: 'groups.p%' }, []],
  [{ object: 'groups/2' }, [2]],
  [{ groups: ['h'] }, [2]],
  [{ since: new Date(1_700_000_002_000), until: new Date(1_700_000_003_000) }, [2]],
  [{ before: 3 }, [2, 1]],
] as const)('%o finds its rows', async (filter, positions) => {
  const store = await home.open()
  await store.auditLog.append(record(1))
  await store.auditLog.append(record(2, { action: 'relay.put', group: 'h' }))
  await store.auditLog.append(record(3, { actorName: 'Eve', actorId: 'e1', group: undefined }))

  const found = await store.auditLog.list({ limit: 10, ...filter })

  expect(found.map(({ position }) => position)).toEqual([...positions])
})

test.each(['', '5', '5:', '5:zz', '-1:' + '0'.repeat(64), `5:${'0'.repeat(63)}`])('%s is no head', (written) => {
  expect(readHead(written)).toBeUndefined()
})
