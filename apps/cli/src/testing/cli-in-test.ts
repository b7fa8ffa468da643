/**
 * The command as a shell sees it: what it prints on which stream, and its exit code. Imported only from tests.
 *
 * @module
 */
import { vi } from 'vitest'
import { main } from '../main.ts'

export interface Ran {
  readonly out: string
  readonly err: string
  readonly code: number
  /** What stands on standard output, as JSON. */
  // What is read from it is what the tests are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any
}

export async function runSallygate(...words: readonly string[]): Promise<Ran> {
  const said = { out: '', err: '' }
  const keep = (stream: 'out' | 'err') => (text: unknown) => {
    said[stream] += String(text)
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep('err')),
  ]
  const before = process.exitCode
  process.exitCode = undefined
  try {
    await main(words)
    const code = Number(process.exitCode ?? 0)
    return {
      ...said,
      code,
      get json() {
        return JSON.parse(said.out)
      },
    }
  } finally {
    process.exitCode = before
    for (const spy of spies) spy.mockRestore()
  }
}
