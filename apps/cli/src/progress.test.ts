import { afterEach, expect, test, vi } from 'vitest'
import { startProgress } from './progress.ts'

const was = { isTTY: process.stderr.isTTY, columns: process.stderr.columns }
afterEach(() => {
  vi.restoreAllMocks()
  Object.assign(process.stderr, was)
})

function shownOn(terminal: { readonly isTTY: boolean; readonly columns: number }): string {
  Object.assign(process.stderr, terminal)
  let said = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
  const progress = startProgress()
  progress.show('3 hops done, relay TLS')
  progress.show('4 hops done, relay status page, which answers slowly')
  progress.end()
  return said
}

test('a terminal shows one line at a time, no longer than it is wide, and nothing of it at the end', () => {
  const said = shownOn({ isTTY: true, columns: 30 })

  expect(said).toContain('3 hops done, relay TLS')
  expect(said).toContain('4 hops done, relay status pag')
  expect(said).not.toContain('page')
  expect(said).not.toContain('\n')
  expect(said.endsWith('\r\u001b[K')).toBe(true)
})

test('a log gets none of it', () => {
  expect(shownOn({ isTTY: false, columns: 80 })).toBe('')
})
