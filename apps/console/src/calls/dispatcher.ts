/**
 * The dispatcher: one call becomes one answer, by way of as many attempts as its class allows.
 *
 * It knows the classes of DESIGN 7, the load and the standing of the instances and the
 * deadline. Who waits stands in a line. It does not know how a request travels; that is the carrier.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { laneOfClass, type Lane } from '@sallygate/service-kit'
import { consoleFailure } from '../failures.ts'
import type { Attempt, Carrier, Errand, Reachable } from './carrier.ts'
import { classRules, isWorthRepeating, provesNotBegun, wasLost, type ClassRule } from './class-rule.ts'
import { Fleet, isRefusal } from './fleet.ts'
import { Line, type InLine } from './line.ts'
import { pickOfTwo } from './load.ts'
import { isOpenEnded, outcomeOf } from './reconciliation.ts'
import { RetryBudget } from './retry-budget.ts'
import type { StandingWord } from './standing.ts'
import { failureOf } from './verdict.ts'

export interface DispatchRequest {
  readonly errand: Omit<Errand, 'idempotencyKey'>
  /** That of its class unless given. */
  readonly lane?: Lane | undefined
  readonly deadlineMs: number
  /** With less time than this an attempt is not begun. */
  readonly leastMs: number
  /** Only this instance. */
  readonly instance?: string | undefined
  /** Only those that stand beside the console, or only the others. */
  readonly isDirect?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

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
/** How often those who wait are looked at, besides when something happens. */
const sweepMs = 250
/** Where all who could do it give no sign, a call waits so long for one of them to come back. */
const silenceMs = 15_000
/** Of the time of a request that must not be repeated: kept back to ask what became of it. */
const askingMs = 20_000

interface Progress {
  readonly request: DispatchRequest
  readonly rule: ClassRule
  readonly lane: Lane
  readonly untilMs: number
  readonly tried: Set<string>
  idempotencyKey: string | undefined
  attempts: number
}

/** Why nobody is there to be asked now. */
type Nobody = 'absent' | 'silent' | 'full'

interface Waiting extends InLine {
  /** Whose connectors it waits for. */
  readonly of: string
  /** Looks whether waiting is over without an answer. @returns true when it is. */
  isOver(): boolean
}

