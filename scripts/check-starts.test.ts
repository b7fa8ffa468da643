import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkStarts, runByNode } from './check-starts.ts'
import { repositoryFiles, root } from './source-files.ts'

/** What Node says about a folder of these files. */
function verdictOn(files: Readonly<Record<string, string>>): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'check-starts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  mkdirSync(join(folder, 'src'))
  for (const [file, source] of Object.entries(files)) writeFileSync(join(folder, 'src', file), source)
  return checkStarts(
    Object.keys(files).map((file) => `src/${file}`),
    folder,
  )
}

test.each([
  ['an enum', `export enum Verdict { Yes }`],
  ['a parameter property', `export class Gate { constructor(private readonly key: string) {} }`],
  ['a namespace with values', `export namespace gate { export const open = true }`],
  ['an assertion in angle brackets', `export const port = <number>JSON.parse('1')`],
  ['a decorator', `const sealed = () => {}\n@sealed\nexport class Gate {}`],
])('%s is refused, and the file is named', (_, source) => {
  expect(verdictOn({ 'gate.ts': source })).toContain('src/gate.ts')
})

test('a type imported as a value is refused: after stripping nobody exports it', () => {
  const verdict = verdictOn({
    'gate.ts': `export interface Gate { readonly open: boolean }`,
    'main.ts': `import { Gate } from './gate.ts'\nexport const gate: Gate = { open: true }`,
  })

  expect(verdict).toContain(`does not provide an export named 'Gate'`)
})

test('a file that is not there is refused', () => {
  expect(verdictOn({ 'main.ts': `import './gone.ts'` })).toContain('gone.ts')
})

test('a program that would act is linked and does not act', () => {
  const verdict = verdictOn({
    'main.ts': `import { exit } from 'node:process'\nconst code: number = 3\nconsole.error('acted')\nexit(code)`,
  })

  expect(verdict).toBeUndefined()
})

test('the browser and the test runner read their own files', () => {
  expect(runByNode(['apps/web/src/main.ts', 'apps/relay/src/a.test.ts', 'apps/relay/src/main.ts'])).toEqual([
    'apps/relay/src/main.ts',
  ])
})

test('Node takes every file of this repository that it has to run', { timeout: 60_000 }, () => {
  const files = runByNode(repositoryFiles())

  expect(files.length).toBeGreaterThan(1000)
  expect(checkStarts(files, root)).toBeUndefined()
})
