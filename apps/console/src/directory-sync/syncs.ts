/**
 * The syncs of all groups: one run of a group at a time, a few groups side by side, by plan and by hand.
 *
 * A run that is written down as under way is carried on, whoever began it: after a restart
 * of the console it goes on where its last checkpoint says.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import { Failure, type FailureReport } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { isRunDue } from '@sallygate/domain'
import type { DirectoryRun, Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Caller } from '../calls/caller.ts'
import { beginningOf, historyOf } from './beginning.ts'
import { eraseFirst } from './cleaning.ts'
import { endDone, endEarly } from './ending.ts'
import { syncFailure } from './failures.ts'
import { Numbers, type Job } from './job.ts'
import { asJson, detailOf, stateOf, type RunDetail } from './run-detail.ts'
import { carryOut } from './run.ts'
import type { SyncRules } from './rules.ts'
import type { RunNews } from './run-news.ts'

export interface SyncsParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly call: Caller['call']
  readonly rules: Pick<SyncRules, 'of'>
  readonly news: Pick<RunNews, 'held' | 'released' | 'done' | 'failed'>
  /** Groups there are. */
  readonly groups: () => Promise<readonly { readonly id: string; readonly name: string }[]>
}

export interface StartOptions {
  readonly mode: 'preview' | 'sync'
  readonly full?: boolean | undefined
  readonly withoutPreview?: boolean
  readonly startedBy: 'schedule' | 'person'
}

/** How a run that is under way stands, from memory. */
export interface Underway {
  readonly detail: RunDetail
  readonly waitsFor: FailureReport | undefined
  readonly perSecond: number
}

interface Running {
  readonly run: DirectoryRun
  readonly detail: RunDetail
  readonly controller: AbortController
  waitsFor: FailureReport | undefined
  /** Where the rate is measured from. */
  phase: string
  sinceMs: number
  movedAtMs: number
  ended: Promise<void>
}

const lookEveryMs = 5000
/** Side by side. One that waits for its directory holds a place and no connection. */
const mostAtOnce = 4
/** A group whose directory is slow gives its place to others after so long without a move. */
const idleAfterMs = 20_000

export class DirectorySyncs {
  readonly #parts: SyncsParts
  readonly #running = new Map<string, Running>()
  readonly #totals = { done: 0, failed: 0, held: 0 }
  #timer: Timer | undefined
  #look: Promise<void> = Promise.resolve()
  #isStopping = false

