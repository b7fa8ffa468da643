import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensurePrivateDirectory, readFile, readPrivateFile, writeFileAtomic } from './file.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallygate-file-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const isRoot = process.getuid?.() === 0

describe('private files', () => {
  test('are written whole, with their mode, and leave nothing beside them', () => {
    const path = join(directory, 'key')

    writeFileAtomic(path, 'one')
    writeFileAtomic(path, 'two')

    expect(readPrivateFile(path).toString()).toBe('two')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(directory)).toEqual(['key'])
  })

  test('a file others can read is refused by name', () => {
    const path = join(directory, 'key')
    writeFileSync(path, 'secret')
    chmodSync(path, 0o644)

    expect(() => readPrivateFile(path)).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_PRIVATE', details: { path } }),
    )
  })

  test('a file that is not there is missing, a directory is unreadable', () => {
    expect(() => readFile(join(directory, 'no'))).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }))
    expect(() => readFile(directory)).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }))
  })

  test('a private directory is only for its owner', () => {
    const path = join(directory, 'home', 'deep')

    ensurePrivateDirectory(path)

    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  if (!isRoot) console.log('skipped: a full disk: mounting a small tmpfs needs root')
  test.skipIf(!isRoot)('a full disk is named and the old content stays', () => {
    const small = join(directory, 'small')
    mkdirSync(small)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small])
    try {
      const path = join(small, 'journal')
      writeFileAtomic(path, 'old')

      const write = () => writeFileAtomic(path, Buffer.alloc(1024 * 1024))

      expect(write).toThrow(expect.objectContaining({ code: 'FILE_DISK_FULL', retry: 'later' }))
      expect(readFileSync(path, 'utf8')).toBe('old')
      expect(readdirSync(small)).toEqual(['journal'])
    } finally {
      execFileSync('umount', [small])
    }
  })
})
