/**
 * All senders: one per target, made anew when its target changes; and the clockwork that feeds them.
 *
 * @module
 */
import { every, type Timer } from '@sallygate/base/clock'
import type { SyslogTargetRow } from '@sallygate/store'
import type { Intake } from './intake.ts'
import { keptCounts, type KeptCounts } from './kept-counts.ts'
import { targetSettings, type TargetSettings, type TargetState } from './schema.ts'
import { Sender, type SenderParts } from './sender.ts'

interface Running {
  readonly sender: Sender
  readonly group: string
  readonly name: string
  readonly version: string
}

export interface FailingTarget extends Pick<TargetState, 'waiting'> {
  readonly group: string
  readonly name: string
  readonly failure: NonNullable<TargetState['failure']>
}

/** After a start every target waits for its first connector. */
const worthShowingMs = 5000
const lookEveryMs = 1000
const pruneEveryMs = 10_000
/** Targets also go with their group, of which nobody tells. */
const followEveryMs = 30_000
/** After a restart of the relay all connectors come at once. */
const arrivalsTogetherMs = 250

export class Senders {
  readonly #parts: SenderParts
  readonly #intake: Intake
  readonly #running = new Map<string, Running>()
  #timers: readonly Timer[] = []
  #arrival: Timer | undefined
  #current: Promise<void> = Promise.resolve()
  #isBusy = false
  #isChanged = true
  #isStopped = false
  #isStoreAway = false
  /** Of targets that were removed or made anew, since the start. */
  #past = { delivered: 0, dropped: 0, repeated: 0 }
  #atStart = new Map<string, KeptCounts>()

  constructor(parts: SenderParts, intake: Intake) {
    this.#parts = parts
    this.#intake = intake
  }

  start(): void {
    this.#timers = [
      // One that still waits for the store is not queued up behind.
      every(this.#parts.clock, lookEveryMs, () => this.#isBusy || this.#lookSoon()),
      every(this.#parts.clock, followEveryMs, () => this.changed()),
      every(this.#parts.clock, pruneEveryMs, () => void this.prune()),
    ]
    this.#lookSoon()
  }

  /** Targets were added, changed or removed. */
  changed(): void {
    this.#isChanged = true
    this.#lookSoon()
  }

  /** Who waits for a connector is tried at once, and not after its pause. */
  connectorCame(): void {
    this.#arrival ??= this.#parts.clock.after(
      arrivalsTogetherMs,
      () => {
        this.#arrival = undefined
        for (const { sender } of this.#running.values()) sender.connectorCame()
      },
      { background: true },
    )
  }

  /** Resolves when what has happened up to now is in the stream, or, without any target, left behind. */
  async caughtUp(): Promise<void> {
    this.#lookSoon()
    await this.#current
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#timers) timer.cancel()
    this.#arrival?.cancel()
    await this.#current
    await Promise.all([...this.#running.values()].map(({ sender }) => sender.stop()))
  }

  /** As it is known now; of a target nobody looked at yet, what is kept. */
  async stateOf(row: SyslogTargetRow): Promise<TargetState> {
    const running = this.#running.get(row.id)
    if (running !== undefined) return running.sender.state()
    const settings = targetSettings.parse(row.settings)
    return (await Sender.open(this.#parts, row, settings)).state()
  }

  /** Targets that take nothing, and why. */
  get failing(): readonly FailingTarget[] {
    const before = this.#parts.clock.now().getTime() - worthShowingMs
    return [...this.#running.values()].flatMap(({ sender, group, name }) => {
      const { failure, failingSince, waiting } = sender.state()
      const isLasting = failingSince !== undefined && Date.parse(failingSince) <= before
      return failure === undefined || !isLasting ? [] : [{ group, name, waiting, failure }]
    })
  }

  get totals(): { delivered: number; dropped: number; repeated: number; waiting: number; failing: number } {
    const sum = { ...this.#past, waiting: 0, failing: 0 }
    for (const [id, { sender }] of this.#running) {
      const since = this.#atStart.get(id)
      for (const name of ['delivered', 'dropped', 'repeated'] as const)
        sum[name] += sender.counts[name] - (since?.[name] ?? 0)
      const { waiting, state } = sender.state()
      sum.waiting += waiting
      sum.failing += Number(state === 'waiting')
    }
    return sum
  }

  /** Takes in what has come, and wakes whom it may concern. Never throws. */
  async look(): Promise<void> {
    if (this.#isBusy || this.#isStopped) return
    this.#isBusy = true
    try {
      if (this.#isChanged) {
        this.#isChanged = false
        await this.#follow().catch((error: unknown) => {
          this.#isChanged = true
          throw error
        })
      }
      if (this.#running.size === 0) await this.#intake.skip()
      else if ((await this.#intake.take()) > 0) for (const { sender } of this.#running.values()) sender.wake()
      this.#isStoreAway = false
    } catch (error) {
      // Once a second it would be all that the log says on a night with a full disk.
      if (!this.#isStoreAway) this.#parts.log.warn('syslog waits for the store', { error })
      this.#isStoreAway = true
    } finally {
      this.#isBusy = false
    }
  }

  async prune(): Promise<void> {
    const { store, log } = this.#parts
    try {
      await store.syslogFeed.prune((await store.syslogTargets.lowestPosition()) ?? (await store.syslogFeed.head()))
    } catch (error) {
      log.warn('syslog stream not pruned', { error })
    }
  }

  #lookSoon(): void {
    this.#current = this.#current.then(() => this.look())
  }

  async #follow(): Promise<void> {
    const rows = new Map((await this.#parts.store.syslogTargets.all()).map((row) => [row.id, row]))
    for (const [id, { sender, version }] of this.#running) {
      const row = rows.get(id)
      if (row !== undefined && versionOf(row) === version) continue
      await sender.stop()
      this.#past = this.#sumWith(id, sender.counts)
      this.#running.delete(id)
    }
    for (const [id, row] of rows) {
      if (this.#running.has(id)) continue
      const settings = targetSettings.safeParse(row.settings)
      // What a later version wrote is left alone, and waits.
      if (settings.success) await this.#begin(row, settings.data)
    }
  }

  async #begin(row: SyslogTargetRow, settings: TargetSettings): Promise<void> {
    const sender = await Sender.open(this.#parts, row, settings)
    this.#atStart.set(row.id, sender.counts)
    this.#running.set(row.id, { sender, group: row.group, name: row.name, version: versionOf(row) })
    sender.start()
  }

  #sumWith(id: string, counts: KeptCounts) {
    const since = this.#atStart.get(id) ?? keptCounts({})
    return {
      delivered: this.#past.delivered + counts.delivered - since.delivered,
      dropped: this.#past.dropped + counts.dropped - since.dropped,
      repeated: this.#past.repeated + counts.repeated - since.repeated,
    }
  }
}

/** Two changes can share a millisecond. */
function versionOf({ name, settings, hasSecret, updatedAt }: SyslogTargetRow): string {
  return JSON.stringify([name, settings, hasSecret, updatedAt])
}
