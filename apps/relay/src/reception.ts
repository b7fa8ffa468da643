/**
 * The reception: makes attachments of proven peers, keeps them ticking, and sees them out.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { every, sleep, type Clock, type Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { encodeFrame, type FrameNamed } from '@sallygate/hop'
import type { AdmissionBook } from './admission-book.ts'
import { Attachment } from './attachment.ts'
import { converse } from './conversation.ts'
import type { Counters } from './counters.ts'
import type { Proven } from './greeting.ts'
import type { GuestLane } from './guest-lane.ts'
import { between } from './jitter.ts'
import type { Line } from './line.ts'
import { WaitingRoom } from './mailbox.ts'
import { Roster } from './roster.ts'
import { Router } from './router.ts'

/** What times out at an attachment may do so a quarter of a second early, never late. */
const tickMs = 250

/** How long a hand-over waits for its successor to show. */
const awaitedMs = 2000

export interface ReceptionOptions {
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly book: AdmissionBook
  readonly guests: GuestLane
  readonly queueTotalMebibytes: number
  readonly sessionAge: number
  /** A console has brought a list that came into force. */
  readonly admissionChanged: () => void
}

export class Reception {
  readonly roster = new Roster()
  readonly room: WaitingRoom
  readonly #options: ReceptionOptions
  readonly router = new Router(this.roster)
  readonly #ticking: Timer
  readonly #awaited = new Map<string, () => void>()
  #everybodyLeft = () => {}

  constructor(options: ReceptionOptions) {
    this.#options = options
    this.room = new WaitingRoom(options.queueTotalMebibytes * 1024 * 1024)
    const { clock } = options
    this.#ticking = every(clock, tickMs, () => {
      const nowMs = clock.monotonicMs()
      for (const attachment of this.roster.locals()) attachment.tick(nowMs, tickMs)
    })
  }

  attach(line: Line, from: string, { address, publicKey, software }: Proven): void {
    const { clock, log, counters, book, guests } = this.#options
    const { roster, room } = this
    const id = toHex(randomBytes(8))
    const isGuest = address.role === 'guest'
    if (isGuest) guests.enter(from)
    const attachment = new Attachment({
      clock,
      counters,
      room,
      line,
      id,
      address,
      publicKey,
      ageMs: this.#options.sessionAge,
      heirOf: ({ route }) => roster.pick(route),
      ended: (ended, reason, left) => {
        if (isGuest) guests.leave(from)
        roster.remove(ended)
        this.router.reroute(left, clock.monotonicMs())
        log.info('attachment ended', { attachment: id, reason })
        if (roster.size === 0) this.#everybodyLeft()
      },
    })
    counters.attached++
    log.info('attached', { attachment: id, ...address, software, from })
    const { admissionChanged } = this.#options
    const handedOver = (old: Attachment, frame: FrameNamed<'handOver'>) => this.#handOver(old, frame)
    const parts = { counters, roster, router: this.router, book, admissionChanged, handedOver }
    line.listen(converse(attachment, parts))
    attachment.welcome()
    const surplus = roster.add(attachment)
    if (address.role === 'console') attachment.tell(roster.full())
    surplus?.tell({ type: 'goAway', afterMs: 0, reason: 'replaced' })
    surplus?.end('replaced', 1001)
  }

  /**
   * The peer goes on over another attachment: what waits here goes there. The signature is for the consoles; the answer
   * comes after everything else this attachment gets, so its peer knows that nothing is lost.
   */
  #handOver(attachment: Attachment, { successor, signature }: FrameNamed<'handOver'>): void {
    const { clock, counters } = this.#options
    const { group, instance, role } = attachment.address
    if (role === 'guest' || attachment.successor !== undefined) {
      counters.ignored.notForThisRole++
      return
    }
    attachment.successor = successor
    this.roster.markDraining(attachment)
    const told = encodeFrame({ type: 'handedOver', group, instance, attachment: attachment.id, successor, signature })
    this.roster.handedOver(attachment, told)
    this.#whenThere(attachment.route, successor, () => {
      this.router.reroute(attachment.takeWaiting(), clock.monotonicMs())
      attachment.tellEncoded(told)
    })
  }

  /** A successor at another node may be heard of a moment later than of the hand-over to it. */
  #whenThere(route: string, id: string, action: () => void): void {
    if (this.roster.has(route, id)) return action()
    const once = () => {
      late.cancel()
      this.#awaited.delete(id)
      action()
    }
    const late = this.#options.clock.after(awaitedMs, once, { background: true })
    this.#awaited.set(id, once)
  }

  /** Somebody has attached at another node. */
  arrived(id: string): void {
    this.#awaited.get(id)?.()
  }

  /** Ends whoever the book no longer admits. */
  cutUnadmitted(): void {
    for (const peer of this.roster.locals()) {
      if (peer.address.role === 'guest' || this.#options.book.admits(peer.address, peer.publicKey)) continue
      peer.refuse('notAdmitted', 'notAdmitted', 0)
    }
  }

  /** Sends everybody away, each at a time of its own, and returns when they have left or the window is over. */
  async seeOut(windowMs: number): Promise<void> {
    const { clock } = this.#options
    const left = new Promise<void>((resolve) => (this.#everybodyLeft = resolve))
    for (const peer of this.roster.locals()) {
      // The last ones still need time to stand elsewhere before the window is over.
      peer.tell({ type: 'goAway', afterMs: between(0, windowMs / 2), reason: 'stopping' })
    }
    const waited = new AbortController()
    if (this.roster.size > 0) {
      await Promise.race([left, sleep(clock, windowMs, waited.signal).catch(() => {})])
      waited.abort()
    }
    this.#ticking.cancel()
    const remaining = this.roster.locals()
    for (const peer of remaining) peer.end('stopping', 1001)
    // Long enough for a close frame to leave; a peer that does not answer it is not waited for.
    if (remaining.length > 0) await sleep(clock, 100)
  }

  /** Of a relay that did not come up. */
  stop(): void {
    this.#ticking.cancel()
  }
}
