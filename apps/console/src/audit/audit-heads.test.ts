import { fromBase64Url, toBase64Url } from '@sallygate/base/bytes'
import { silentLog } from '@sallygate/base/log'
import { createMasterKey, loadMasterKey, openStore, type Store } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Installation } from '../certificates/installation.ts'
import { AuditHeads, printAuditHead } from './audit-heads.ts'

const clock = new FakeClock()
let home: string
let store: Store
let heads: AuditHeads

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'sallygate-heads-'))
  createMasterKey(join(home, 'key'))
  await open()
})
afterEach(async () => {
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

async function open(): Promise<void> {
  store = await openStore({
    path: join(home, 'db'),
    masterKey: loadMasterKey(join(home, 'key')),
    clock,
    log: silentLog,
  })
  heads = new AuditHeads({ store, clock, installation: await Installation.open(store, clock, silentLog) })
}

const append = (action: string) =>
  store.auditLog.append({
    at: clock.now(),
    actorKind: 'admin',
    actorId: '1',
    actorName: 'Ada',
    source: '127.0.0.1',
    action,
    object: 'x',
    outcome: 'done',
    traceId: 't',
  })

test('a log whose end was cut off, stored head and all, does not fit a head that was left elsewhere', async () => {
  await append('a')
  await append('b')
  const left = printAuditHead(heads.current())
  await store.close()
  const database = new DatabaseSync(join(home, 'db'))
  database.exec(`delete from auditLog where position = 2; update meta set value = '1' where name = 'auditLogHead'`)
  database.close()
  await open()

  const known = await heads.read(left)

  expect((await store.auditLog.verify()).kind).toBe('intact')
  expect(await store.auditLog.verify(known === undefined ? [] : [known])).toMatchObject({
    position: 2,
    reason: 'cutOff',
  })
})

test('a log written anew does not fit either', async () => {
  await append('a')
  const left = printAuditHead(heads.current())
  await store.close()
  const database = new DatabaseSync(join(home, 'db'))
  database.exec(`delete from auditLog; delete from meta where name = 'auditLogHead'`)
  database.close()
  await open()
  await append('something else')

  const known = await heads.read(left)

  expect(await store.auditLog.verify(known === undefined ? [] : [known])).toMatchObject({ reason: 'otherHistory' })
})

test('no head with any byte changed is one of ours', async () => {
  await append('a')
  const head = heads.current()

  const readings = await Promise.all(
    Array.from(head, (_, at) => {
      const changed = Buffer.from(head)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      return heads.read(toBase64Url(changed))
    }),
  )

  expect(readings.filter((reading) => reading !== undefined)).toEqual([])
  expect(await heads.read(toBase64Url(head))).toMatchObject({ position: 1 })
  expect(fromBase64Url(printAuditHead(head))).toEqual(head)
})

test('a head is signed once for every position', async () => {
  await append('a')
  const [first, again] = [heads.current(), heads.current()]
  await append('b')

  expect(again).toBe(first)
  expect(heads.current().equals(first)).toBe(false)
})
