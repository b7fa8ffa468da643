import { expect, test } from 'vitest'
import { checkProtocol } from './check-protocol.ts'
import { readSource, repositoryFiles } from './source-files.ts'

/** Written in two parts, so that this file cites nothing itself. */
const cited = (...names: readonly string[]) => `${'PROTO'}COL ${names.join(', ')}`
const cite = (...names: readonly string[]) => `test('${cited(...names)}: holds')`

function check(files: Readonly<Record<string, string>>): readonly string[] {
  return checkProtocol(Object.keys(files), (file) => files[file] ?? '')
}

test('every MUST of the protocol has a test, and every citation a MUST', () => {
  expect(checkProtocol(repositoryFiles(), readSource)).toEqual([])
})

test('a number that no test cites is named', () => {
  const files = { 'docs/protocol/x.md': '- **M-X1** MUST.\n- **M-X2** MUST.', 'a.test.ts': cite('M-X1') }

  expect(check(files)).toEqual([`docs/protocol/x.md: no test cites ${cited('M-X2')}`])
})

test('one test may cite several numbers', () => {
  const files = { 'docs/protocol/x.md': '**M-X1** **M-X2**', 'a.test.ts': cite('M-X1', 'M-X2') }

  expect(check(files)).toEqual([])
})

test('a citation of a number that no page has is named, and so is a number given twice', () => {
  const files = { 'docs/protocol/x.md': '**M-X1** **M-X1**', 'a.test.ts': cite('M-X1', 'M-Y9') }

  expect(check(files)).toEqual([
    'docs/protocol/x.md: M-X1 is there twice',
    `a.test.ts: cites ${cited('M-Y9')}, which no page has`,
  ])
})

test('citations outside tests do not count', () => {
  expect(check({ 'PROTOCOL.md': '**M-X1**', 'a.ts': cite('M-X1') })).toHaveLength(1)
})
