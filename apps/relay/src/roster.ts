/**
 * The roster: who is attached, here or at another node, and who carries the next cargo.
 *
 * Two attachments of one instance both stand in it: that is a hand-over or a cloned key,
 * and only the consoles, who are told, can say which.
 *
 * @module
 */
import { anyConsole, encodeFrame, limits, routeKey, type FrameNamed, type Role, type RosterEntry } from '@sallygate/hop'
import { Attachment } from './attachment.ts'
import type { Peer } from './peer.ts'

/** Make-before-break needs two, two banks doing so four. More is one key taking every place. */
const attachmentsPerInstance = 4
const anyConsoleRoute = routeKey(anyConsole)

/** Who hears of what happens to those attached here. */
export interface RosterWatch {
  joined(peer: Attachment): void
  left(peer: Attachment): void
  draining(peer: Attachment): void
  /** @param frame As consoles are told it. */
  handedOver(peer: Attachment, frame: Buffer): void
}

export class Roster {
  /** Oldest first. */
  readonly #byRoute = new Map<string, Peer[]>()
  readonly #locals = new Map<string, Attachment>()
  readonly #count: Record<Role, number> = { console: 0, connector: 0, guest: 0 }
  #consoleRoutes: string[] = []
  #watch: RosterWatch | undefined
  #turn = 0

  watch(watch: RosterWatch): void {
    this.#watch = watch
  }

  /** Attached here. */
  get size(): number {
    return this.#locals.size
  }

  /** Attached here. */
  count(role: Role): number {
    return this.#count[role]
  }

  /** Everybody attached here, as of now; the roster may change while a caller goes through them. */
  locals(): readonly Attachment[] {
    return [...this.#locals.values()]
  }

  local(id: string): Attachment | undefined {
    return this.#locals.get(id)
  }

  /** Whether this attachment of this instance is there, here or elsewhere. */
  has(route: string, id: string): boolean {
    return this.#byRoute.get(route)?.some((peer) => peer.id === id) === true
  }

  /** Those attached here. */
  #consoles(): readonly Attachment[] {
    return this.#count.console === 0
      ? []
      : this.#consoleRoutes.flatMap((route) => (this.#byRoute.get(route) ?? []).filter(isHere))
  }

  /** @returns The attachment that has to go because this instance has too many here. */
  add(peer: Peer): Attachment | undefined {
    const { route, address } = peer
    const siblings = this.#byRoute.get(route) ?? []
    // In the order they came to the relay, which need not be the one in which this node heard of them.
    const at = siblings.findLastIndex(({ since }) => since <= peer.since)
    siblings.splice(at + 1, 0, peer)
    this.#byRoute.set(route, siblings)
    if (address.role === 'console' && siblings.length === 1) this.#consoleRoutes.push(route)
    if (isHere(peer)) {
      this.#locals.set(peer.id, peer)
      this.#count[address.role]++
      this.#watch?.joined(peer)
    }
    this.#announce('joined', peer)
    const here = siblings.filter(isHere)
    return here.length > attachmentsPerInstance ? here[0] : undefined
  }

  remove(peer: Peer): void {
    const { route, address } = peer
    const siblings = this.#byRoute.get(route)
    const at = siblings?.indexOf(peer) ?? -1
    if (siblings === undefined || at < 0) return
    siblings.splice(at, 1)
    if (siblings.length === 0) {
      this.#byRoute.delete(route)
      this.#consoleRoutes = this.#consoleRoutes.filter((candidate) => candidate !== route)
    }
    if (isHere(peer)) {
      this.#locals.delete(peer.id)
      this.#count[address.role]--
      this.#watch?.left(peer)
    }
    this.#announce('left', peer)
  }

  markDraining(peer: Peer & { isDraining: boolean }): void {
    if (peer.isDraining) return
    peer.isDraining = true
    if (isHere(peer)) this.#watch?.draining(peer)
    this.#announce('draining', peer)
  }

  /** One that is attached here goes on as another, here or elsewhere. */
  handedOver(attachment: Attachment, frame: Buffer): void {
    this.#watch?.handedOver(attachment, frame)
    this.tellConsoles(attachment, frame)
  }

  /** Tells the consoles here something about a peer, besides that it came or went. */
  tellConsoles(about: Peer, frame: Buffer): void {
    if (!isListed(about)) return
    for (const console of this.#consoles()) if (console !== about) console.tellEncoded(frame)
  }

  /** The newest attachment that takes work; a draining one only when there is no other, since answers still go to it. */
  pick(route: string): Peer | undefined {
    return this.#pick(route, () => true)
  }

  /** The same, of those attached here. */
  pickHere(route: string): Attachment | undefined {
    return this.#pick(route, isHere) as Attachment | undefined
  }

  #pick(route: string, among: (peer: Peer) => boolean): Peer | undefined {
    if (route !== anyConsoleRoute) return newest(this.#byRoute.get(route) ?? [], among)
    const turn = this.#turn++
    const routes = this.#consoleRoutes
    let leaving: Peer | undefined
    for (let step = 0; step < routes.length; step++) {
      const found = newest(this.#byRoute.get(routes[(turn + step) % routes.length] ?? '') ?? [], among)
      if (found?.isDraining === false) return found
      leaving ??= found
    }
    return leaving
  }

  full(): FrameNamed<'roster'> {
    const entries = [...this.#byRoute.values()].flat().filter(isListed).map(entryOf)
    return { type: 'roster', entries: entries.slice(0, limits.rosterEntries) }
  }

  #announce(event: FrameNamed<'rosterChange'>['event'], peer: Peer): void {
    if (!isListed(peer) || this.#count.console === 0) return
    this.tellConsoles(peer, encodeFrame({ type: 'rosterChange', event, entry: entryOf(peer) }))
  }
}

const isHere = (peer: Peer): peer is Attachment => peer instanceof Attachment

/** Guests come and go in seconds; a console learns of one when it says something. */
function isListed(peer: Peer): boolean {
  return peer.address.role !== 'guest'
}

function newest(peers: readonly Peer[], among: (peer: Peer) => boolean): Peer | undefined {
  return peers.findLast((peer) => !peer.isDraining && among(peer)) ?? peers.findLast(among)
}

function entryOf(peer: Peer): RosterEntry {
  const { address, id, since, isDraining } = peer
  return { ...address, attachment: id, since, isDraining }
}
