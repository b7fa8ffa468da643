/**
 * The heartbeat of one session: asks when it is quiet, gives up when nothing answers.
 *
 * TCP alone reports a silent cut after many minutes, and a proxy may answer
 * WebSocket pings in the other end's place; so the pings are messages of our own.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Progress } from './wire.ts'

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly pingMs: number
  readonly deadMs: number
  /** How long the answer to a suspicion may take. */
  readonly suspectMs: number
  readonly progress: () => Progress
  readonly ping: () => void
  readonly silent: (silentMs: number) => void
}

/** Less than this in one look is no message on a slow link, but a proxy's own ping. */
const leastProgressBytes = 1024

export class Heartbeat {
  readonly #options: HeartbeatOptions
  #heardMs: number
  #seen: Progress
  #beat: Timer
  #suspicion: Timer | undefined
  #isStopped = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#heardMs = options.clock.monotonicMs()
    this.#seen = options.progress()
    this.#beat = options.clock.after(this.#pingWaitMs(), () => this.#look())
  }

  get silentMs(): number {
    return this.#options.clock.monotonicMs() - this.#heardMs
  }

  /** A whole frame has come. Cheap: the beat looks at the time when it is due. */
  heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs()
    this.#suspicion?.cancel()
    this.#suspicion = undefined
  }

  /** Something takes too long: ask at once, and give up early when nothing at all moves. */
  suspect(): void {
    if (this.#suspicion !== undefined || this.#isStopped) return
    this.#options.ping()
    this.#doubt(this.#options.progress())
  }

  stop(): void {
    this.#isStopped = true
    this.#beat.cancel()
    this.#suspicion?.cancel()
  }

  #look(): void {
    const { clock, pingMs, deadMs, progress, ping, silent } = this.#options
    const { silentMs } = this
    const seen = this.#seen
    this.#seen = progress()
    if (silentMs >= deadMs && !hasMoved(seen, this.#seen)) {
      silent(silentMs)
      return
    }
    const isQuiet = silentMs >= 0.9 * pingMs
    if (isQuiet) ping()
    const nextMs = isQuiet ? this.#pingWaitMs() : this.#pingWaitMs() - silentMs
    const untilDeadMs = deadMs - silentMs
    this.#beat = clock.after(untilDeadMs > 0 ? Math.min(nextMs, untilDeadMs) : nextMs, () => this.#look())
  }

  #doubt(seen: Progress): void {
    const { clock, suspectMs, progress, silent } = this.#options
    this.#suspicion = clock.after(suspectMs, () => {
      this.#suspicion = undefined
      const now = progress()
      if (hasMoved(seen, now)) this.#doubt(now)
      else silent(this.silentMs)
    })
  }

  #pingWaitMs(): number {
    return this.#options.pingMs * (0.9 + 0.2 * this.#options.random())
  }
}

/**
 * Whether the network has carried something, although no whole frame came.
 *
 * A 300 KiB frame at 256 kbit/s takes ten seconds. What we wrote counts only when it had to queue before: as long
 * as the system has room it also takes what goes into a dead connection.
 */
export function hasMoved(before: Progress, now: Progress): boolean {
  const read = now.readBytes - before.readBytes
  const written = before.bufferedBytes > 0 ? now.writtenBytes - before.writtenBytes : 0
  return read >= leastProgressBytes || written >= leastProgressBytes
}
