import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit'
import { watchFiles } from './watched-files.ts'

test('a change is told once, a reaction that failed is tried again, an absent file is no error', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sallygate-watch-'))
  const file = join(directory, 'a')
  writeFileSync(file, 'one')
  const clock = new FakeClock()
  let calls = 0
  let failures = 0
  let isBroken = false
  const changed = () => {
    calls++
    if (isBroken) throw new Error('half written')
  }
  const timer = watchFiles(clock, [file], changed, () => failures++)

  await clock.advance(4000)
  const unchanged = calls
  writeFileSync(`${file}.new`, 'two')
  renameSync(`${file}.new`, file)
  await clock.advance(6000)
  const afterRename = calls
  isBroken = true
  writeFileSync(file, 'three!')
  await clock.advance(4000)
  isBroken = false
  await clock.advance(4000)
  const afterRepair = calls
  rmSync(file)
  await clock.advance(4000)
  timer.cancel()
  rmSync(directory, { recursive: true })

  expect([unchanged, afterRename, afterRepair, calls]).toEqual([0, 1, 4, 5])
  expect(failures).toBe(2)
  expect(clock.pending).toBe(0)
})
