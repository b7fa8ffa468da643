/**
 * Cursors: searches that wait for somebody to ask for more.
 *
 * A server's paging cookie is good on its own connection only, so a cursor keeps the
 * connection. A minute, a few of them, and the oldest goes first.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import { directoryFailure } from '../contract.ts'
import type { Connection } from './connections.ts'
import type { SearchPosition } from './search-order.ts'

const keptMs = 60_000
/** One fewer than there are connections, so that a new search always finds room. */
const maxKept = 3

export interface Kept {
  readonly connection: Connection
  readonly position: SearchPosition
  /** What has to be the same in the request that goes on, the acting group included. */
  readonly request: unknown
}

export class Cursors {
  readonly #clock: Clock
  readonly #release: (connection: Connection) => void
  readonly #kept = new Map<string, { readonly kept: Kept; readonly timer: Timer }>()

  constructor(clock: Clock, release: (connection: Connection) => void) {
    this.#clock = clock
    this.#release = release
  }

  keep(kept: Kept): string {
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= maxKept && oldest.done !== true) this.#drop(oldest.value)
    const cursor = toHex(randomBytes(16))
    const timer = this.#clock.after(keptMs, () => this.#drop(cursor), { background: true })
    this.#kept.set(cursor, { kept, timer })
    return cursor
  }

  /** A cursor is good once. @throws DIRECTORY_CURSOR_GONE. */
  take(cursor: string, request: unknown): Kept {
    const found = this.#kept.get(cursor)
    if (found === undefined || !isDeepStrictEqual(found.kept.request, request)) throw directoryFailure('CURSOR_GONE')
    found.timer.cancel()
    this.#kept.delete(cursor)
    if (found.kept.connection.session.failure !== undefined) {
      this.#release(found.kept.connection)
      throw directoryFailure('CURSOR_GONE')
    }
    return found.kept
  }

  stop(): void {
    for (const cursor of this.#kept.keys()) this.#drop(cursor)
  }

  #drop(cursor: string): void {
    const found = this.#kept.get(cursor)
    if (found === undefined) return
    found.timer.cancel()
    this.#kept.delete(cursor)
    // The server still holds the search open; only closing tells it that nobody comes back.
    found.kept.connection.session.close()
    this.#release(found.kept.connection)
  }
}
