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
import type { Clock, Timer } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { mostBatchBytes, mostBatchEvents, type DeliverResult } from '@sallygate/service-syslog/contract'
import type { Store, SyslogTargetRow } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import type { Events } from '../events/events.ts'
import type { Wanting } from './filter.ts'
import type { TargetSettings, TargetState } from './schema.ts'
import { Spool } from './spool.ts'
import { keptCounts, type KeptCounts } from './kept-counts.ts'

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
const firstPauseMs = 1000
export const longestPauseMs = 60_000
/** Shorter outages are no event: a connector or a collector that restarts. */
export const tellAfterMs = 15_000
/** A place in the stream that only passes over what is for others is written this often. */
const passedRows = 500
/** The same gap is announced again at most this often. */
const announceEveryMs = 600_000

export class Sender {
  readonly #parts: SenderParts
  readonly #row: SyslogTargetRow
  readonly #settings: TargetSettings
  readonly #spool: Spool
  readonly #ending = new AbortController()
  #counts: KeptCounts
  #written: number
  #connection: { readonly id: string; readonly connector: string } | undefined
  #connector: string | undefined
  #confirmation: TargetState['confirmation']
  #failing: { readonly since: Date; readonly sinceMs: number; failure: Failure; pauseMs: number } | undefined
  #isTold = false
  #nextAttemptAt: Date | undefined
  #attemptMs = 0
  /** Of the last answer. */
  #settledMs = 0
  /** Once, and until something was confirmed again, a connection that was lost is made anew without a pause. */
  #hasHurried = false
  #isDelivering = false
  #dropped = { untold: 0, toldMs: Number.NEGATIVE_INFINITY }
  #wake: () => void = () => {}
  #isWoken = false
  #running: Promise<void> | undefined

  static async open(parts: SenderParts, row: SyslogTargetRow, settings: TargetSettings): Promise<Sender> {
    const { position = 0, sequence = 0, state = {} } = (await parts.store.syslogTargets.position(row.id)) ?? {}
    return new Sender(
      parts,
      row,
      settings,
      new Spool(parts.store.syslogFeed, { position, sequence }),
      keptCounts(state),
    )
  }

  private constructor(
    parts: SenderParts,
    row: SyslogTargetRow,
    settings: TargetSettings,
    spool: Spool,
    counts: KeptCounts,
  ) {
    this.#parts = parts
    this.#row = row
    this.#settings = settings
    this.#spool = spool
    this.#counts = counts
    this.#isTold = counts.isTold
    this.#written = spool.confirmed.position
  }

