/**
 * The outbox at work: sends what is due, two messages of a group at once, and writes down how it went.
 *
 * An attempt is written down before it is made and after it has ended; in between the
 * message belongs to it. What a console that stopped had under way counts as unknown. A
 * group that is slow takes up its own two places and nobody else's.
 *
 * @module
 */
import { every, sleep, type Clock, type Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { giveUpAfterMs, notReachedWaitMs, unknownWaitMs } from '@sallygate/domain'
import type { Store } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import { inWords } from '../calls/failure-words.ts'
import type { Events } from '../events/events.ts'
import { attemptMail } from './attempt.ts'
import { endOf, tellOf } from './attempt-end.ts'
import { outboxFailure } from './failures.ts'
import type { MailTallies } from './tallies.ts'

export interface OutboxParts {
  readonly store: Pick<Store, 'mailAttempts' | 'mailOutbox' | 'mailList'>
  readonly clock: Clock
  readonly log: Log
  readonly call: Caller['call']
  readonly events: () => Pick<Events, 'raise'>
  readonly tallies: MailTallies
}

const lookEveryMs = 1000
const perGroup = 2
/** Of all groups: an attempt may take minutes, and the calls of others want places too. */
const perConsole = 32

const forgetEveryMs = 3_600_000
/** Longer than any warning is repeated, so that its key is still known. */
const keptMs = 45 * 86_400_000
const forgottenAtOnce = 500

/** How long one that could not be begun is left alone; then the log says it again. */
const restMs = 30_000

/** How long a stop waits for what is under way; a message takes a second or two. */
const stopWaitsMs = 1500

export class Outbox {
  readonly #parts: OutboxParts
  /** By message, of which group. */
  readonly #underWay = new Map<string, { readonly group: string; readonly run: Promise<void> }>()
  /** Messages that could not even be opened, and until when they are left alone. */
  readonly #resting = new Map<string, number>()
  readonly #ending = new AbortController()
  #timers: Timer[] = []
  #looking: Promise<void> | undefined
  #isAskedAgain = false
  #isStopping = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  /** @throws STORE_*. */
  async start(): Promise<void> {
    const { store, clock, log } = this.#parts
    const until = new Date(clock.now().getTime() + unknownWaitMs)
    const found = await store.mailOutbox.recover(until, inWords(outboxFailure('END_UNKNOWN')))
    if (found > 0) log.warn('mail was being sent when the console stopped; it is sent again later', { messages: found })
    this.#timers = [
      every(clock, lookEveryMs, () => this.nudge()),
      every(clock, forgetEveryMs, () => void this.#forget()),
    ]
    this.nudge()
  }

  underWay(group?: string): number {
    if (group === undefined) return this.#underWay.size
    return [...this.#underWay.values()].filter((one) => one.group === group).length
  }

  /** Something may be due. Never throws. */
  nudge(): void {
    if (this.#isStopping) return
    if (this.#looking !== undefined) {
      this.#isAskedAgain = true
      return
    }
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
      if (!this.#isAskedAgain) return
      this.#isAskedAgain = false
      this.nudge()
    })
  }

  /** Resolves when nothing is under way any more, or nobody waits for it. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#timers) timer.cancel()
    await this.#looking
    const running = Promise.all([...this.#underWay.values()].map(({ run }) => run))
    if (this.#underWay.size > 0) {
      const waited = new AbortController()
      await Promise.race([running, sleep(this.#parts.clock, stopWaitsMs, waited.signal).catch(() => undefined)])
      waited.abort()
    }
    this.#ending.abort()
    await running
  }

  async #look(): Promise<void> {
    const { store, log } = this.#parts
    try {
      for (const group of await store.mailList.groupsWithDue()) {
        const free = Math.min(perGroup - this.underWay(group), perConsole - this.underWay())
        if (free <= 0) continue
        const due = await store.mailList.due(group, perGroup + perGroup + this.#resting.size)
        const fresh = due.filter((id) => !this.#underWay.has(id) && !this.#rests(id)).slice(0, free)
        if (this.#isStopping) return
        for (const id of fresh) this.#begin(group, id)
      }
    } catch (error) {
      // The store says for itself what is wrong with it; what is due stays due.
      log.warn('outbox not looked at', { error })
    }
  }

  #begin(group: string, id: string): void {
    const run = this.#deliver(id)
      .catch((error: unknown) => {
        // Sealed under a key that is gone, or a store that cannot be written now.
        this.#resting.set(id, this.#parts.clock.monotonicMs() + restMs)
        this.#parts.log.error('mail not attempted', { message: id, error })
      })
      .finally(() => {
        this.#underWay.delete(id)
        this.nudge()
      })
    this.#underWay.set(id, { group, run })
  }

  #rests(id: string): boolean {
    const untilMs = this.#resting.get(id)
    if (untilMs === undefined) return false
    if (untilMs > this.#parts.clock.monotonicMs()) return true
    this.#resting.delete(id)
    return false
  }

  async #deliver(id: string): Promise<void> {
    const { store, call, clock, log, tallies, events } = this.#parts
    const begun = await store.mailAttempts.begin(id)
    if (begun === undefined) return
    const attempted = await attemptMail(call, begun, this.#ending.signal)
    if (attempted.kind === 'notReached') {
      const nowMs = clock.now().getTime()
      const until = new Date(nowMs + notReachedWaitMs)
      const wait = { until, giveUpAt: new Date(nowMs + giveUpAfterMs), waits: inWords(attempted.failure) }
      await this.#written(() => store.mailAttempts.postpone(id, begun.attempt, wait))
      return
    }
    const ended = endOf(begun, attempted, clock.now())
    const after = await this.#written(() => store.mailAttempts.end(id, begun.attempt, ended))
    const codes = attempted.outcomes.map(({ outcome }) => outcome)
    log.info('mail attempted', { message: id, attempt: begun.attempt, outcomes: codes, code: ended.code })
    tellOf({ tallies, events: events() }, begun.message, attempted, ended, after)
  }

  /** What became of a message is not lost because the disk is full for a moment; until it is written, nobody else may send it. */
  async #written<T>(write: () => Promise<T>): Promise<T | undefined> {
    for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 10_000)) {
      try {
        return await write()
      } catch (error) {
        this.#parts.log.error('what became of a mail waits for the store', { error })
      }
      try {
        await sleep(this.#parts.clock, waitMs, this.#ending.signal)
      } catch {
        // The next start finds it as it was: unknown.
        return undefined
      }
    }
  }

  async #forget(): Promise<void> {
    const { store, clock, log } = this.#parts
    try {
      const before = new Date(clock.now().getTime() - keptMs)
      while ((await store.mailOutbox.forget(before, forgottenAtOnce)) === forgottenAtOnce);
    } catch (error) {
      log.warn('old mail not forgotten', { error })
    }
  }
}
