import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { isOutdated, startPageBuild } from './page-build.ts'

let programs = ''
let web = ''

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'sallygate-pages-'))
  web = join(programs, 'apps/web')
  mkdirSync(join(web, 'src/scenes'), { recursive: true })
  write('index.html', 1000)
  write('src/scenes/overview.tsx', 1000)
})

afterEach(() => rmSync(programs, { recursive: true, force: true }))

test('pages that were never built are outdated', () => {
  expect(isOutdated(web)).toBe(true)
})

test('pages are outdated as soon as one source, however deep, is newer', () => {
  mkdirSync(join(web, 'dist'))
  write('dist/index.html', 2000)
  for (const folder of ['src', 'src/scenes']) utimesSync(join(web, folder), 1000, 1000)
  expect(isOutdated(web)).toBe(false)

  write('src/scenes/overview.tsx', 3000)

  expect(isOutdated(web)).toBe(true)
})

test('a build that cannot run is reported, and nothing waits for it', async () => {
  const build = startPageBuild({ programs, logFile: join(programs, 'web.log'), clock: new FakeClock() })

  await expect(build.outcome).resolves.toMatchObject({ kind: 'failed' })
})

test('a build that fails leaves the pages that are there alone', async () => {
  mkdirSync(join(web, 'dist'))
  write('dist/index.html', 500)
  mkdirSync(join(programs, 'node_modules/vite/bin'), { recursive: true })
  writeFileSync(join(programs, 'node_modules/vite/bin/vite.js'), 'process.exit(3)\n')

  const { outcome } = startPageBuild({ programs, logFile: join(programs, 'web.log'), clock: new FakeClock() })

  await expect(outcome).resolves.toMatchObject({ kind: 'failed' })
  expect(isOutdated(web)).toBe(true)
})

function write(file: string, seconds: number): void {
  writeFileSync(join(web, file), '')
  utimesSync(join(web, file), seconds, seconds)
}
