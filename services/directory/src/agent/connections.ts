/**
 * Connections bound with the service account: a few, shared, none of them old.
 *
 * One search at a time on each. Binds of users never come here: a connection that
 * was somebody else a moment ago is how one person's rights end up with another.
 *
 * @module
 */
import type { OperationContext } from '@sallygate/service-kit'
import { serviceFailure } from '@sallygate/service-kit'
import { within } from './deadline.ts'
import { dialAndBind, type Dialed, type Dialer } from './dial.ts'
import type { ServerList } from './servers.ts'

/** A connector serves one group: four searches side by side keep its directory busy enough. */
const maxOpen = 4
/** So that a changed password, address or certificate is noticed. */
const maxAgeMs = 10 * 60_000

export interface Connection extends Dialed {
  readonly openedMs: number
  /** It was used before: the server may have closed it without our knowing yet. */
  isReused: boolean
}

export class Connections {
  readonly #dialer: Dialer
  readonly #servers: ServerList
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  readonly #waiting = new Set<() => void>()
  #opening = 0
  #isStopped = false

  constructor(dialer: Dialer, servers: ServerList) {
    this.#dialer = dialer
    this.#servers = servers
  }

  /** For showing. */
  get counts(): { readonly open: number; readonly idle: number; readonly most: number; readonly waiting: number } {
    return { open: this.openCount, idle: this.#idle.length, most: maxOpen, waiting: this.#waiting.size }
  }

  /** Open connections to one server. */
  openTo(label: string): number {
    return [...this.#open].filter((one) => one.label === label).length
  }

  get openCount(): number {
    return this.#open.size + this.#opening
  }

  /** Give it back with `release`, whatever happened to it. */
  async take(context: OperationContext): Promise<Connection> {
    for (;;) {
      if (this.#isStopped) throw serviceFailure('STOPPED')
      // Connections are shared for minutes: a preferred server that is back would not be noticed before a new one is made.
      this.#servers.lookForBetter()
      const idle = this.#takeIdle()
      if (idle !== undefined) return idle
      if (this.openCount < maxOpen) return this.#dial(context)
      await this.#turn(context)
    }
  }

  release(connection: Connection): void {
    if (this.#isStopped || this.#isPast(connection) || connection.session.isBusy) {
      connection.session.close()
      this.#open.delete(connection)
    } else {
      connection.isReused = true
      this.#idle.push(connection)
    }
    this.#wake()
  }

  stop(): void {
    this.#isStopped = true
    for (const { session } of this.#open) session.destroy(serviceFailure('STOPPED'))
    this.#open.clear()
    this.#idle.length = 0
    for (const wake of this.#waiting) wake()
  }

  #takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined) return undefined
      if (!this.#isPast(connection)) return connection
      connection.session.close()
      this.#open.delete(connection)
    }
  }

  /** Old, broken, or to a server that is not the one in use any more. */
  #isPast({ openedMs, label, session }: Connection): boolean {
    if (session.failure !== undefined || this.#now() - openedMs > maxAgeMs) return true
    const current = this.#servers.current?.label
    return current !== undefined && current !== label
  }

  async #dial(context: OperationContext): Promise<Connection> {
    this.#dialer.bindRest?.check()
    this.#opening++
    try {
      const dialed = await this.#servers.reach(context, (server) => dialAndBind(this.#dialer, server, context))
      const connection: Connection = { ...dialed, openedMs: this.#now(), isReused: false }
      if (this.#isStopped) {
        dialed.session.destroy(undefined)
        throw serviceFailure('STOPPED')
      }
      this.#open.add(connection)
      return connection
    } finally {
      this.#opening--
      this.#wake()
    }
  }

  /** Until another operation is done with its connection. */
  #turn(context: OperationContext): Promise<void> {
    return within(this.#dialer.host.clock, context, this.#dialer.plan.settings.operationTimeoutMs, (signal) => {
      return new Promise<void>((resolve, reject) => {
        const wake = () => {
          this.#waiting.delete(wake)
          resolve()
        }
        this.#waiting.add(wake)
        signal.addEventListener('abort', () => {
          this.#waiting.delete(wake)
          reject(signal.reason as Error)
        })
      })
    })
  }

  #wake(): void {
    for (const wake of this.#waiting) {
      wake()
      return
    }
  }

  #now(): number {
    return this.#dialer.host.clock.monotonicMs()
  }
}
