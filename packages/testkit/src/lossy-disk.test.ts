import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { LossyDisk, missingForLossyDisk } from './lossy-disk.ts'

const missing = missingForLossyDisk()
if (missing !== undefined) console.log(`skipped: lossy disk, ${missing}`)

describe.skipIf(missing !== undefined)('a lossy disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallygate-disk-'))
  let disk: LossyDisk
  afterEach(() => disk.remove())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('loses what nobody asked it to keep, and keeps the rest', () => {
    disk = LossyDisk.make(join(folder, 'one'), 16)
    const kept = openSync(join(disk.at, 'kept'), 'w')
    writeSync(kept, 'asked for')
    fsyncSync(kept)
    writeSync(kept, ', and more')
    closeSync(kept)
    writeFileSync(join(disk.at, 'lost'), 'nobody asked')

    disk.cut()

    expect(readFileSync(join(disk.at, 'kept'), 'utf8')).toBe('asked for')
    expect(existsSync(join(disk.at, 'lost'))).toBe(false)
  })

  test('turns read-only under an open file, and is repaired', () => {
    disk = LossyDisk.make(join(folder, 'two'), 16)
    const open = openSync(join(disk.at, 'open'), 'w')
    writeSync(open, 'before')
    fsyncSync(open)

    disk.turnReadOnly()

    expect(() => {
      writeSync(open, 'after')
      fsyncSync(open)
    }).toThrow(/EROFS|EIO/)
    closeSync(open)
    disk.repair()
    expect(readFileSync(join(disk.at, 'open'), 'utf8')).toBe('before')
  })
})
