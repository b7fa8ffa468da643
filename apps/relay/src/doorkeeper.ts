/**
 * The doorkeeper: how many strangers may stand in the door, for how long, with how much.
 *
 * Everything before the proof counts against one deadline and one number of bytes,
 * whether it is TCP, TLS, HTTP or WebSocket: a stranger chooses at which of these it
 * wants to be slow. Who has proven itself is no longer the doorkeeper's business.
 *
 * @module
 */
import type { Socket } from 'node:net'
import { every, type Clock } from '@sallygate/base/clock'
import { limits } from '@sallygate/hop'
import type { Counters, TurnedAwayReason } from './counters.ts'
import { networkOf, offloader } from './network.ts'

const sweepMs = 250

export interface DoorkeeperOptions {
  readonly clock: Clock
  readonly counters: Counters
  readonly maxConnections: number
  readonly maxUnproven: number
  readonly maxUnprovenPerAddress: number
}

interface Visitor {
  readonly socket: Socket
  readonly address: string
  readonly deadlineMs: number
}

export class Doorkeeper {
  readonly #options: DoorkeeperOptions
  readonly #visitors = new Map<string, Visitor>()
  readonly #perAddress = new Map<string, number>()
  readonly #all = new Map<string, Socket>()
  /** Sockets between two requests of somebody who has proven itself. */
  readonly #resting = new Map<string, number>()
  readonly #sweep

  constructor(options: DoorkeeperOptions) {
    this.#options = options
    this.#sweep = every(options.clock, sweepMs, () => this.#turnOutOverdue())
  }

  /**
   * Lets a fresh socket in, or destroys it. A socket from the plain listener comes from
   * the offloader, so all of them share one address and only the global cap applies.
   */
  admit(socket: Socket, isOffloaded: boolean): boolean {
    const reason = this.#refusal(socket, isOffloaded)
    if (reason !== undefined) {
      this.#options.counters.turnedAway[reason]++
      socket.destroy()
      return false
    }
    const key = socketKey(socket)
    const address = isOffloaded ? offloader : networkOf(socket)
    const deadlineMs = this.#options.clock.monotonicMs() + limits.unprovenMs - sweepMs
    this.#visitors.set(key, { socket, address, deadlineMs })
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1)
    this.#all.set(key, socket)
    socket.once('close', () => {
      this.#all.delete(key)
      this.#resting.delete(key)
      this.#forget(key)
    })
    return true
  }

  /** The peer behind this socket (the TLS one or the raw one) is no stranger any more. */
  proven(key: string): void {
    this.#resting.delete(key)
    this.#forget(key)
  }

  /** A request of a peer is through, and its socket is kept for the next one, for a while. A stranger's stays a stranger's. */
  rest(key: string, ms: number): void {
    if (this.#all.has(key) && !this.#visitors.has(key)) {
      this.#resting.set(key, this.#options.clock.monotonicMs() + ms)
    }
  }

  get unproven(): number {
    return this.#visitors.size
  }

  get connections(): number {
    return this.#all.size
  }

  /** Closes every socket there is, proven or not. */
  stop(): void {
    this.#sweep.cancel()
    for (const socket of this.#all.values()) socket.destroy()
  }

  #refusal(socket: Socket, isOffloaded: boolean): TurnedAwayReason | undefined {
    const { maxConnections, maxUnproven, maxUnprovenPerAddress } = this.#options
    if (this.#all.size >= maxConnections) return 'connectionCap'
    if (this.#visitors.size >= maxUnproven) return 'unprovenCap'
    const standing = isOffloaded ? 0 : (this.#perAddress.get(networkOf(socket)) ?? 0)
    return standing >= maxUnprovenPerAddress ? 'addressCap' : undefined
  }

  #turnOutOverdue(): void {
    const nowMs = this.#options.clock.monotonicMs()
    for (const [key, deadlineMs] of this.#resting) if (nowMs >= deadlineMs) this.#all.get(key)?.destroy()
    for (const { socket, deadlineMs } of this.#visitors.values()) {
      // Raw bytes off the network: a handshake that never ends counts as much as a header that never does.
      const reason =
        nowMs >= deadlineMs ? 'tooLate' : socket.bytesRead > limits.unprovenBytes ? 'tooManyBytes' : undefined
      if (reason === undefined) continue
      this.#options.counters.turnedAway[reason]++
      socket.destroy()
    }
  }

  #forget(key: string): void {
    const visitor = this.#visitors.get(key)
    if (visitor === undefined) return
    this.#visitors.delete(key)
    const left = (this.#perAddress.get(visitor.address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(visitor.address, left)
    else this.#perAddress.delete(visitor.address)
  }
}

/** The same for a TLS socket and for the raw one under it; node shows no other public link between the two. */
export function socketKey(socket: Socket): string {
  return `${socket.remoteAddress ?? ''}|${socket.remotePort ?? 0}|${socket.localPort ?? 0}`
}
