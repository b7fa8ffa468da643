/**
 * Cursors of a sync: readings that wait for somebody to fetch what comes next.
 *
 * While a chunk travels the next one is read. An answer that was lost on its way is given
 * once more; a cursor nobody comes back for is gone after a minute, connection and all.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import { serviceFailure, startTrace, type OperationContext } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import type { Connection } from './connections.ts'
import type { Chunk, SyncReader } from './sync-reader.ts'

const keptMs = 60_000
/** Of groups that share this connector; as many as there are connections for it. */
const maxKept = 4

export interface Reading<Answer> {
  readonly reader: SyncReader
  readonly connection: Connection
  /** What has to be the same in the request that goes on, the acting group included. */
  readonly request: unknown
  /** The answer in which the cursor was given; the one before it can be asked for again. */
  last: { readonly cursor: string; readonly answer: Answer } | undefined
}

interface Kept<Answer> {
  readonly reading: Reading<Answer>
  readonly ahead: Promise<Chunk>
  readonly controller: AbortController
  timer: Timer
}

export class SyncCursors<Answer> {
  readonly #clock: Clock
  readonly #release: (connection: Connection) => void
  readonly #kept = new Map<string, Kept<Answer>>()

  constructor(clock: Clock, release: (connection: Connection) => void) {
    this.#clock = clock
    this.#release = release
  }

  /** Begins to read on. @returns the cursor. */
  keep(reading: Reading<Answer>, context: OperationContext): string {
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= maxKept && oldest.done !== true) this.#drop(oldest.value)
    const cursor = toHex(randomBytes(16))
    const controller = new AbortController()
    const ahead = reading.reader.chunk(aheadOf(context, this.#clock, controller.signal))
    // It is for whoever comes back to hear of it.
    ahead.catch(() => {})
    const timer = this.#clock.after(keptMs, () => this.#drop(cursor), { background: true })
    this.#kept.set(cursor, { reading, ahead, controller, timer })
    return cursor
  }

  /**
   * What was read ahead, or once more the answer that was lost.
   *
   * @throws DIRECTORY_CURSOR_GONE, and what kept the next chunk from being read.
   */
  async take(
    cursor: string,
    request: unknown,
    context: OperationContext,
  ): Promise<{ readonly reading: Reading<Answer>; readonly chunk: Chunk } | { readonly again: Answer }> {
    const kept = this.#kept.get(cursor)
    if (kept === undefined) {
      for (const { reading } of this.#kept.values()) {
        if (reading.last?.cursor === cursor && isDeepStrictEqual(reading.request, request))
          return { again: reading.last.answer }
      }
      throw directoryFailure('CURSOR_GONE')
    }
    if (!isDeepStrictEqual(kept.reading.request, request)) throw directoryFailure('CURSOR_GONE')
    kept.timer.cancel()
    this.#kept.delete(cursor)
    const leave = () => kept.controller.abort(serviceFailure('DEADLINE'))
    if (context.signal.aborted) leave()
    context.signal.addEventListener('abort', leave, { once: true })
    try {
      return { reading: kept.reading, chunk: await kept.ahead }
    } catch (error) {
      this.#release(kept.reading.connection)
      throw error
    } finally {
      context.signal.removeEventListener('abort', leave)
    }
  }

  stop(): void {
    for (const cursor of this.#kept.keys()) this.#drop(cursor)
  }

  #drop(cursor: string): void {
    const kept = this.#kept.get(cursor)
    if (kept === undefined) return
    this.#kept.delete(cursor)
    kept.timer.cancel()
    kept.controller.abort(directoryFailure('CURSOR_GONE'))
    kept.reading.connection.session.close()
    this.#release(kept.reading.connection)
  }
}

/** Of nobody's request: it has as long as the cursor has. */
function aheadOf(context: OperationContext, clock: Clock, signal: AbortSignal): OperationContext {
  const endsMs = clock.monotonicMs() + keptMs
  return {
    ...context,
    signal,
    remainingMs: () => Math.max(0, endsMs - clock.monotonicMs()),
    trace: startTrace(clock),
  }
}
