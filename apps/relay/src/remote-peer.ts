/**
 * A peer that is attached at another node.
 *
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import { addressLayout, stampTtl, tokenOf, type Address, type AttachmentId } from '@sallygate/hop'
import type { Bus, NodeId } from './bus/bus.ts'
import type { BusMessageNamed, PresenceEntry } from './bus/messages.ts'
import { cargoDropReasons, type CargoDropReason, type Counters } from './counters.ts'
import type { Peer, Sender } from './peer.ts'

interface Around {
  readonly bus: Bus
  readonly counters: Counters
  readonly now: Date
}

export class RemotePeer implements Peer {
  readonly id: AttachmentId
  readonly address: Address
  readonly route: string
  readonly since: Date
  isDraining: boolean
  readonly #node: NodeId
  readonly #bus: Bus
  readonly #counters: Counters

  private constructor(entry: PresenceEntry, address: Address, node: NodeId, { bus, counters, now }: Around) {
    this.id = toHex(entry.attachment)
    this.address = address
    this.route = Buffer.from(entry.route).toString('latin1')
    this.since = new Date(now.getTime() - entry.ageMs)
    this.isDraining = entry.isDraining
    this.#node = node
    this.#bus = bus
    this.#counters = counters
  }

  /** @returns `undefined` for an address that is none. */
  static from(entry: PresenceEntry, node: NodeId, around: Around): RemotePeer | undefined {
    try {
      return new RemotePeer(entry, addressLayout.decode(entry.route), node, around)
    } catch {
      return undefined
    }
  }

  deliver(frame: Buffer, sender: Sender, ttlMs: number): 'taken' | CargoDropReason {
    stampTtl(frame, ttlMs)
    const result = this.#bus.send(this.#node, { type: 'cargo', sender: Buffer.from(sender.id, 'hex'), frame })
    if (result === 'away') return 'noSuchPeer'
    if (result === 'full') return 'busy'
    this.#counters.bus.sent++
    return 'taken'
  }

  undelivered(frame: Buffer, reason: CargoDropReason): void {
    this.#bus.send(this.#node, undeliveredMessage(this.id, tokenOf(frame), reason))
  }
}

export function undeliveredMessage(
  sender: AttachmentId,
  token: string,
  reason: CargoDropReason,
): BusMessageNamed<'undelivered'> {
  const code = cargoDropReasons.indexOf(reason)
  return { type: 'undelivered', sender: Buffer.from(sender, 'hex'), token: Buffer.from(token, 'hex'), reason: code }
}
