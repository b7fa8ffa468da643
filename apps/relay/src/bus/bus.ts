/**
 * The bus: how the nodes of one relay tell each other who is attached where, and pass cargo on.
 *
 * A port. Its adapters are `local-bus.ts` (nodes of one process, or a node alone) and
 * `tcp-bus.ts` (nodes that dial each other). A node that cannot be reached is not
 * there: nothing is stored for it, and it is told everything when it is back.
 *
 * @module
 */
import type { BusMessage } from './messages.ts'

/** Names a node; new at every start, so that what is known of an earlier run never counts. */
export type NodeId = string

export interface BusEvents {
  /** There is a way to this node now; it knows nothing of us yet. */
  reached(node: NodeId): void
  message(from: NodeId, message: BusMessage): void
  /** There is none any more, in one direction or the other. Whatever it said is void. */
  lost(node: NodeId): void
}

export interface Bus {
  readonly node: NodeId
  /** Nodes there is a way to. */
  readonly nodes: readonly NodeId[]
  listen(events: BusEvents): void
  /**
   * Hands a message to a node.
   *
   * @returns `full` when too much waits for it already, `away` when there is no way; then it is not sent.
   */
  send(to: NodeId, message: BusMessage): 'sent' | 'full' | 'away'
  stop(): void
}
