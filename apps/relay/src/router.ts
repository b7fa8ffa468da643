/**
 * The router: which cargo may go where, and what its sender is told when it cannot.
 *
 * It reads addresses, a token and a time to live. Cargo is bytes.
 *
 * @module
 */
import { cargoLength, cargoShape, limits, receiverRole, routeOf, stampSender, ttlOf, type Role } from '@sallygate/hop'
import type { Attachment } from './attachment.ts'
import type { CargoDropReason } from './counters.ts'
import type { Letter } from './mailbox.ts'
import type { Sender } from './peer.ts'
import type { Roster } from './roster.ts'

/** Who may send to whom. Connectors never meet: one that is broken into reaches no other through the relay. */
const fences: Readonly<Record<Role, ReadonlySet<Role>>> = {
  console: new Set<Role>(['connector', 'guest']),
  connector: new Set<Role>(['console']),
  guest: new Set<Role>(['console']),
}

export class Router {
  readonly #roster: Roster
  constructor(roster: Roster) {
    this.#roster = roster
  }

  /** Passes one cargo frame on, or tells its sender why not. A sender that breaks the rules of frames is ended. */
  route(sender: Attachment, frame: Buffer): void {
    const shape = cargoShape(frame)
    if (shape === 'malformed') return sender.refuse('badFrame', 'badFrame', 0)
    const { role } = sender.address
    if (role === 'guest' && ++sender.sent > limits.guestCargos) return sender.refuse('spent', 'spent', 0)
    const reason = shape === 'tooLarge' ? 'tooLarge' : this.#refusal(role, frame)
    if (reason !== undefined) return sender.undelivered(frame, reason)
    stampSender(frame, sender.senderBytes)
    this.#hand(frame, sender, ttlOf(frame))
  }

  /** What waited for an attachment that is gone was never handed to the network, so another of the instance may have it. */
  reroute(letters: readonly Letter<Sender>[], nowMs: number): void {
    for (const { frame, sender, dueMs } of letters) {
      const leftMs = Math.floor(dueMs - nowMs)
      if (leftMs <= 0) sender.undelivered(frame, 'expired')
      else this.#hand(frame, sender, leftMs)
    }
  }

  #refusal(role: Role, frame: Buffer): CargoDropReason | undefined {
    const to = receiverRole(frame)
    if (to === undefined || !fences[role].has(to)) return 'notAllowed'
    if (role === 'guest' && cargoLength(frame) > limits.guestCargoBytes) return 'tooLarge'
    return ttlOf(frame) === 0 ? 'expired' : undefined
  }

  /** A cargo from another node, which has been routed there: whoever it is for is attached here, or has just left. */
  handHere(frame: Buffer, sender: Sender, ttlMs: number): void {
    const shape = cargoShape(frame)
    const receiver = shape === 'whole' ? this.#roster.pickHere(routeOf(frame)) : undefined
    const result = receiver?.deliver(frame, sender, ttlMs) ?? 'noSuchPeer'
    if (result !== 'taken') sender.undelivered(frame, result)
  }

  #hand(frame: Buffer, sender: Sender, ttlMs: number): void {
    const receiver = this.#roster.pick(routeOf(frame))
    const result = receiver?.deliver(frame, sender, ttlMs) ?? 'noSuchPeer'
    if (result !== 'taken') sender.undelivered(frame, result)
  }
}
