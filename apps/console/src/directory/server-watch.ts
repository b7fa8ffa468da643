/**
 * Which directory server each connector has in use, as its answers say: they all name the server, so nobody has to ask.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'

/** What is asked of the settings in force. What somebody tries out asks wherever they like. */
const telling = new Set(['directory.search', 'directory.authenticate', 'directory.syncStart', 'directory.syncPage'])

/** Two servers that take turns are told of once a minute. */
const quietMs = 60_000

export interface ServerSwitch {
  readonly instance: string
  readonly from: string
  readonly to: string
}

interface Known {
  readonly server: string
  readonly toldMs: number
}

export class DirectoryServerWatch {
  readonly #clock: Clock
  readonly #switched: (change: ServerSwitch) => void
  readonly #known = new Map<string, Known>()

  constructor(clock: Clock, switched: (change: ServerSwitch) => void) {
    this.#clock = clock
    this.#switched = switched
  }

  /** Of every answer of a connector. */
  heard(instance: string, operation: string, result: unknown): void {
    if (!telling.has(operation)) return
    const { server } = result as { readonly server?: unknown }
    if (typeof server !== 'string') return
    const known = this.#known.get(instance)
    if (known?.server === server) return
    const now = this.#clock.monotonicMs()
    if (known !== undefined && now - known.toldMs < quietMs) return
    // What is known of those that are long gone is let go, so that it never grows beyond them.
    if (known === undefined && this.#known.size >= mostKnown) this.#known.clear()
    this.#known.set(instance, { server, toldMs: known === undefined ? -Infinity : now })
    if (known !== undefined) this.#switched({ instance, from: known.server, to: server })
  }
}

const mostKnown = 10_000
