/**
 * The dispatcher: one call becomes one answer, by way of as many attempts as its class allows.
 *
 * It knows the classes of DESIGN 7 and the deadline. Whom to ask is the choice's, who waits stands
 * in a line, and how a request travels only the carrier knows.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { laneOfClass } from '@sallygate/service-kit'
import { consoleFailure } from '../failures.ts'
import type { Attempt, Carrier, Errand, Reachable } from './carrier.ts'
import { Choice } from './choice.ts'
import { classRules, isWorthRepeating, provesNotBegun, wasLost } from './class-rule.ts'
import { Fleet, isRefusal } from './fleet.ts'
import { Line } from './line.ts'
import { hasTime, isWork, kindOf, type DispatchRequest, type Progress } from './progress.ts'
import { isOpenEnded, outcomeOf } from './reconciliation.ts'
import { RetryBudget } from './retry-budget.ts'
import type { StandingWord } from './standing.ts'
import { failureOf } from './verdict.ts'
import { WaitingRoom, type Waiting } from './waiting-room.ts'

export interface Dispatched {
  readonly attempt: Extract<Attempt, { readonly kind: 'done' | 'failed' }>
  readonly instance: string
  readonly name: string
  readonly attempts: number
  /** Monotonic: when the attempt that was answered began and ended. */
  readonly sentMs: number
  readonly answeredMs: number
}

export interface DispatcherOptions {
  readonly carrier: Carrier
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random?: () => number
  /** Calls of one group, waiting and under way; more are refused at once. */
  readonly mostPerGroup?: number
  /** Attempts of all groups under way at once. */
  readonly mostUnderWay?: number
}

/** Three seconds of 300 calls a second: what waits while a relay is started again. */
const mostPerGroup = 1024
/** The relay's window towards a console. */
const mostUnderWay = 512
/** Of the time of a request that must not be repeated: kept back to ask what became of it. */
const askingMs = 20_000

