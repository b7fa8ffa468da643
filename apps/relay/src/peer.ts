/**
 * A peer as routing sees it: attached here, or at another node of the relay.
 *
 * @module
 */
import type { Address, AttachmentId } from '@sallygate/hop'
import type { CargoDropReason } from './counters.ts'

/** Whoever sent a cargo, to be told when it does not arrive. */
export interface Sender {
  readonly id: AttachmentId
  undelivered(frame: Buffer, reason: CargoDropReason): void
}

export interface Peer extends Sender {
  readonly address: Address
  /** `routeKey` of the address. */
  readonly route: string
  /** By the clock of this node. */
  readonly since: Date
  readonly isDraining: boolean
  /** Takes a whole cargo frame, already stamped with its sender. */
  deliver(frame: Buffer, sender: Sender, ttlMs: number): 'taken' | CargoDropReason
}
