/**
 * A sender: brings one target what waits for it, batch by batch, and never goes further than is certain.
 *
 * Targets know nothing of each other: each has a sender, a place in the stream and a back-off of
 * its own. A batch is one call through a connector; connections live there, so as long as something is
 * unconfirmed the same connector is asked, and when that one cannot be, everything since the last certain
 * place is sent again.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { mostBatchBytes, mostBatchEvents, type DeliverResult } from '@sallygate/service-syslog/contract'
import type { Store, SyslogTargetRow } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import type { Events } from '../events/events.ts'
import { Bell } from './bell.ts'
import type { Wanting } from './filter.ts'
import { Tally, type KeptCounts } from './kept-counts.ts'
import { KeptPlace } from './kept-place.ts'
import { Outage } from './outage.ts'
import type { TargetSettings, TargetState } from './schema.ts'
import { Spool, type Batch } from './spool.ts'
import { TargetNews } from './target-news.ts'
import { targetStanding } from './target-standing.ts'

export interface SenderParts {
  readonly store: Pick<Store, 'syslogTargets' | 'syslogFeed'>
  readonly call: Caller['call']
  readonly clock: Clock
  readonly log: Log
  readonly events: () => Pick<Events, 'raise'>
  readonly subtree: (group: string) => Promise<ReadonlySet<string>>
  readonly clientKey: (row: SyslogTargetRow) => Promise<string | undefined>
  /** Between 0 and 1. */
  readonly random: () => number
}

/** When nothing follows, the collector is asked for its receipt after this. */
export const settleMs = 5000
/** A place that could not be written down is tried again after this. */
const keepAgainMs = 1000
/** A place in the stream that only passes over what is for others is written this often. */
const passedRows = 500
/** As long as a target takes events, a rush may take so many times its room before any of it is dropped. */
const roomInRush = 2

export class Sender {
  readonly #parts: SenderParts
  readonly #row: SyslogTargetRow
  readonly #settings: TargetSettings
  readonly #spool: Spool
  readonly #tally: Tally
  readonly #outage: Outage
  readonly #bell: Bell
  readonly #place: KeptPlace
  readonly #news: TargetNews
  readonly #ending = new AbortController()
  #connection: { readonly id: string; readonly connector: string } | undefined
  #connector: string | undefined
  #confirmation: TargetState['confirmation']
  /** Of the last answer. */
  #settledMs = 0
  /** Once, and until something was confirmed again, a connection that was lost is made anew without a pause. */
  #hasHurried = false
  #isDelivering = false
  #running: Promise<void> | undefined

  static async open(parts: SenderParts, row: SyslogTargetRow, settings: TargetSettings): Promise<Sender> {
    const { position = 0, sequence = 0, state = {} } = (await parts.store.syslogTargets.position(row.id)) ?? {}
    const spool = new Spool(parts.store.syslogFeed, { position, sequence })
    return new Sender(parts, row, settings, spool, new Tally(state))
  }

  private constructor(parts: SenderParts, row: SyslogTargetRow, settings: TargetSettings, spool: Spool, tally: Tally) {
    this.#parts = parts
    this.#row = row
    this.#settings = settings
    this.#spool = spool
    this.#tally = tally
    this.#outage = new Outage(parts.clock, parts.random)
    this.#bell = new Bell(parts.clock)
    this.#place = new KeptPlace(parts.store.syslogTargets, row, parts.log, spool.confirmed.position)
    this.#news = new TargetNews(parts, row, tally)
  }

