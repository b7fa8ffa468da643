import { silentLog } from '@sallygate/base/log'
import { storeFailure, type AuditRecord } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Asked } from '../http/around.ts'
import { everything } from '../http/policy.ts'
import { defineRoute } from '../http/route.ts'
import { auditTrail } from './audit-trail.ts'

const route = defineRoute({
  method: 'POST',
  path: '/api/things',
  policy: 'system:edit',
  says: 'Makes a thing.',
  result: z.strictObject({}),
  handler: () => ({}),
})

const asked = {
  route,
  call: {
    params: {},
    query: {},
    body: undefined,
    actor: { kind: 'admin', id: '1', name: 'Ada', grants: [everything] },
    traceId: 't',
  },
  url: '/api/things',
  source: '127.0.0.1',
  idempotencyKey: undefined,
} as unknown as Asked

/** A log whose appends fail from the one with this number on. */
function trail(failsFrom: number) {
  const rows: AuditRecord[] = []
  const append = (record: AuditRecord) => {
    if (rows.length + 1 >= failsFrom) return Promise.reject(storeFailure('DISK_FULL'))
    rows.push(record)
    return Promise.resolve({ position: rows.length, hash: Buffer.alloc(32) })
  }
  const parts = { clock: new FakeClock(), log: silentLog, digest: () => Buffer.alloc(32) }
  const store = { auditLog: { append } } as unknown as Parameters<typeof auditTrail>[0]['store']
  return { rows, around: auditTrail({ ...parts, store, groupOf: () => Promise.resolve(undefined) }) }
}

test('what cannot be written down is not done', async () => {
  let isDone = false
  const { around } = trail(1)

  const attempt = around(asked, () => {
    isDone = true
    return Promise.resolve({ status: 200, body: {} })
  })

  await expect(attempt).rejects.toMatchObject({ code: 'STORE_DISK_FULL' })
  expect(isDone).toBe(false)
})

test('what was done is answered as done, also where its end could not be written', async () => {
  const { around, rows } = trail(2)

  const answer = await around(asked, () => Promise.resolve({ status: 200, body: {} }))

  expect(answer.status).toBe(200)
  expect(rows.map(({ outcome }) => outcome)).toEqual(['begun'])
})

test('a failure is passed on as it is, and its code is written down', async () => {
  const { around, rows } = trail(9)

  const attempt = around(asked, () => Promise.reject(storeFailure('NAME_TAKEN')))

  await expect(attempt).rejects.toMatchObject({ code: 'STORE_NAME_TAKEN' })
  expect(rows.map(({ outcome, begun }) => [outcome, begun])).toEqual([
    ['begun', undefined],
    ['STORE_NAME_TAKEN', 1],
  ])
})
