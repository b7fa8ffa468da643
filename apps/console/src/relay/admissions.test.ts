import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { dialFailure } from '@sallygate/dial'
import { openAdmission } from '@sallygate/hop'
import { createMasterKey, openStore, type Store } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Installation } from '../certificates/installation.ts'
import { InstanceBook } from '../connectors/instance-book.ts'
import { Admissions } from './admissions.ts'
import type { RelayLink } from './relay-link.ts'

let clock: FakeClock
let home: string
let store: Store
let installation: Installation
let pushed: { number: number; signed: Uint8Array }[]
let link: { isAttached: boolean; admit: (number: number, signed: Uint8Array) => Promise<void> }
let admissions: Admissions

beforeEach(async () => {
  clock = new FakeClock()
  home = mkdtempSync(join(tmpdir(), 'sallygate-admissions-'))
  const masterKey = createMasterKey(join(home, 'master.key'))
  store = await openStore({ path: join(home, 'console.sqlite'), masterKey, clock, log: silentLog })
  installation = await Installation.open(store, clock, silentLog)
  pushed = []
  link = { isAttached: true, admit: (number, signed) => Promise.resolve(void pushed.push({ number, signed })) }
  admissions = make(await InstanceBook.open(store, clock))
})

afterEach(async () => {
  admissions.stop()
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

function make(book: InstanceBook): Admissions {
  const made = new Admissions({ store, installation, book, clock, log: silentLog })
  made.pushBy(link as unknown as RelayLink)
  return made
}

test('a relay gets a list that it can verify, as soon as it is there', async () => {
  await admissions.attached()

  const channel = { relay: installation.relay, consoles: [installation.channel.publicPoint] }
  expect(openAdmission(pushed[0]?.signed ?? Buffer.alloc(0), channel, 0)).toMatchObject({
    entries: [],
    number: pushed[0]?.number,
  })
})

test('a change while the relay is away is the first thing it hears of', async () => {
  await admissions.attached()
  link.isAttached = false
  await admissions.changed()
  expect(pushed).toHaveLength(1)

  link.isAttached = true
  await admissions.attached()

  expect(pushed).toHaveLength(2)
  expect(pushed[1]?.number).toBeGreaterThan(pushed[0]?.number ?? 0)
})

test('a push that was lost is made again by itself', async () => {
  const { admit } = link
  link.admit = () => Promise.reject(dialFailure('LOST'))
  await admissions.changed()
  link.admit = admit

  await clock.advance(1000)

  expect(pushed).toHaveLength(1)
})

test('a refusal is kept for the administrator, and forgotten when a list is taken', async () => {
  const { admit } = link
  link.admit = () => Promise.reject(dialFailure('ADMISSION_REFUSED'))
  await admissions.changed()
  expect(admissions.refusal?.code).toBe('DIAL_ADMISSION_REFUSED')
  link.admit = admit

  await admissions.changed()

  expect(admissions.refusal).toBeUndefined()
})

test('changes of one moment are pushed one after the other, the newest last', async () => {
  await Promise.all([admissions.changed(), admissions.changed(), admissions.changed()])

  const numbers = pushed.map(({ number }) => number)
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  expect(new Set(numbers).size).toBe(3)
})

test('a console that starts again says who is admitted now, whatever its last run managed to say', async () => {
  await admissions.changed()
  const restarted = make(await InstanceBook.open(store, clock))

  await restarted.attached()
  await restarted.attached()

  const [before, after, again] = pushed.map(({ number }) => number)
  expect(after).toBeGreaterThan(before ?? 0)
  expect(again).toBe(after)
})
