import { silentLog } from '@sallygate/base/log'
import type { SealedRequest } from '@sallygate/envelope'
import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import type { Errand } from '../calls/carrier.ts'
import { RequestJournal } from './request-journal.ts'

function trial() {
  const clock = new FakeClock()
  const rows: string[] = []
  let failure: Error | undefined
  const requestLog = {
    append: (row: { operation: string; outcome: string }) => {
      if (failure !== undefined) return Promise.reject(failure)
      rows.push(`${row.operation} ${row.outcome}`)
      return Promise.resolve({ position: rows.length, hash: Buffer.alloc(32) })
    },
    flush: () => Promise.resolve(),
  }
  const journal = new RequestJournal({ requestLog } as never, clock, silentLog)
  return { clock, rows, journal, fail: (error: Error) => (failure = error) }
}

function errand(operation: string, operationClass: Errand['class']): Errand {
  const parameters = Buffer.alloc(0)
  return {
    group: 'g',
    actingGroup: 'g',
    component: 'other',
    operation,
    class: operationClass,
    parameters,
    generation: 1,
    idempotencyKey: undefined,
  }
}

const sealed = { requestId: 'r', digest: 'ab'.repeat(32) } as SealedRequest

test('look-ups are gathered and written together', async () => {
  const { clock, rows, journal } = trial()

  journal.ended(errand('a', 'R'), 'i', sealed, 'done', undefined)
  journal.ended(errand('b', 'B'), 'i', sealed, 'silent', undefined)

  expect(rows).toEqual([])
  await clock.advance(100)
  expect(rows).toEqual(['a done', 'b silent'])
  expect(clock.pending).toBe(0)
})

test('a change is written before it is sent, and nothing that came before it comes after it', async () => {
  const { rows, journal } = trial()
  journal.ended(errand('a', 'R'), 'i', sealed, 'done', undefined)

  await journal.handed(errand('s', 'S'), 'i', sealed)
  journal.ended(errand('s', 'S'), 'i', sealed, 'done', undefined)

  expect(rows).toEqual(['a done', 's handed', 's done'])
})

test('whoever reads the log sees what was gathered', async () => {
  const { rows, journal } = trial()
  journal.ended(errand('a', 'R'), 'i', sealed, 'done', undefined)

  await journal.flush()

  expect(rows).toEqual(['a done'])
})

test('a row that cannot be written is counted, and a change is not sent then', async () => {
  const { clock, journal, fail } = trial()
  fail(new Error('the disk is full'))
  journal.ended(errand('a', 'R'), 'i', sealed, 'done', undefined)
  await clock.advance(100)

  await expect(journal.handed(errand('s', 'S'), 'i', sealed)).rejects.toThrow('the disk is full')

  expect(journal.lost).toBe(1)
})
