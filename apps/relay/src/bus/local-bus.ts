/**
 * A bus inside one process: for a node that is alone, and for several in one test.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Bus, BusEvents, NodeId } from './bus.ts'
import { decodeMessage, encodeMessage, type BusMessage } from './messages.ts'

/** What connects the nodes. Can be cut, as a network can. */
export class LocalNetwork {
  readonly #nodes = new Map<NodeId, BusEvents>()
  readonly #cut = new Set<string>()

  join(): Bus {
    const node = toHex(randomBytes(8))
    const others = () => [...this.#nodes.keys()].filter((other) => other !== node && this.#isOpen(node, other))
    return {
      node,
      get nodes() {
        return others()
      },
      listen: (events) => {
        this.#nodes.set(node, events)
        for (const other of others()) this.#meet(node, other)
      },
      send: (to, message) => this.#send(node, to, message),
      stop: () => {
        const left = others()
        this.#nodes.delete(node)
        for (const other of left) this.#nodes.get(other)?.lost(node)
      },
    }
  }

  /** Nothing passes between these two any more, until it is healed. */
  split(one: NodeId, other: NodeId): void {
    this.#cut.add(pairOf(one, other))
    this.#nodes.get(one)?.lost(other)
    this.#nodes.get(other)?.lost(one)
  }

  heal(one: NodeId, other: NodeId): void {
    this.#cut.delete(pairOf(one, other))
    this.#meet(one, other)
  }

  #meet(one: NodeId, other: NodeId): void {
    this.#nodes.get(one)?.reached(other)
    this.#nodes.get(other)?.reached(one)
  }

  #isOpen(one: NodeId, other: NodeId): boolean {
    return !this.#cut.has(pairOf(one, other))
  }

  #send(from: NodeId, to: NodeId, message: BusMessage): 'sent' | 'away' {
    if (!this.#nodes.has(to) || !this.#isOpen(from, to)) return 'away'
    // As over a wire: a copy, later, and whole.
    const encoded = encodeMessage(message)
    setImmediate(() => {
      if (this.#isOpen(from, to)) this.#nodes.get(to)?.message(from, decodeMessage(encoded))
    })
    return 'sent'
  }
}

const pairOf = (one: NodeId, other: NodeId) => [one, other].toSorted().join(' ')
