import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { queryOf } from '../query.ts'
import { headsIn } from './audit.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallygate-cli-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function fileOf(content: string): string {
  const path = join(directory, 'audit-heads.json')
  writeFileSync(path, content)
  return path
}

test('heads are read from the file a connector keeps, no more than an address can carry', () => {
  const heads = Array.from({ length: 99 }, (_, at) => ({ receivedAt: '2026-11-22T12:00:00Z', head: `h${at}` }))

  const found = headsIn(fileOf(JSON.stringify({ format: 'sallygate-audit-heads/1', heads })))

  expect(found).toHaveLength(64)
  expect(found[0]).toBe('h0')
})

test.each(['', '[]', '{"format":"other","heads":[]}', '{"format":"sallygate-audit-heads/1","heads":[]}'])(
  'a file that holds %j is refused by name',
  (content) => {
    expect(() => headsIn(fileOf(content))).toThrow(expect.objectContaining({ code: 'CLI_BAD_ARGUMENT' }))
  },
)

test('a file that is not there is told as that', () => {
  expect(() => headsIn(join(directory, 'none'))).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^FILE_/) }),
  )
})

test('what was not given is not in the address, and what was is written as an address', () => {
  expect(queryOf({ actor: 'Ada & Bob', action: undefined })).toBe('?actor=Ada%20%26%20Bob')
  expect(queryOf({ actor: undefined })).toBe('')
})
