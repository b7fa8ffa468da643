import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import type { NacEntry } from '@sallygate/domain'
import { FakeClock } from '@sallygate/testkit'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deviceRecord, sampleDevice, sampleGroups } from '../testing/sample-records.ts'
import { openModel } from './model-file.ts'
import type { ReadModel } from './read-model.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallygate-nac-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const path = () => join(directory, 'read-model.log')
const open = (console = 'key') => openModel({ path: path(), console, clock: new FakeClock(), log: silentLog })
const entries = (from: number, to: number): readonly NacEntry[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    ...deviceRecord(sampleDevice(from + at)),
    number: from + at,
  })) as readonly NacEntry[]
const mark = (through: number) => ({ epoch: 'e', through, asOfMs: 1 })
const write = (upTo: number) => {
  const { file } = open()
  for (let page = 1; page <= upTo; page++) file.append(entries(page * 10 - 9, page * 10), mark(page * 10))
  file.close()
}
const known = (model: ReadModel) => [model.devices.size, model.cursor?.through]

test('what was appended is there after a restart', () => {
  write(3)

  expect(known(open().model)).toEqual([30, 30])
})

test('wherever a write was cut short, what is there is a whole page, and writing goes on', () => {
  write(3)
  const whole = readFileSync(path())
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
      writeFileSync(path(), whole)
      truncateSync(path(), length)
      const { model, file } = open()
      const pages = (model.cursor?.through ?? 0) / 10
      expect(Number.isInteger(pages)).toBe(true)
      expect(model.devices.size).toBe(pages * 10)
      file.append(entries(91, 92), mark(92))
      file.close()

      expect(known(open().model)).toEqual([pages * 10 + 2, 92])
    }),
    { numRuns: 60 },
  )
})

test('damage in the middle is named, the file is put aside, and what stands before it is kept', () => {
  write(3)
  const bytes = readFileSync(path())
  const at = bytes.indexOf('"SN15"')
  bytes[at + 2] = 0x58
  writeFileSync(path(), bytes)

  const { model, repaired, file } = open()
  file.close()

  expect(repaired).toBe('damaged')
  expect(known(model)).toEqual([10, 10])
  expect(readdirSync(directory).some((name) => name.includes('.damaged-'))).toBe(true)
  expect(known(open().model)).toEqual([10, 10])
})

test('a file of something else is refused and left as it is', () => {
  writeFileSync(path(), 'SQLite format 3\0 and more that is longer than the first line of ours would be, by far')

  expect(() => open()).toThrow(/holds something else/)
  expect(readFileSync(path(), 'utf8')).toMatch(/^SQLite/)
})

test('what another console said is put aside, not answered from', () => {
  write(1)

  expect(known(open('another key').model)).toEqual([0, undefined])
  expect(readdirSync(directory).some((name) => name.includes('.other-console-'))).toBe(true)
})

test('a compacted file says the same in fewer words', () => {
  const { file, model } = open()
  for (const { kind, id, value } of sampleGroups) model.apply({ kind, id, value } as never)
  for (let times = 0; times < 5; times++) {
    file.append(entries(1, 20), mark(20))
    model.applyPage(entries(1, 20), mark(20))
  }
  const before = file.bytes
  file.compact(model)
  file.append(entries(21, 22), mark(22))
  file.close()

  const again = open()
  expect(file.bytes).toBeLessThan(before / 2)
  expect(known(again.model)).toEqual([22, 22])
  expect(again.model.group('emea')?.parent).toBe('acme')
})

test('a page without its mark was never finished', () => {
  write(1)
  appendFileSync(path(), '0badc0de {"r":{"kind":"device"}}\n')

  const { model, repaired } = open()

  expect(repaired).toBe('cut')
  expect(known(model)).toEqual([10, 10])
  expect(existsSync(path())).toBe(true)
})
