/**
 * The hub: checks in, reports what it observes, carries out what it is asked, and says how that went.
 *
 * Everything that must survive a power cut is on the disk before it is acted upon: the
 * sequence before a statement is sent, the outcome of an order before it is acknowledged.
 * An order that was carried out is never carried out again.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { CheckInReply, ConsolePort } from './console-port.ts'
import type { Enrollment, HubHome, Progress } from './home.ts'
import { carryOut, type Order } from './orders.ts'
import { defaultIntervalMs, nextCheckInMs, nextRetryMs } from './pace.ts'
import type { Platform } from './platform/platform.ts'
import type { Programs } from './platform/programs.ts'

export interface HubParts {
  readonly home: HubHome
  readonly console: ConsolePort
  readonly platform: Platform
  readonly programs: Programs
  readonly clock: Clock
  readonly log: Log
  readonly fullWipeProgram?: string
  /** From 0 to 1. */
  readonly random?: () => number
  /** Everything of the hub is gone from this machine; the process may end. */
  readonly onLeft?: () => void
}

/** What `sallygate hub status` shows. */
export interface HubStatus {
  readonly state: 'up' | 'retrying' | 'refused' | 'left'
  readonly lastCheckInAt?: string
  readonly nextCheckInAt?: string
  readonly failure?: { readonly code: string; readonly says: string; readonly fix: string }
  readonly failuresInARow: number
  /** How far this machine's clock is from the console's; positive when it is ahead. */
  readonly clockAheadMs?: number
}

/** After so many, the oldest may come again and would be carried out again; the console sends one for a week at most. */
const knownOrders = 500
/** A day without the console: then what is to go goes, acknowledged or not. */
const wipeWithinMs = 24 * 3_600_000

