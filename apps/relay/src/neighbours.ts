/**
 * The neighbours: what the other nodes of this relay have, and what they are told of ours.
 *
 * A peer that is attached elsewhere stands in the roster like one that is attached here;
 * only what is handed to it takes one step more. A node that is lost takes its peers along.
 *
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { tokenOf, ttlOf, type AttachmentId } from '@sallygate/hop'
import type { AdmissionBook } from './admission-book.ts'
import type { Attachment } from './attachment.ts'
import type { Bus, NodeId } from './bus/bus.ts'
import type { BusMessage, BusMessageNamed, PresenceEntry } from './bus/messages.ts'
import { cargoDropReasons, type CargoDropReason, type Counters } from './counters.ts'
import type { Peer, Sender } from './peer.ts'
import { RemotePeer, undeliveredMessage } from './remote-peer.ts'
import type { Roster } from './roster.ts'
import type { Router } from './router.ts'

export interface NeighboursOptions {
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly roster: Roster
  readonly router: Router
  readonly book: AdmissionBook
  /** Somebody has attached at another node. */
  readonly arrived: (id: AttachmentId) => void
  /** A list of another node came into force here. */
  readonly admissionChanged: () => void
  /** What is about a long-poll. */
  readonly poll: (from: NodeId, message: BusMessageNamed<'pollAsk' | 'pollAnswer'>) => void
}

export class Neighbours {
  readonly #options: NeighboursOptions
  readonly #byNode = new Map<NodeId, Map<AttachmentId, RemotePeer>>()
  /** Number of the list that the others have been told. */
  #toldNumber = 0

  constructor(options: NeighboursOptions) {
    this.#options = options
  }

  /** From now on the others hear of us, and we of them. */
  start(): void {
    const { bus, roster } = this.#options
    roster.watch({
      joined: (peer) => this.#tell({ type: 'joined', entry: this.#entryOf(peer) }),
      left: (peer) => this.#tell({ type: 'left', attachment: idOf(peer) }),
      draining: (peer) => this.#tell({ type: 'draining', attachment: idOf(peer) }),
      handedOver: (peer, frame) => this.#tell({ type: 'handedOver', attachment: idOf(peer), frame }),
    })
    bus.listen({
      reached: (node) => this.#introduce(node),
      message: (node, message) => this.#receive(node, message),
      lost: (node) => this.#lose(node),
    })
  }

  get nodes(): number {
    return this.#options.bus.nodes.length
  }

  get peers(): number {
    return [...this.#byNode.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** A console has brought a list, or one was read from the disk. */
  admissionChanged(): void {
    const { signed, number } = this.#options.book
    if (signed === undefined || number === this.#toldNumber) return
    this.#toldNumber = number
    this.#tell({ type: 'admission', signed })
  }

  #introduce(node: NodeId): void {
    const { bus, roster, book } = this.#options
    bus.send(node, { type: 'presence', entries: roster.locals().map((peer) => this.#entryOf(peer)) })
    if (book.signed !== undefined) bus.send(node, { type: 'admission', signed: book.signed })
  }

  #tell(message: BusMessage): void {
    for (const node of this.#options.bus.nodes) this.#options.bus.send(node, message)
  }

  #receive(node: NodeId, message: BusMessage): void {
    const { roster, counters } = this.#options
    const known = this.#byNode.get(node)
    switch (message.type) {
      case 'presence':
        this.#lose(node)
        for (const entry of message.entries) this.#join(node, entry)
        return
      case 'joined':
        return this.#join(node, message.entry)
      case 'left':
        return this.#leave(node, toHex(message.attachment))
      case 'draining': {
        const peer = known?.get(toHex(message.attachment))
        if (peer !== undefined) roster.markDraining(peer)
        return
      }
      case 'handedOver': {
        const peer = known?.get(toHex(message.attachment))
        if (peer !== undefined) roster.tellConsoles(peer, Buffer.from(message.frame))
        return
      }
      case 'cargo':
        counters.bus.received++
        return this.#deliver(node, message)
      case 'undelivered':
        return this.#undelivered(message)
      case 'admission':
        return this.#admit(message.signed)
      case 'pollAsk':
      case 'pollAnswer':
        return this.#options.poll(node, message)
      case 'hello':
      case 'ping':
      case 'pong':
        // Between the links themselves.
        return
    }
  }

  #join(node: NodeId, entry: PresenceEntry): void {
    const { bus, clock, counters, roster } = this.#options
    const of = this.#byNode.get(node) ?? new Map<AttachmentId, RemotePeer>()
    this.#byNode.set(node, of)
    const peer = RemotePeer.from(entry, node, { bus, counters, now: clock.now() })
    if (peer === undefined || of.has(peer.id)) return
    of.set(peer.id, peer)
    roster.add(peer)
    this.#options.arrived(peer.id)
  }

  #leave(node: NodeId, id: AttachmentId): void {
    const of = this.#byNode.get(node)
    const peer = of?.get(id)
    if (peer === undefined) return
    of?.delete(id)
    this.#options.roster.remove(peer)
  }

  #lose(node: NodeId): void {
    const of = this.#byNode.get(node)
    this.#byNode.delete(node)
    for (const peer of of?.values() ?? []) this.#options.roster.remove(peer)
  }

  /** Only to who is attached here: a cargo goes over the bus once. */
  #deliver(node: NodeId, { sender, frame }: BusMessageNamed<'cargo'>): void {
    const { bus, router } = this.#options
    const from: Sender = {
      id: toHex(sender),
      undelivered: (cargo, reason) => void bus.send(node, undeliveredMessage(toHex(sender), tokenOf(cargo), reason)),
    }
    const whole = Buffer.from(frame)
    router.handHere(whole, from, ttlOf(whole))
  }

  #undelivered({ sender, token, reason }: BusMessageNamed<'undelivered'>): void {
    const { roster, counters } = this.#options
    const word: CargoDropReason = cargoDropReasons[reason] ?? 'noSuchPeer'
    const attachment: Attachment | undefined = roster.local(toHex(sender))
    if (attachment === undefined) counters.cargoDropped.senderGone++
    else attachment.tellUndelivered(toHex(token), word)
  }

  #admit(signed: Uint8Array): void {
    const { book, log } = this.#options
    const before = book.number
    book.receive(signed, 'another node')
    if (book.number === before) return
    log.info('admission list of another node', { number: book.number })
    this.#options.admissionChanged()
  }

  #entryOf(peer: Peer): PresenceEntry {
    const ageMs = Math.max(0, Math.min(0xffff_ffff, this.#options.clock.now().getTime() - peer.since.getTime()))
    return { route: Buffer.from(peer.route, 'latin1'), attachment: idOf(peer), ageMs, isDraining: peer.isDraining }
  }
}

const idOf = (peer: Peer) => Buffer.from(peer.id, 'hex')