  get counts(): KeptCounts {
    return this.#counts
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Something may have come. */
  wake(): void {
    this.#isWoken = true
    this.#wake()
  }

  /** What is under way may still end; what is not confirmed then is sent again by whoever comes next. */
  async stop(): Promise<void> {
    this.#ending.abort()
    this.wake()
    await this.#running
    // What was passed over is not looked at again.
    if (this.#spool.confirmed.position > this.#written)
      await this.#write().catch((error: unknown) => this.#parts.log.warn('syslog place not kept', { error }))
  }

  state(): TargetState {
    const { delivered, dropped, cut, repeated, lastDeliveryAt, lastDropAt } = this.#counts
    const failing = this.#failing
    const { events, bytes } = this.#spool.waiting
    const isNew = delivered === 0 && this.#spool.unconfirmed === 0
    const { isOn, spoolBytes } = this.#settings
    return {
      state: !isOn
        ? 'off'
        : failing !== undefined
          ? 'waiting'
          : this.#isDelivering || this.#spool.unconfirmed > 0
            ? 'delivering'
            : isNew
              ? 'new'
              : 'idle',
      sequence: this.#spool.confirmed.sequence,
      unconfirmed: this.#spool.unconfirmed,
      waiting: events,
      waitingBytes: bytes,
      spoolBytes,
      delivered,
      dropped,
      cut,
      repeated,
      ...(lastDeliveryAt === undefined ? {} : { lastDeliveryAt }),
      ...(lastDropAt === undefined ? {} : { lastDropAt }),
      ...(failing === undefined
        ? {}
        : {
            failingSince: failing.since.toISOString(),
            failure: { code: failing.failure.code, says: withDetails(failing.failure), fix: failing.failure.fix },
          }),
      ...(this.#nextAttemptAt === undefined ? {} : { nextAttemptAt: this.#nextAttemptAt.toISOString() }),
      ...(this.#connector === undefined ? {} : { connector: this.#connector }),
      ...(this.#confirmation === undefined ? {} : { confirmation: this.#confirmation }),
    }
  }

  async #run(): Promise<void> {
    const { log } = this.#parts
    let waitMs: number | undefined
    let isStill = false
    while (!this.#ending.signal.aborted) {
      try {
        waitMs = await this.#step()
        isStill = false
      } catch (error) {
        // The store, most likely: what is not written down did not happen, and is done again.
        if (!isStill) log.warn('syslog target stands still', { target: this.#row.name, error })
        isStill = true
        this.#spool.rewind()
        waitMs = firstPauseMs
      }
      if (waitMs !== 0) await this.#pause(waitMs)
    }
  }

  /** @returns how long to wait before the next; 0: not at all. `undefined`: until something comes. */
  async #step(): Promise<number | undefined> {
    this.#isWoken = false
    const wanting = await this.#wanting()
    if (!this.#settings.isOn) return this.#passOver(await this.#parts.store.syslogFeed.head())
    await this.#spool.count(wanting)
    await this.#fit(wanting)
    const pauseMs = this.#pauseLeftMs()
    if (pauseMs > 0) return pauseMs
    const batch = await this.#spool.next(wanting, { events: mostBatchEvents, bytes: mostBatchBytes })
    const isLast = batch.events.length === 0
    if (isLast && this.#spool.unconfirmed === 0) return this.#passOver(batch.scanned)
    if (isLast) {
      const leftMs = this.#settledMs + settleMs - this.#parts.clock.monotonicMs()
      if (leftMs > 0) return leftMs
    }
    // While it is not certain that it works again, each batch asks for its receipt.
    await this.#deliver(wanting, batch, isLast || this.#failing !== undefined)
    return 0
  }

  async #deliver(wanting: Wanting, batch: Awaited<ReturnType<Spool['next']>>, confirm: boolean): Promise<void> {
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
    batch: Awaited<ReturnType<Spool['next']>>,
    result: DeliverResult,
    connector: { readonly id: string; readonly name: string },
  ): Promise<void> {
    this.#connector = connector.name
    if (result.state === 'rewind') return this.#again()
    const { clock } = this.#parts
    const lastDeliveryAt = clock.now().toISOString()
    if (result.isBeforeConfirmed) this.#count({ delivered: await this.#spool.confirm(wanting) })
    this.#spool.sentUpTo(batch)
    this.#count({ cut: result.cut })
    this.#counts = { ...this.#counts, lastDeliveryAt }
    this.#connection = result.connection === undefined ? undefined : { id: result.connection, connector: connector.id }
    if (!result.isConfirmed) return result.isBeforeConfirmed ? this.#write() : undefined
    this.#count({ delivered: await this.#spool.confirm(wanting) })
    if (result.confirmation === 'habit' && this.#confirmation !== 'habit') this.#tell('syslogUnconfirmed')
    if (batch.events.length > 0 || result.confirmation !== 'none') this.#confirmation = result.confirmation
    this.#recovered()
    return this.#write()
  }

  /** Where one connector knew of a connection, any may be asked now, and at once. */
  #failed(failure: Failure, wasPinned: boolean): void {
    const { clock, log, random } = this.#parts
    this.#again()
    if (wasPinned && this.#failing === undefined && !this.#hasHurried) {
      this.#hasHurried = true
      return
    }
    const before = this.#failing
    const since = before ?? { since: clock.now(), sinceMs: clock.monotonicMs() }
    const pauseMs = before === undefined ? firstPauseMs : Math.min(longestPauseMs, before.pauseMs * 2)
    if (before === undefined || before.failure.code !== failure.code)
      log.warn('syslog target fails', {
        target: this.#row.name,
        code: failure.code,
        waiting: this.#spool.waiting.events,
      })
    this.#failing = { since: since.since, sinceMs: since.sinceMs, failure, pauseMs }
    // Full jitter above a half: targets that failed together do not come back together.
    const jitteredMs = pauseMs * (0.5 + random() / 2)
    this.#attemptMs = clock.monotonicMs() + jitteredMs
    this.#nextAttemptAt = new Date(clock.now().getTime() + jitteredMs)
    if (this.#isTold || clock.monotonicMs() - since.sinceMs < tellAfterMs) return
    this.#isTold = true
    this.#counts = { ...this.#counts, isTold: true }
    this.#tell('syslogFailing', { code: failure.code, waiting: this.#spool.waiting.events })
  }

  #pauseLeftMs(): number {
    return this.#failing === undefined ? 0 : Math.max(0, this.#attemptMs - this.#parts.clock.monotonicMs())
  }

  #recovered(): void {
    this.#hasHurried = false
    this.#failing = undefined
    this.#nextAttemptAt = undefined
    if (!this.#isTold) return
    this.#isTold = false
    this.#counts = { ...this.#counts, isTold: false }
    this.#tell('syslogRecovered', { dropped: this.#counts.dropped })
  }

  #again(): void {
    this.#count({ repeated: this.#spool.rewind() })
    this.#connection = undefined
  }

  async #fit(wanting: Wanting): Promise<void> {
    const { clock } = this.#parts
    const dropped = await this.#spool.fit(wanting, this.#settings.spoolBytes)
    if (dropped > 0) {
      this.#count({ dropped })
      this.#counts = { ...this.#counts, lastDropAt: clock.now().toISOString() }
      this.#dropped.untold += dropped
      await this.#write()
    }
    if (this.#dropped.untold === 0 || clock.monotonicMs() - this.#dropped.toldMs < announceEveryMs) return
    this.#tell('syslogDropping', { dropped: this.#dropped.untold, droppedInAll: this.#counts.dropped })
    this.#dropped = { untold: 0, toldMs: clock.monotonicMs() }
  }

  /** @returns `undefined`: there is nothing to do until something comes. */
  async #passOver(position: number): Promise<undefined> {
    const passed = position - this.#spool.confirmed.position
    if (passed <= 0) return undefined
    this.#spool.skipTo(position)
    if (position - this.#written >= passedRows) await this.#write()
    return undefined
  }

  async #wanting(): Promise<Wanting> {
    const { id, group } = this.#row
    return { id, settings: this.#settings, groups: await this.#parts.subtree(group) }
  }

  async #write(): Promise<void> {
    const { position, sequence } = this.#spool.confirmed
    const state = JSON.parse(JSON.stringify(this.#counts)) as Record<string, string | number | boolean>
    await this.#parts.store.syslogTargets.writePosition(this.#row.id, { position, sequence, state })
    this.#written = position
  }

  #count(more: Partial<Record<'delivered' | 'dropped' | 'cut' | 'repeated', number>>): void {
    const added = Object.entries(more).map(([name, count]) => [
      name,
      this.#counts[name as 'delivered'] + (count as number),
    ])
    this.#counts = { ...this.#counts, ...(Object.fromEntries(added) as Partial<KeptCounts>) }
  }

  #tell(name: Parameters<Events['raise']>[0], details: Readonly<Record<string, string | number>> = {}): void {
    const { id, name: about, group } = this.#row
    this.#parts.events().raise(name, { about, group, details: { target: id, ...details } })
  }

  #pause(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isWoken || this.#ending.signal.aborted) return resolve()
      let timer: Timer | undefined
      this.#wake = () => {
        timer?.cancel()
        this.#wake = () => {}
        resolve()
      }
      if (ms !== undefined) timer = this.#parts.clock.after(ms, () => this.#wake(), { background: true })
      return undefined
    })
  }
}

function withDetails({ says, details }: Failure): string {
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  return (facts.length === 0 ? says : `${says} (${facts.join(', ')})`).slice(0, 500)
}
