/**
 * The journal of actions: what a NAC asked to be done, on the disk before it is promised.
 *
 * Each is handed to the console under its own id as often as it takes; the console
 * takes it once. What the console has taken, or refused for good, is done here.
 *
 * @module
 */
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs'
import { writeFailure, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'

export interface JournalledAction {
  readonly id: string
  readonly action: 'pin_lock' | 'corporate_wipe' | 'full_wipe' | 'message'
  readonly device: string
  readonly account: string
  readonly source: string
  readonly atMs: number
  readonly title?: string
  readonly body?: string
}

type Line = { readonly asked: JournalledAction } | { readonly settled: string; readonly outcome: string }

/** Beyond it the console has been away for long, and promising more would be dishonest. */
export const mostWaiting = 10_000

export class ActionJournal {
  readonly #path: string
  readonly #waiting = new Map<string, JournalledAction>()
  #lines = 0

  /** A line that was cut short was never promised, and is left out. */
  constructor(path: string, log: Log) {
    this.#path = path
    if (!existsSync(path)) return
    for (const text of readFileSync(path, 'utf8').split('\n')) {
      if (text === '') continue
      const line = readLine(text)
      if (line === undefined) log.warn('a line of the action journal cannot be read', { path })
      else this.#apply(line)
    }
  }

  get waiting(): readonly JournalledAction[] {
    return [...this.#waiting.values()]
  }

  /** @throws FILE_DISK_FULL, FILE_CANNOT_WRITE; then nothing was promised. */
  ask(...actions: readonly JournalledAction[]): void {
    this.#write(actions.map((asked) => ({ asked })))
  }

  settle(id: string, outcome: string): void {
    this.#write([{ settled: id, outcome }])
    // What is settled is history, and the console has it.
    if (this.#lines < 2000 + 3 * this.#waiting.size) return
    const left = this.waiting.map((asked) => JSON.stringify({ asked }))
    writeFileAtomic(this.#path, left.map((line) => `${line}\n`).join(''))
    this.#lines = left.length
  }

  #write(lines: readonly Line[]): void {
    try {
      const fd = openSync(this.#path, 'a', 0o600)
      try {
        appendFileSync(fd, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
    } catch (cause) {
      throw writeFailure(cause, this.#path)
    }
    for (const line of lines) this.#apply(line)
  }

  #apply(line: Line): void {
    this.#lines++
    if ('asked' in line) this.#waiting.set(line.asked.id, line.asked)
    else this.#waiting.delete(line.settled)
  }
}

function readLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<{ asked: JournalledAction; settled: string }>
    return typeof line.asked?.id === 'string' || typeof line.settled === 'string' ? (line as Line) : undefined
  } catch {
    return undefined
  }
}