  get counts(): KeptCounts {
    return this.#tally.counts
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Something may have come. */
  wake(): void {
    this.#bell.ring()
  }

  /** Somebody can be asked again, or may be. */
  connectorCame(): void {
    if (this.#outage.connectorCame()) this.wake()
  }

  /** What is under way may still end; what is not confirmed then is sent again by whoever comes next. */
  async stop(): Promise<void> {
    this.#ending.abort()
    this.wake()
    await this.#running
    // What was passed over is not looked at again.
    if (this.#place.behind(this.#spool.confirmed.position) > 0) await this.#write()
  }

  state(): TargetState {
    return targetStanding({
      settings: this.#settings,
      spool: this.#spool,
      counts: this.#tally.counts,
      outage: this.#outage,
      isDelivering: this.#isDelivering,
      connector: this.#connector,
      confirmation: this.#confirmation,
    })
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const waitMs = await this.#step().catch((error: unknown) => this.#stoodStill(error))
      if (waitMs === 0 || this.#ending.signal.aborted) continue
      await this.#bell.wait(this.#place.isKept ? waitMs : Math.min(waitMs ?? keepAgainMs, keepAgainMs))
    }
  }

  /** The store, most likely: what was not read or could not be numbered is done again. */
  #stoodStill(error: unknown): number {
    this.#again()
    const isFailure = error instanceof Failure
    if (!isFailure || this.#outage.failed(error))
      this.#parts.log.warn('syslog target stands still', { target: this.#row.name, error })
    return isFailure ? this.#outage.pauseLeftMs : keepAgainMs
  }

  /** @returns how long to wait before the next; 0: not at all. `undefined`: until something comes. */
  async #step(): Promise<number | undefined> {
    this.#bell.hush()
    if (!this.#place.isKept) await this.#write()
    const wanting = await this.#wanting()
    if (!this.#settings.isOn) return this.#passOver(await this.#parts.store.syslogFeed.head())
    await this.#spool.count(wanting)
    await this.#fit(wanting)
    const pauseMs = this.#outage.pauseLeftMs
    if (pauseMs > 0) return pauseMs
    const batch = await this.#spool.next(wanting, { events: mostBatchEvents, bytes: mostBatchBytes })
    const isLast = batch.events.length === 0
    if (isLast && this.#spool.unconfirmed === 0) {
      // What failed on our side of the gate is over when it could be looked at again, though there is nothing to send.
      if (this.#outage.isOurs) this.#recovered()
      return this.#passOver(batch.scanned)
    }
    const isFull = this.#isOver(1)
    if (isLast && !isFull) {
      const leftMs = this.#settledMs + settleMs - this.#parts.clock.monotonicMs()
      if (leftMs > 0) return leftMs
    }
    // While it is not certain that it works again, and where only a receipt makes room, each batch asks for one.
    await this.#deliver(wanting, batch, isLast || isFull || this.#outage.lasting !== undefined)
    return 0
  }

  async #deliver(wanting: Wanting, batch: Batch, confirm: boolean): Promise<void> {
    const { call, clock, clientKey } = this.#parts
    const connection = this.#connection
    this.#isDelivering = true
    try {
      const key = await clientKey(this.#row)
      const answer = await call(
        this.#row.group,
        'syslog.deliver',
        {
          target: this.#settings.target,
          stream: this.#row.id,
          events: batch.events,
          confirm,
          ...(key === undefined ? {} : { clientKey: key }),
          ...(connection === undefined ? {} : { connection: connection.id }),
        },
        { signal: this.#ending.signal, ...(connection === undefined ? {} : { instance: connection.connector }) },
      )
      await this.#answered(wanting, batch, answer.result as DeliverResult, answer.connector)
      this.#settledMs = clock.monotonicMs()
    } catch (error) {
      if (this.#ending.signal.aborted) return
      if (!(error instanceof Failure) || error.code.startsWith('STORE_')) throw error
      this.#failed(error, connection !== undefined)
    } finally {
      this.#isDelivering = false
    }
  }

  async #answered(
    wanting: Wanting,
    batch: Batch,
    result: DeliverResult,
    connector: { readonly id: string; readonly name: string },
  ): Promise<void> {
    this.#connector = connector.name
    if (result.state === 'rewind') return this.#again()
    if (result.isBeforeConfirmed) this.#tally.add('delivered', await this.#spool.confirm(wanting))
    this.#spool.sentUpTo(batch)
    this.#tally.add('cut', result.cut)
    this.#tally.deliveredAt(this.#parts.clock.now())
    this.#connection = result.connection === undefined ? undefined : { id: result.connection, connector: connector.id }
    if (!result.isConfirmed) return result.isBeforeConfirmed ? this.#write() : undefined
    this.#tally.add('delivered', await this.#spool.confirm(wanting))
    if (result.confirmation === 'habit' && this.#confirmation !== 'habit') this.#news.unconfirmed()
    if (batch.events.length > 0 || result.confirmation !== 'none') this.#confirmation = result.confirmation
    this.#recovered()
    return this.#write()
  }

  /** Where one connector knew of a connection, any may be asked now, and at once. */
  #failed(failure: Failure, wasPinned: boolean): void {
    this.#again()
    if (wasPinned && this.#outage.lasting === undefined && !this.#hasHurried) {
      this.#hasHurried = true
      return
    }
    const waiting = this.#spool.waiting.events
    const { code } = failure
    if (this.#outage.failed(failure))
      this.#parts.log.warn('syslog target fails', { target: this.#row.name, code, waiting })
    if (this.#outage.isWorthTelling) this.#news.failing(code, waiting)
  }

  #recovered(): void {
    this.#hasHurried = false
    this.#outage.over()
    this.#news.recovered()
  }

  #again(): void {
    this.#tally.add('repeated', this.#spool.rewind())
    this.#connection = undefined
  }

  #isOver(times: number): boolean {
    return this.#spool.waiting.bytes > this.#settings.spoolBytes * times
  }

  /**
   * What was sent and not confirmed counts as waiting, but a target that takes events is asked for a
   * receipt before anything is dropped: what it has read makes room, and is not told of as lost.
   */
  async #fit(wanting: Wanting): Promise<void> {
    const { clock } = this.#parts
    const isTaking = this.#outage.lasting === undefined && (this.#spool.unconfirmed > 0 || !this.#isOver(roomInRush))
    const dropped = isTaking ? 0 : await this.#spool.fit(wanting, this.#settings.spoolBytes)
    if (dropped > 0) this.#tally.drop(dropped, clock.now())
    const hasTold = this.#news.drops()
    if (dropped > 0 || hasTold) await this.#write()
  }

  /** @returns `undefined`: there is nothing to do until something comes. */
  async #passOver(position: number): Promise<undefined> {
    const passed = position - this.#spool.confirmed.position
    if (passed <= 0) return undefined
    this.#spool.skipTo(position)
    if (this.#place.behind(position) >= passedRows) await this.#write()
    return undefined
  }

  async #wanting(): Promise<Wanting> {
    const { id, group } = this.#row
    return { id, settings: this.#settings, groups: await this.#parts.subtree(group) }
  }

  #write(): Promise<void> {
    return this.#place.keep({ ...this.#spool.confirmed, state: this.#tally.toRow() })
  }
}