export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #fleet: Fleet
  readonly #budgets = new Map<string, RetryBudget>()
  readonly #line: Line
  readonly #room: WaitingRoom
  readonly #choice: Choice

  constructor(options: DispatcherOptions) {
    const { carrier, clock, random = Math.random } = options
    this.#options = options
    this.#fleet = new Fleet({ carrier, clock, onCleared: () => this.#line.serve() })
    this.#line = new Line({
      mostPerGroup: options.mostPerGroup ?? mostPerGroup,
      mostUnderWay: options.mostUnderWay ?? mostUnderWay,
    })
    this.#room = new WaitingRoom({ carrier, clock, line: this.#line })
    this.#choice = new Choice({ carrier, clock, fleet: this.#fleet, random })
  }

  /** @throws CONSOLE_NO_CONNECTOR_ATTACHED and the other rows of `failureOf`, or what the connector reported. */
  call(request: DispatchRequest): Promise<Dispatched> {
    const rule = classRules[request.errand.class]
    return this.#attempts({
      request,
      rule,
      lane: request.lane ?? laneOfClass[request.errand.class],
      untilMs: this.#options.clock.monotonicMs() + request.deadlineMs,
      idempotencyKey: rule.isKeyed ? newKey() : undefined,
      tried: new Set(),
      attempts: 0,
    })
  }

  /** For showing: how busy an instance is, and whether it answers. */
  loadOf(instance: string): { readonly inFlight: number; readonly latencyMs: number } {
    const { inFlight, latencyMs } = this.#fleet.load(instance)
    return { inFlight, latencyMs: Math.round(latencyMs) }
  }

  /** For showing: whether it answers, and since when that has been known. */
  standingOf(instance: string): { readonly word: StandingWord; readonly forMs: number } {
    const { word, sinceMs } = this.#fleet.standing(instance)
    return { word, forMs: Math.round(this.#options.clock.monotonicMs() - sinceMs) }
  }

  /** It has said something by itself, and signed it. */
  heard(instance: string): void {
    this.#fleet.standing(instance).heard()
  }

  /** An instance that is gone for good takes its history with it. */
  forget(instance: string): void {
    this.#fleet.forget(instance)
  }

  async #attempts(progress: Progress): Promise<Dispatched> {
    const { request } = progress
    const { clock } = this.#options
    const budget = this.#budget(request.errand.group)
    for (;;) {
      const to = await this.#place(progress)
      const sentMs = clock.monotonicMs()
      const attempt = await this.#settled(to, progress, await this.#attempt(to, progress))
      const answeredMs = clock.monotonicMs()
      const answered = { instance: to.instance, name: to.name, attempts: progress.attempts, sentMs, answeredMs }
      if (attempt.kind === 'done' || this.#isFinal(attempt, progress, to)) {
        budget.succeeded()
        return { attempt: attempt as Dispatched['attempt'], ...answered }
      }
      if (!this.#mayTryAgain(attempt, progress, budget)) {
        if (attempt.kind === 'failed') return { attempt, ...answered }
        throw failureOf(request.errand.class, attempt)
      }
    }
  }

  /** The service said no, and would say it everywhere: an answer like any other. */
  #isFinal(attempt: Attempt, progress: Progress, to: Reachable): boolean {
    return (
      attempt.kind === 'failed' &&
      !(attempt.failure.retry === 'elsewhere' && this.#choice.others(progress, to).length > 0)
    )
  }

  #mayTryAgain(attempt: Attempt, progress: Progress, budget: RetryBudget): boolean {
    const { rule, request } = progress
    // A signed refusal has cost nobody anything, and whoever refuses again and again is left alone by the fleet.
    const isFree = wasLost(attempt) || isRefusal(attempt)
    if (!isFree) budget.failed()
    if (!rule.mayRepeat && !provesNotBegun(attempt)) return false
    if (progress.attempts >= rule.attempts || request.signal?.aborted === true) return false
    return (
      (isFree || budget.allowsRetry) &&
      isWorthRepeating(attempt) &&
      hasTime(progress, this.#options.clock.monotonicMs())
    )
  }

  /** Class N: an end that is not known is found out, by asking the one that was asked to do it. */
  async #settled(to: Reachable, progress: Progress, attempt: Attempt): Promise<Attempt> {
    const { errand } = progress.request
    const { idempotencyKey: key } = progress
    if (errand.class !== 'N' || key === undefined || !isOpenEnded(attempt)) return attempt
    const { carrier, clock } = this.#options
    const leftMs = () => progress.untilMs - clock.monotonicMs()
    const known = await outcomeOf({ carrier, clock, errand, key, instance: to.instance, leftMs, otherwise: attempt })
    // What was not done under this key never will be; another attempt is another intent.
    if (known.kind === 'notStarted') progress.idempotencyKey = newKey()
    return known
  }

  async #attempt(to: Reachable, progress: Progress): Promise<Attempt> {
    const { clock, carrier } = this.#options
    const { request, rule, lane } = progress
    const { errand } = request
    const began = clock.monotonicMs()
    const leaver = new AbortController()
    const leave = () => leaver.abort()
    const owed = this.#fleet.begin(to.instance, errand.group, kindOf(progress), {
      isAsked: () => rule.leavesSilent && this.#choice.others(progress, to).length > 0,
      leave,
    })
    request.signal?.addEventListener('abort', leave, { once: true })
    if (request.signal?.aborted === true) leave()
    let attempt: Attempt = { kind: 'silent', because: 'gone' }
    try {
      const carried = { ...errand, idempotencyKey: progress.idempotencyKey }
      attempt = await carrier.carry(to, carried, this.#shareOfTime(to, progress), leaver.signal, owed.sign)
      if (attempt.kind === 'silent' && owed.hasLeft) attempt = { kind: 'silent', because: 'noSign' }
      return attempt
    } finally {
      request.signal?.removeEventListener('abort', leave)
      owed.end(attempt, clock.monotonicMs() - began)
      this.#fleet.load(to.instance).ended(lane)
      this.#line.ended(inLineAs(errand))
    }
  }

  /** Half of what is left, while there is somebody else who could use the other half. */
  #shareOfTime(to: Reachable, progress: Progress): number {
    const { request, rule } = progress
    const leftMs = progress.untilMs - this.#options.clock.monotonicMs()
    if (request.errand.class === 'N') return Math.max(leftMs - askingMs, (leftMs * 2) / 3)
    const canShare =
      rule.sharesDeadline && progress.attempts < rule.attempts && this.#choice.others(progress, to).length > 0
    return canShare ? Math.max(Math.min(request.leastMs * 2, leftMs), leftMs / 2) : leftMs
  }

  /**
   * Waits for an instance with room. It is picked and counted in one turn: calls of one moment must not all see the
   * same idle connector.
   */
  #place(progress: Progress): Promise<Reachable> {
    const { errand, instance = '', isDirect } = progress.request
    const { group, operation } = errand
    const { group: lineGroup, actingGroup } = inLineAs(errand)
    const key = [group, operation, instance, String(isDirect), progress.rule.mayAskClone].join(' ')
    const { promise, resolve, reject } = Promise.withResolvers<Reachable>()
    const end = (failure: Failure) => {
      reject(failure)
      this.#room.leave(waiting)
      return true
    }
    const waiting: Waiting = {
      lane: progress.lane,
      group: lineGroup,
      actingGroup,
      key,
      of: group,
      serve: () => {
        if (!hasTime(progress, this.#options.clock.monotonicMs())) return end(consoleFailure('CONNECTOR_BUSY'))
        const found = this.#choice.find(progress)
        if (typeof found === 'string') return false
        this.#take(found, progress)
        this.#room.leave(waiting)
        resolve(found)
        return true
      },
      isOver: () => {
        const failure = this.#choice.isTooLate(progress)
        return failure === undefined ? false : end(failure)
      },
      evict: () => void end(consoleFailure('CONNECTOR_BUSY', { details: { waiting: this.#line.length } })),
    }
    const isFree = this.#line.hasRoom && !this.#line.isFull(lineGroup) && !this.#line.isBehind(waiting)
    if (isFree && waiting.serve()) return promise
    if (waiting.isOver()) return promise
    if (!this.#line.join(waiting)) {
      end(consoleFailure('CONNECTOR_BUSY', { details: { waiting: this.#line.length } }))
      return promise
    }
    this.#room.enter(waiting)
    // Somebody may have made room for this one.
    if (!this.#line.isBehind(waiting)) this.#line.serve()
    return promise
  }

  #take({ instance }: Reachable, progress: Progress): void {
    progress.attempts++
    progress.tried.add(instance)
    this.#fleet.load(instance).began(progress.lane)
    this.#line.began(inLineAs(progress.request.errand))
  }

  #budget(group: string): RetryBudget {
    const budget = this.#budgets.get(group) ?? new RetryBudget()
    this.#budgets.set(group, budget)
    return budget
  }
}

const newKey = () => toHex(randomBytes(16))

/** What a connector is told about itself stands in a line of its own: after an outage its settings are not behind a thousand look-ups. */
const inLineAs = ({ group, actingGroup, operation }: Pick<Errand, 'group' | 'actingGroup' | 'operation'>) =>
  isWork(operation) ? { group, actingGroup } : { group: `${group} itself`, actingGroup }
