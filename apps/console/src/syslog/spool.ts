/**
 * The spool of one target: what of the stream waits for it, how much room that takes, and what is dropped beyond it.
 *
 * Nothing is copied: the stream is the spool, and a target has its place in it. Three places, to be
 * exact: up to `confirmed` the collector has certainly read, up to `sent` it was written, up to
 * `counted` it is known what waits. Only the first is on the disk.
 *
 * @module
 */
import type { SyslogEvent } from '@sallygate/service-syslog/contract'
import type { Store } from '@sallygate/store'
import { wants, type Wanting } from './filter.ts'
import { eventOf } from './message.ts'

interface Place {
  readonly position: number
  readonly sequence: number
}

export interface Batch {
  readonly events: readonly SyslogEvent[]
  /** Where the stream was read up to; what lies between and is not in `events` is not for this target. */
  readonly scanned: number
}

export interface SpoolLimits {
  readonly events: number
  readonly bytes: number
}

const togetherRows = 500
const togetherOutlines = 5000
/** After dropping there is room for a while, so that not every event drops one. */
const roomAfterDrop = 0.9

export class Spool {
  readonly #feed: Store['syslogFeed']
  #confirmed: Place
  #sent: Place
  #counted: number
  #waiting = { events: 0, bytes: 0 }

  constructor(feed: Store['syslogFeed'], at: Place) {
    this.#feed = feed
    this.#confirmed = at
    this.#sent = at
    this.#counted = at.position
  }

  get confirmed(): Place {
    return this.#confirmed
  }

  get unconfirmed(): number {
    return this.#sent.sequence - this.#confirmed.sequence
  }

  /** After `confirmed`, sent or not. */
  get waiting(): { readonly events: number; readonly bytes: number } {
    return this.#waiting
  }

  /** Takes note of what has come since. */
  async count(wanting: Wanting): Promise<void> {
    for (;;) {
      const rows = await this.#feed.outline(this.#counted, togetherOutlines)
      const mine = rows.filter((row) => wants(wanting, row))
      this.#waiting = {
        events: this.#waiting.events + mine.length,
        bytes: mine.reduce((sum, { bytes }) => sum + bytes, this.#waiting.bytes),
      }
      this.#counted = rows.at(-1)?.number ?? this.#counted
      if (rows.length < togetherOutlines) return
    }
  }

  /** The next that were not sent. */
  async next(wanting: Wanting, limits: SpoolLimits): Promise<Batch> {
    const events: SyslogEvent[] = []
    let { position, sequence } = this.#sent
    let bytes = 0
    for (;;) {
      const rows = await this.#feed.after(position, togetherRows)
      for (const row of rows) {
        // What has come since it was counted is not known to fit.
        if (row.number > this.#counted) return { events, scanned: position }
        if (wants(wanting, row)) {
          if (events.length >= limits.events || (events.length > 0 && bytes + row.bytes > limits.bytes))
            return { events, scanned: position }
          bytes += row.bytes
          events.push(eventOf(row, ++sequence))
        }
        position = row.number
      }
      if (rows.length < togetherRows) return { events, scanned: position }
    }
  }

  sentUpTo({ events, scanned }: Batch): void {
    this.#sent = { position: scanned, sequence: this.#sent.sequence + events.length }
  }

  /** What was sent may not have arrived. @returns how many will be sent again. */
  rewind(): number {
    const again = this.unconfirmed
    this.#sent = this.#confirmed
    return again
  }

  /** Everything sent up to now has arrived. @returns how many that are. */
  async confirm(wanting: Wanting): Promise<number> {
    const arrived = this.unconfirmed
    await this.#forget(wanting, this.#sent)
    return arrived
  }

  /** Drops the oldest until what waits fits. @returns how many were dropped. */
  async fit(wanting: Wanting, room: number): Promise<number> {
    if (this.#waiting.bytes <= room) return 0
    let { position, sequence } = this.#confirmed
    let bytes = this.#waiting.bytes
    while (bytes > room * roomAfterDrop) {
      const rows = await this.#feed.outline(position, togetherRows)
      if (rows.length === 0) break
      for (const row of rows) {
        if (bytes <= room * roomAfterDrop) break
        position = row.number
        if (!wants(wanting, row)) continue
        sequence++
        bytes -= row.bytes
      }
    }
    const dropped = sequence - this.#confirmed.sequence
    await this.#forget(wanting, { position, sequence })
    return dropped
  }

  /** A target that is off, or that nothing before is for: it goes on from here. */
  skipTo(position: number): void {
    this.#confirmed = { position, sequence: this.#confirmed.sequence }
    this.#sent = this.#confirmed
    this.#counted = position
    this.#waiting = { events: 0, bytes: 0 }
  }

  async #forget(wanting: Wanting, to: Place): Promise<void> {
    let at = this.#confirmed.position
    const gone = { events: to.sequence - this.#confirmed.sequence, bytes: 0 }
    while (at < to.position && gone.events > 0) {
      const rows = (await this.#feed.outline(at, togetherRows)).filter(({ number }) => number <= to.position)
      for (const row of rows) if (wants(wanting, row)) gone.bytes += row.bytes
      if (rows.length < togetherRows) break
      at = rows.at(-1)?.number ?? to.position
    }
    this.#waiting = {
      events: Math.max(0, this.#waiting.events - gone.events),
      bytes: Math.max(0, this.#waiting.bytes - gone.bytes),
    }
    this.#confirmed = to
    if (this.#sent.position < to.position) this.#sent = to
    this.#counted = Math.max(this.#counted, to.position)
  }
}