export class Hub {
  readonly #parts: HubParts
  readonly #enrollment: Enrollment
  #progress: Progress
  #failures = 0
  #intervalMs = defaultIntervalMs
  #lastCheckInAt: string | undefined
  #timer: Timer | undefined
  #current: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(parts: HubParts) {
    this.#parts = parts
    this.#enrollment = parts.home.enrollment()
    this.#progress = parts.home.progress()
    this.#lastCheckInAt = parts.home.readStatus<HubStatus>()?.lastCheckInAt
  }

  start(): void {
    this.#plan(0)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#current
  }

  /** One check-in, and what follows from it. Never throws: a failure is a reason to try again. */
  async checkIn(): Promise<void> {
    const { home, log } = this.#parts
    try {
      const reply = await this.#say()
      this.#failures = 0
      this.#lastCheckInAt = this.#now().toISOString()
      this.#intervalMs = reply.intervalMs ?? defaultIntervalMs
      if (this.#progress.wipeBy !== undefined && this.#progress.outcomes.length === 0) return this.#leave()
      const isAsked = await this.#carryOut(reply.orders)
      // What was done is acknowledged at once: a person may be waiting for it.
      const waitMs = isAsked ? 0 : nextCheckInMs(this.#intervalMs, this.#random())
      this.#note('up', waitMs, undefined, reply)
      this.#plan(waitMs)
    } catch (error) {
      if (!(error instanceof Failure)) log.error('check-in failed', { error })
      const failure = error instanceof Failure ? error : undefined
      this.#failures++
      const { sequence } = failure?.details ?? {}
      // A restored disk counts from where it was; the console says how far it has heard.
      if (failure?.code === 'HUB_SEQUENCE_USED' && typeof sequence === 'number')
        this.#keep({ ...this.#progress, sequence: Math.max(this.#progress.sequence, sequence) })
      if (this.#isOverdueToLeave()) return this.#leave()
      const waitMs = nextRetryMs(this.#failures, this.#random())
      const isRefused = failure?.code === 'HUB_CREDENTIAL_REFUSED'
      // Once a minute in the first minutes, then once an hour: a log that says the same all night helps nobody.
      log.warn('console not reached', { code: failure?.code, failures: this.#failures, nextInMs: waitMs })
      this.#note(isRefused ? 'refused' : 'retrying', waitMs, failure)
      this.#plan(waitMs)
    } finally {
      if (!home.isEnrolled) this.#timer?.cancel()
    }
  }

  async #say(): Promise<CheckInReply> {
    const { platform, console: port } = this.#parts
    const { identifiers, facts } = await platform.observe()
    // A clock that was set back must not make an old number.
    const sequence = Math.max(this.#progress.sequence + 1, this.#now().getTime())
    this.#keep({ ...this.#progress, sequence })
    const { outcomes } = this.#progress
    const reply = await port.checkIn({
      enrollment: this.#enrollment,
      sequence,
      observedAt: this.#now(),
      identifiers,
      facts,
      outcomes,
    })
    this.#keep({ ...this.#progress, outcomes: this.#progress.outcomes.filter((one) => !outcomes.includes(one)) })
    return reply
  }

  /** @returns whether something was done that is to be acknowledged at once. */
  async #carryOut(orders: readonly Order[]): Promise<boolean> {
    let isNew = false
    for (const order of orders) {
      const known = this.#progress.known.find(({ id }) => id === order.id)
      if (known === undefined) {
        isNew = true
        await this.#carryOutOne(order)
      } else if (!this.#progress.outcomes.some(({ id }) => id === order.id)) {
        // It comes again because its acknowledgement was lost, or because the machine went down over it.
        const outcome = known.outcome ?? { isDone: false, says: 'Begun before a restart; how it ended is not known.' }
        this.#keep({ ...this.#progress, outcomes: [...this.#progress.outcomes, { id: order.id, ...outcome }] })
      }
    }
    return isNew
  }

  async #carryOutOne(order: Order): Promise<void> {
    const { platform, programs, fullWipeProgram, home, log } = this.#parts
    log.info('order', { id: order.id, kind: order.kind })
    // Known before it is done: an order that kills the machine must not kill it at every start.
    const before = this.#progress.known.slice(1 - knownOrders)
    this.#keep({ ...this.#progress, known: [...before, { id: order.id }] })
    const outcome = await carryOut(order, {
      platform,
      programs,
      fullWipeProgram,
      keep: ({ title, body }) => home.keepMessage({ at: this.#now().toISOString(), title, body }),
      leave: () =>
        this.#keep({ ...this.#progress, wipeBy: new Date(this.#now().getTime() + wipeWithinMs).toISOString() }),
    })
    this.#keep({
      ...this.#progress,
      known: [...before, { id: order.id, outcome }],
      outcomes: [...this.#progress.outcomes, { id: order.id, ...outcome }],
    })
  }

  #isOverdueToLeave(): boolean {
    const { wipeBy } = this.#progress
    return wipeBy !== undefined && Date.parse(wipeBy) <= this.#now().getTime()
  }

  #leave(): void {
    const { home, log, onLeft } = this.#parts
    this.#isStopped = true
    this.#timer?.cancel()
    home.clear()
    log.info('enterprise wipe done', { home: home.path })
    onLeft?.()
  }

  #plan(waitMs: number): void {
    if (this.#isStopped) return
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(waitMs, () => {
      this.#current = this.checkIn()
    })
  }

  #keep(progress: Progress): void {
    this.#progress = progress
    this.#parts.home.writeProgress(progress)
  }

  #note(state: HubStatus['state'], waitMs: number, failure?: Failure, reply?: CheckInReply): void {
    const { home } = this.#parts
    if (!home.isEnrolled) return
    const ahead = reply?.consoleTime === undefined ? undefined : this.#now().getTime() - reply.consoleTime.getTime()
    const status: HubStatus = {
      state,
      ...(this.#lastCheckInAt === undefined ? {} : { lastCheckInAt: this.#lastCheckInAt }),
      nextCheckInAt: new Date(this.#now().getTime() + waitMs).toISOString(),
      failuresInARow: this.#failures,
      ...(failure === undefined ? {} : { failure: { code: failure.code, says: failure.says, fix: failure.fix } }),
      ...(ahead === undefined ? {} : { clockAheadMs: ahead }),
    }
    home.writeStatus(status)
  }

  #now(): Date {
    return this.#parts.clock.now()
  }

  #random(): number {
    return this.#parts.random?.() ?? Math.random()
  }
}
