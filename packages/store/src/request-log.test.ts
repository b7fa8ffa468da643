import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '@sallygate/base/bytes'
import type { RequestRecord } from './request-chain.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

const record = (at: number): RequestRecord => ({
  requestId: `request ${at}`,
  requestDigest: sha256(Buffer.from(`request ${at}`)),
  replyDigest: sha256(Buffer.from(`reply ${at}`)),
  outcome: 'done',
  operation: 'directory.search',
  group: 'g',
  instance: 'i',
  component: 'deviceServices',
  at: new Date(1_700_000_000_000 + at),
})

async function fill(rows: number): Promise<void> {
  const store = await home.open()
  await Promise.all(Array.from({ length: rows }, (_, at) => store.requestLog.append(record(at + 1))))
  await store.close()
}

const swap = (column: string) => `
  create table held as select position, ${column} from requestLog where position in (3, 4);
  update requestLog set ${column} = (select h.${column} from held h where h.position = 7 - requestLog.position) where position in (3, 4)`

describe('the verifier names the first row', () => {
  test.each([
    ['a row taken out of the middle', 'delete from requestLog where position = 3', 3, 'missing'],
    ['the first row taken out', 'delete from requestLog where position = 1', 1, 'missing'],
    ['the last row taken out', 'delete from requestLog where position = 6', 6, 'cutOff'],
    ['all rows taken out', 'delete from requestLog', 1, 'cutOff'],
    ['an outcome rewritten', `update requestLog set outcome = 'failed' where position = 4`, 4, 'changed'],
    ['a reply digest removed', 'update requestLog set replyDigest = null where position = 4', 4, 'changed'],
    ['a time moved', 'update requestLog set at = at + 1 where position = 2', 2, 'changed'],
    [
      'a value longer than any that is written',
      `update requestLog set operation = hex(zeroblob(99)) where position = 2`,
      2,
      'changed',
    ],
    ['a digest of another length', `update requestLog set requestDigest = x'00' where position = 2`, 2, 'changed'],
    ['two rows that changed places', swap('requestId'), 3, 'changed'],
    [
      'a row put in at the end',
      `insert into requestLog select 7, requestId, requestDigest, replyDigest, outcome, operation, groupId, instanceId, component, at, hash, hash from requestLog where position = 6`,
      7,
      'changed',
    ],
  ] as const)('after %s', async (_, edit, position, reason) => {
    await fill(6)
    home.edit(edit)

    const store = await home.open()

    expect(await store.requestLog.verify()).toEqual({ kind: 'broken', position, reason })
  })
})

test('the chain goes on over restarts', async () => {
  await fill(3)
  await fill(3)

  const store = await home.open()

  expect(store.requestLog.head.position).toBe(6)
  expect((await store.requestLog.verify()).kind).toBe('intact')
})

test('rows that follow a cut tail do not hide the cut', async () => {
  await fill(6)
  home.edit('delete from requestLog where position > 4')
  await fill(3)

  const store = await home.open()

  expect(await store.requestLog.verify()).toEqual({ kind: 'broken', position: 5, reason: 'missing' })
})

test('a chain of more rows than are read at once is walked to its end', async () => {
  await fill(2000)
  home.edit(`update requestLog set component = 'other' where position = 2000`)

  const store = await home.open()

  expect(await store.requestLog.verify()).toEqual({ kind: 'broken', position: 2000, reason: 'changed' })
})

test('closing waits for what was appended', async () => {
  const store = await home.open()
  const appended = store.requestLog.append(record(1))
  await store.close()

  expect((await appended).position).toBe(1)
})
