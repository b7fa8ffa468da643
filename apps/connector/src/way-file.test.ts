import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '@sallygate/base/log'
import { wayFile } from './way-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallygate-way-'))
const path = join(folder, 'way')
afterEach(() => rmSync(path, { force: true, recursive: true }))

test('what worked last is what a restart begins with', () => {
  expect(wayFile(path, silentLog).first).toBe('webSocket')

  wayFile(path, silentLog).onChange('longPoll')

  expect(readFileSync(path, 'utf8')).toBe('longPoll\n')
  expect(wayFile(path, silentLog).first).toBe('longPoll')
})

test('a file of anything else, and a folder that cannot be written, cost an attempt and nothing more', () => {
  writeFileSync(path, 'carrier pigeon\n')
  expect(wayFile(path, silentLog).first).toBe('webSocket')

  expect(() => wayFile(join(folder, 'missing', 'way'), silentLog).onChange('longPoll')).not.toThrow()
})
