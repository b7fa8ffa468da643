/**
 * Known nodes: addresses from which somebody proved who he is, remembered over a restart.
 *
 * Whoever has just started knows nobody, and every password has to be checked anew; while
 * somebody guesses from everywhere, policy nodes would stand in line with him. They stand in
 * a line of their own. Addresses only: nothing here proves anything.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { Clock } from '@sallygate/base/clock'
import { readPrivateFile, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'

const mostKept = 500
const keptMs = 30 * 86_400_000
/** How old what is on the disk may be; a node asks many times a minute. */
const stampMs = 3_600_000
const saveEveryMs = 10_000

export interface KnownNodesParts {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
}

export class KnownNodes {
  readonly #parts: KnownNodesParts
  /** By address: when it was last known, on the wall clock. The one not seen for longest is first. */
  readonly #nodes = new Map<string, number>()
  #isChanged = false
  #savedMs = -Infinity

  constructor(parts: KnownNodesParts) {
    this.#parts = parts
    for (const [address, atMs] of read(parts)) this.#nodes.set(address, atMs)
  }

  has(address: string): boolean {
    const atMs = this.#nodes.get(address)
    return atMs !== undefined && this.#parts.clock.now().getTime() - atMs < keptMs
  }

  /** Somebody proved himself from there. */
  seen(address: string): void {
    const nowMs = this.#parts.clock.now().getTime()
    const before = this.#nodes.get(address)
    if (before !== undefined && Math.abs(nowMs - before) < stampMs) return
    this.#nodes.delete(address)
    this.#nodes.set(address, nowMs)
    for (const oldest of this.#nodes.keys()) {
      if (this.#nodes.size <= mostKept) break
      this.#nodes.delete(oldest)
    }
    this.#isChanged = true
    if (this.#parts.clock.monotonicMs() - this.#savedMs >= saveEveryMs) this.save()
  }

  /** A disk that is full costs a line in the log and, after a restart, a place in the line. */
  save(): void {
    if (!this.#isChanged) return
    const { path, clock, log } = this.#parts
    this.#savedMs = clock.monotonicMs()
    try {
      writeFileAtomic(path, `${JSON.stringify([...this.#nodes])}\n`)
      this.#isChanged = false
    } catch (error) {
      log.warn('known policy nodes not written', { error })
    }
  }
}

/** What cannot be read is nobody. */
function read({ path, log }: KnownNodesParts): readonly (readonly [string, number])[] {
  if (!existsSync(path)) return []
  try {
    const content: unknown = JSON.parse(readPrivateFile(path).toString('utf8'))
    if (!Array.isArray(content)) return []
    return content.slice(-mostKept).filter(isNode)
  } catch (error) {
    log.warn('known policy nodes not read', { error })
    return []
  }
}

function isNode(one: unknown): one is readonly [string, number] {
  return Array.isArray(one) && typeof one[0] === 'string' && Number.isSafeInteger(one[1])
}