  constructor(parts: SyncsParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = every(this.#parts.clock, lookEveryMs, () => void this.look())
    void this.look()
  }

  /** Runs stay written down as under way; the next start carries them on. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#timer?.cancel()
    for (const { controller } of this.#running.values()) controller.abort(new Error('the console stops'))
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
    await this.#look
  }

  /** Runs since the start of the console, by how they ended, and those under way. */
  get totals() {
    return { ...this.#totals, running: this.#running.size }
  }

  /** Never throws. */
  look(): Promise<void> {
    this.#look = this.#look.then(() => this.#lookOnce())
    return this.#look
  }

  async #lookOnce(): Promise<void> {
    if (this.#isStopping) return
    const { store, log } = this.#parts
    try {
      for (const run of await store.directoryRuns.inState('running')) {
        if (!this.#running.has(run.group) && this.#hasPlace) await this.#carryOn(run)
      }
      for (const { id } of await this.#parts.groups()) {
        if (this.#hasPlace && (await this.#isDue(id)))
          await this.begin(id, { mode: 'sync', startedBy: 'schedule' }).catch((error: unknown) =>
            log.warn('directory sync not begun', { group: id, error }),
          )
      }
    } catch (error) {
      log.warn('directory syncs not looked at', { error })
    }
  }

  get #hasPlace(): boolean {
    const now = this.#parts.clock.monotonicMs()
    const busy = [...this.#running.values()].filter(({ movedAtMs }) => now - movedAtMs < idleAfterMs)
    return busy.length < mostAtOnce && this.#running.size < mostAtOnce * 8
  }

  async #isDue(group: string): Promise<boolean> {
    if (this.#running.has(group)) return false
    const rules = await this.#parts.rules.of(group)
    if (rules === undefined || !rules.isOn || rules.from !== group) return false
    const { store, clock } = this.#parts
    const found = await store.directoryRuns.findScope(group)
    if (found === undefined) return false
    const state = stateOf(found.state)
    // Somebody has to have looked at the first one, and at one that is held.
    if (state.hasSynced !== true) return false
    if (!isRunDue(rules, historyOf(state), clock.now().getTime())) return false
    // One that was read with other settings cannot be released any more, and keeps nobody waiting.
    const held = await store.directoryRuns.list(group, { limit: 1, states: ['held'] })
    return held.every(({ detail }) => detailOf(detail).settingsDigest !== rules.digest)
  }

  /** @throws DIRECTORY_SYNC_OFF, _INHERITED, _BUSY, _PREVIEW_FIRST. */
  async begin(group: string, options: StartOptions): Promise<DirectoryRun> {
    const { store, clock } = this.#parts
    const { mode, startedBy, withoutPreview = false } = options
    const rules = await this.#parts.rules.of(group)
    if (rules === undefined || (startedBy === 'schedule' && !rules.isOn)) throw syncFailure('OFF')
    if (rules.from !== group) throw syncFailure('INHERITED', { details: { group: rules.fromName } })
    if (this.#running.has(group) || (await this.#isUnderWay(group))) throw syncFailure('BUSY')
    const { scope, state: json } = await store.directoryRuns.scope(group)
    const state = stateOf(json)
    const isFirst = state.hasSynced !== true
    if (mode === 'sync' && isFirst && !withoutPreview) throw syncFailure('PREVIEW_FIRST')
    await this.#replaceWaiting(group)
    // What a first run has left behind, when the console was killed while it was being erased.
    if (isFirst) await eraseFirst(store, { scope })
    const { users, groups } = await store.directoryObjects.counts(scope)
    const now = clock.now().getTime()
    const detail = beginningOf(options, { state, rules, existing: users + groups, nowMs: now })
    const run = await store.directoryRuns.add(group, scope, 'running', asJson(detail))
    if (mode === 'sync') await store.directoryRuns.writeState(group, asJson({ ...state, lastStartedAt: now }))
    await this.#carryOn(run)
    return run
  }

  /** Puts into force what a safeguard holds or a preview shows; this once. @throws CONSOLE_NOT_FOUND, DIRECTORY_SYNC_NOT_WAITING, _READ_OTHERWISE. */
  async release(group: string, id: string): Promise<DirectoryRun> {
    const run = await this.#find(group, id)
    if ((run.state !== 'held' && run.state !== 'previewed') || this.#running.has(group))
      throw syncFailure('NOT_WAITING')
    const rules = await this.#parts.rules.of(group)
    if (rules?.digest !== detailOf(run.detail).settingsDigest) throw syncFailure('READ_OTHERWISE')
    const detail = { ...detailOf(run.detail), isReleased: true }
    const released = { ...run, state: 'running', detail: asJson(detail) }
    await this.#parts.store.directoryRuns.write(run.run, { state: 'running', detail: released.detail })
    await this.#parts.news.released(run)
    await this.#carryOn(released)
    return released
  }

  /** What it read is forgotten; what was in force stays. @throws CONSOLE_NOT_FOUND, DIRECTORY_SYNC_NOT_WAITING. */
  async stopRun(group: string, id: string): Promise<DirectoryRun> {
    const run = await this.#find(group, id)
    const running = this.#running.get(group)
    if (running?.run.id === id) {
      if (running.detail.phase === 'apply') throw syncFailure('NOT_WAITING')
      running.controller.abort(new StoppedByPerson())
      await running.ended
    } else if (run.state === 'held' || run.state === 'previewed' || run.state === 'running') {
      await endEarly(this.#parts, run, detailOf(run.detail), 'stopped')
    } else throw syncFailure('NOT_WAITING')
    return this.#find(group, id)
  }

  underwayOf(group: string): Underway | undefined {
    const running = this.#running.get(group)
    if (running === undefined) return undefined
    const { detail, waitsFor } = running
    const seconds = (this.#parts.clock.monotonicMs() - running.sinceMs) / 1000
    return { detail, waitsFor, perSecond: seconds < 0.2 ? 0 : Math.round(detail.done / seconds) }
  }

  async #find(group: string, id: string): Promise<DirectoryRun> {
    const run = await this.#parts.store.directoryRuns.find(group, id)
    if (run === undefined) throw consoleFailure('NOT_FOUND')
    return run
  }

  async #isUnderWay(group: string): Promise<boolean> {
    return (await this.#parts.store.directoryRuns.list(group, { limit: 1, states: ['running'] })).length > 0
  }

  async #replaceWaiting(group: string): Promise<void> {
    const { store } = this.#parts
    for (const run of await store.directoryRuns.list(group, { limit: 10, states: ['held', 'previewed'] }))
      await endEarly(this.#parts, run, detailOf(run.detail), 'replaced')
  }

  /** Begins or goes on; nobody waits for it. */
  async #carryOn(run: DirectoryRun): Promise<void> {
    if (this.#isStopping || this.#running.has(run.group)) return
    const rules = await this.#parts.rules.of(run.group)
    const { clock, log } = this.#parts
    const detail = detailOf(run.detail)
    const running: Running = {
      run,
      detail,
      controller: new AbortController(),
      waitsFor: undefined,
      phase: detail.phase,
      sinceMs: clock.monotonicMs(),
      movedAtMs: clock.monotonicMs(),
      ended: Promise.resolve(),
    }
    this.#running.set(run.group, running)
    running.ended = this.#work(running, rules)
      .catch((error: unknown) => log.error('directory run not ended', { group: run.group, error }))
      .finally(() => this.#running.delete(run.group))
  }

  async #work(running: Running, rules: Awaited<ReturnType<SyncRules['of']>>): Promise<void> {
    const { run, detail } = running
    const { store, log, news } = this.#parts
    try {
      // The settings have gone since.
      if (rules === undefined) throw syncFailure('OFF')
      const outcome = await carryOut(this.#job(running), rules.safeguards, {
        waits: (report) => {
          running.waitsFor = report
        },
      })
      if (outcome !== 'done') {
        await store.directoryRuns.write(run.run, { state: outcome, detail: asJson(detail) })
        if (outcome === 'held') {
          this.#totals.held++
          await news.held(run, detail)
        }
        return
      }
      await endDone(this.#parts, run, detail)
      this.#totals.done++
    } catch (error) {
      if (this.#isStopping) return
      if (error instanceof StoppedByPerson) return await endEarly(this.#parts, run, detail, 'stopped')
      // What cannot be written down now is tried again: the run is still under way there.
      if (error instanceof Failure && error.code.startsWith('STORE_')) throw error
      const failure =
        error instanceof Failure
          ? error.toJSON()
          : {
              code: 'BASE_INTERNAL',
              says: 'Something went wrong inside.',
              fix: 'The log of the console says more.',
              retry: 'never' as const,
              details: {},
            }
      if (!(error instanceof Failure)) log.error('directory run failed', { group: run.group, error })
      detail.failure = failure
      this.#totals.failed++
      await endEarly(this.#parts, run, detail, 'failed')
    }
  }

  #job(running: Running): Job {
    const { run, detail, controller } = running
    const { store, clock, log, call } = this.#parts
    return {
      parts: { store, clock, log, call },
      group: run.group,
      scope: run.scope,
      run: run.run,
      id: run.id,
      detail,
      numbers: new Numbers(store),
      signal: controller.signal,
      moved: () => {
        const now = clock.monotonicMs()
        if (running.phase !== detail.phase) running.sinceMs = now
        running.phase = detail.phase
        running.movedAtMs = now
        running.waitsFor = undefined
      },
    }
  }
}

class StoppedByPerson extends Error {}