export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #random: () => number
  readonly #fleet: Fleet
  readonly #budgets = new Map<string, RetryBudget>()
  readonly #line: Line
  readonly #waiting = new Set<Waiting>()
  readonly #watches = new Map<string, () => void>()
  #sweep: Timer | undefined

  constructor(options: DispatcherOptions) {
    const { carrier, clock } = options
    this.#options = options
    this.#random = options.random ?? Math.random
    this.#fleet = new Fleet({ carrier, clock, onCleared: () => this.#line.serve() })
    this.#line = new Line({
      mostPerGroup: options.mostPerGroup ?? mostPerGroup,
      mostUnderWay: options.mostUnderWay ?? mostUnderWay,
    })
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
      attempt.kind === 'failed' && !(attempt.failure.retry === 'elsewhere' && this.#others(progress, to).length > 0)
    )
  }

  #mayTryAgain(attempt: Attempt, progress: Progress, budget: RetryBudget): boolean {
    const { rule, request } = progress
    // A signed refusal has cost nobody anything, and whoever refuses again and again is left alone by the fleet.
    const isFree = wasLost(attempt) || isRefusal(attempt)
    if (!isFree) budget.failed()
    if (!rule.mayRepeat && !provesNotBegun(attempt)) return false
    if (progress.attempts >= rule.attempts || request.signal?.aborted === true) return false
    return (isFree || budget.allowsRetry) && isWorthRepeating(attempt) && this.#hasTime(progress)
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
      isAsked: () => rule.leavesSilent && this.#others(progress, to).length > 0,
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
    const canShare = rule.sharesDeadline && progress.attempts < rule.attempts && this.#others(progress, to).length > 0
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
      this.#stopWaiting(waiting)
      return true
    }
    const waiting: Waiting = {
      lane: progress.lane,
      group: lineGroup,
      actingGroup,
      key,
      of: group,
      serve: () => {
        if (!this.#hasTime(progress)) return end(consoleFailure('CONNECTOR_BUSY'))
        const found = this.#find(progress)
        if (typeof found === 'string') return false
        this.#take(found, progress)
        this.#stopWaiting(waiting)
        resolve(found)
        return true
      },
      isOver: () => {
        const failure = this.#isTooLate(progress)
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
    this.#startWaiting(waiting)
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

  /** Whoever is able, answers, and has room: of those not yet tried the less loaded of two. */
  #find(progress: Progress): Reachable | Nobody {
    const able = this.#able(progress)
    if (able.length === 0) return 'absent'
    const isNamed = progress.request.instance !== undefined
    const awake = isNamed ? able : able.filter(({ instance }) => this.#fleet.standing(instance).word !== 'suspect')
    if (awake.length === 0) return 'silent'
    const fresh = awake.filter(({ instance }) => !progress.tried.has(instance))
    const candidates = fresh.length > 0 ? fresh : awake
    const service = serviceOf(progress.request.errand.operation)
    const kind = kindOf(progress)
    const rankOf = (one: Reachable) => this.#fleet.rank(one, service, kind)
    const good = candidates.filter((one) => rankOf(one) < 2)
    const free = (good.length > 0 ? good : candidates).filter(({ instance }) =>
      this.#fleet.load(instance).hasPlace(progress.lane),
    )
    if (free.length === 0) return 'full'
    const best = Math.min(...free.map(rankOf))
    const nowMs = this.#options.clock.monotonicMs()
    const picked = pickOfTwo(
      free.filter((one) => rankOf(one) === best),
      ({ instance, weight }) => this.#fleet.load(instance).cost(weight, nowMs),
      this.#random,
      ({ weight = 100 }) => weight,
    )
    return picked ?? 'absent'
  }

  /** That nobody is there is an answer, not a time-out: waiting is for those who are expected, or busy, or silent a moment. */
  #isTooLate(progress: Progress): Failure | undefined {
    const found = this.#find(progress)
    if (typeof found !== 'string') return this.#hasTime(progress) ? undefined : consoleFailure('CONNECTOR_BUSY')
    const hasTime = this.#hasTime(progress)
    if (found === 'full') return hasTime ? undefined : consoleFailure('CONNECTOR_BUSY')
    if (found === 'silent') return hasTime && this.#isSilentSince(progress) < silenceMs ? undefined : silent()
    const { carrier } = this.#options
    const isExpected = carrier.isSomebodyExpected(progress.request.errand.group)
    if (!carrier.isRelayAttached && !isExpected) return consoleFailure('RELAY_AWAY')
    return isExpected && hasTime ? undefined : this.#nobody(progress)
  }

  #isSilentSince(progress: Progress): number {
    const since = this.#able(progress).map(({ instance }) => this.#fleet.standing(instance).sinceMs)
    return this.#options.clock.monotonicMs() - Math.max(...since)
  }

  #startWaiting(one: Waiting): void {
    this.#waiting.add(one)
    const { carrier, clock } = this.#options
    if (!this.#watches.has(one.of)) {
      this.#watches.set(
        one.of,
        carrier.onChange(one.of, () => this.#line.serve()),
      )
    }
    if (this.#sweep !== undefined) return
    const sweep = () => {
      for (const waiting of Array.from(this.#waiting)) if (waiting.isOver()) this.#line.leave(waiting)
      this.#line.serve()
      this.#sweep = this.#waiting.size === 0 ? undefined : clock.after(sweepMs, sweep)
    }
    this.#sweep = clock.after(sweepMs, sweep)
  }

  #stopWaiting(one: Waiting): void {
    if (!this.#waiting.delete(one)) return
    if (!this.#waiting.values().some((other) => other.of === one.of)) {
      this.#watches.get(one.of)?.()
      this.#watches.delete(one.of)
    }
    if (this.#waiting.size > 0) return
    this.#sweep?.cancel()
    this.#sweep = undefined
  }

  #named({ request }: Progress): readonly Reachable[] {
    return this.#options.carrier
      .reachable(request.errand.group)
      .filter(({ instance }) => request.instance === undefined || instance === request.instance)
      .filter(({ isDirect = false }) => request.isDirect === undefined || isDirect === request.isDirect)
  }

  #able(progress: Progress): readonly Reachable[] {
    const { request, rule } = progress
    const { operation } = request.errand
    return this.#named(progress).filter(
      ({ operations, isDraining, isCloned, isPaused = false }) =>
        operations.has(operation) && !isDraining && !(isPaused && isWork(operation)) && (!isCloned || rule.mayAskClone),
    )
  }

  /** Who could be asked instead, and answers. */
  #others(progress: Progress, chosen: Reachable): readonly Reachable[] {
    return this.#able(progress).filter(
      ({ instance }) =>
        instance !== chosen.instance &&
        !progress.tried.has(instance) &&
        this.#fleet.standing(instance).word !== 'suspect',
    )
  }

  #nobody(progress: Progress): Failure {
    const { request, rule } = progress
    const { group, operation } = request.errand
    const attached = this.#options.carrier.reachable(group).length
    if (attached === 0) return consoleFailure('NO_CONNECTOR_ATTACHED')
    const asked = this.#named(progress)
    const cloned = asked.filter(({ isCloned }) => isCloned && !rule.mayAskClone)
    if (cloned.length > 0) return consoleFailure('CONNECTOR_CLONED', { details: { connector: cloned[0]?.name ?? '' } })
    const isPaused = isWork(operation) && asked.length > 0 && asked.every((one) => one.isPaused === true)
    if (isPaused) return consoleFailure('CONNECTORS_PAUSED', { details: { paused: asked.length } })
    return consoleFailure('NO_CONNECTOR_ABLE', { details: { operation, attached } })
  }

  #hasTime({ untilMs, request }: Progress): boolean {
    return request.signal?.aborted !== true && untilMs - this.#options.clock.monotonicMs() >= request.leastMs
  }

  #budget(group: string): RetryBudget {
    const budget = this.#budgets.get(group) ?? new RetryBudget()
    this.#budgets.set(group, budget)
    return budget
  }
}

const newKey = () => toHex(randomBytes(16))

const silent = () => consoleFailure('CONNECTOR_SILENT', { details: { because: 'suspect' } })

/** `directory` of `directory.search` */
const serviceOf = (operation: string) => operation.slice(0, operation.indexOf('.'))

/** What a connector may refuse alike. */
const kindOf = ({ request: { errand } }: Progress) => `${errand.operation} ${errand.actingGroup} ${errand.component}`

/** What a connector is told about itself stands in a line of its own: after an outage its settings are not behind a thousand look-ups. */
const inLineAs = ({ group, actingGroup, operation }: Pick<Errand, 'group' | 'actingGroup' | 'operation'>) =>
  isWork(operation) ? { group, actingGroup } : { group: `${group} itself`, actingGroup }

/** What a connector does for somebody; all but what it is asked about itself. */
const isWork = (operation: string) => !operation.startsWith('instance.')
