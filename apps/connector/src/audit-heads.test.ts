import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AuditHeads } from './audit-heads.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallygate-heads-'))
  path = join(directory, 'audit-heads.json')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const start = Date.parse('2026-11-22T12:00:00Z')
const at = (minutes: number) => new Date(start + minutes * 60_000)

test('heads are there again after a restart, newest first', () => {
  const first = new AuditHeads(path, silentLog)
  first.keep(Buffer.from('one'), at(0))
  first.keep(Buffer.from('two'), at(70))

  const again = new AuditHeads(path, silentLog)

  expect(again.heads.map(({ head }) => Buffer.from(head, 'base64url').toString())).toEqual(['two', 'one'])
})

test('a head that did not move is written once', () => {
  const heads = new AuditHeads(path, silentLog)
  heads.keep(Buffer.from('one'), at(0))
  const before = readFileSync(path, 'utf8')
  heads.keep(Buffer.from('one'), at(200))

  expect(readFileSync(path, 'utf8')).toBe(before)
})

test('a flood of heads pushes none of the days before out', () => {
  const heads = new AuditHeads(path, silentLog)
  for (let day = 0; day < 5; day++) heads.keep(Buffer.from(`day ${day}`), at(day * 24 * 60))
  for (let minute = 1; minute <= 500; minute++) heads.keep(Buffer.from(`m ${minute}`), at(4 * 24 * 60 + minute))

  const kept = heads.heads.map(({ head }) => Buffer.from(head, 'base64url').toString())

  expect(kept.length).toBeLessThanOrEqual(62)
  expect(kept).toEqual(expect.arrayContaining(['day 0', 'day 1', 'day 2', 'day 3', 'm 500']))
})

/** As the console writes it: version, console, position, and what follows. */
function headAt(position: number, more = 0): Buffer {
  const head = Buffer.alloc(129, more)
  head.writeBigUInt64BE(BigInt(position), 17)
  return head
}

test('what a cut log hands out does not take the place of what stood further', () => {
  const heads = new AuditHeads(path, silentLog)
  heads.keep(headAt(3), at(0))
  heads.keep(headAt(28), at(1))
  for (let minute = 2; minute < 20; minute++) heads.keep(headAt(minute + 1, 1), at(minute / 10 + 1))

  const positions = heads.heads.map(({ head }) => Buffer.from(head, 'base64url').readBigUInt64BE(17))

  expect(positions).toContain(28n)
  expect(positions).toContain(3n)
})

test.each(['', '{}', '{"format":"other","heads":[]}'])('a file that holds %j is begun anew', (content) => {
  writeFileSync(path, content)

  const heads = new AuditHeads(path, silentLog)
  heads.keep(Buffer.from('one'), at(0))

  expect(new AuditHeads(path, silentLog).heads).toHaveLength(1)
})
