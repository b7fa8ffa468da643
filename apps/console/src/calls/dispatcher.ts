/**
 * The dispatcher: one call becomes one answer, by way of as many attempts as its class allows.
 *
 * It knows the classes of DESIGN 7, the load of the instances and the deadline. It
 * does not know how a request travels; that is the carrier.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { consoleFailure } from '../failures.ts'
import type { Attempt, Carrier, Errand, Reachable } from './carrier.ts'
import { classRules, isWorthRepeating, provesNotBegun, type ClassRule } from './class-rule.ts'
import { Load, pickOfTwo } from './load.ts'
import { RetryBudget } from './retry-budget.ts'
import { failureOf } from './verdict.ts'

export interface DispatchRequest {
  readonly errand: Omit<Errand, 'idempotencyKey'>
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
  /** Calls of one group under way at once; more are refused at once. */
  readonly mostPerGroup?: number
}

/** Two windows of the relay for each of four connectors. */
const mostPerGroup = 256

interface Progress {
  readonly request: DispatchRequest
  readonly rule: ClassRule
  readonly untilMs: number
  readonly idempotencyKey: string | undefined
  readonly tried: Set<string>
  attempts: number
}

export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #random: () => number
  readonly #loads = new Map<string, Load>()
  readonly #budgets = new Map<string, RetryBudget>()
  readonly #underWay = new Map<string, number>()

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#random = options.random ?? Math.random
  }

  /** @throws CONSOLE_NO_CONNECTOR_ATTACHED and the other rows of `failureOf`, or what the connector reported. */
  async call(request: DispatchRequest): Promise<Dispatched> {
    const { group } = request.errand
    const underWay = this.#underWay.get(group) ?? 0
    if (underWay >= (this.#options.mostPerGroup ?? mostPerGroup))
      throw consoleFailure('CONNECTOR_BUSY', { details: { underWay } })
    this.#underWay.set(group, underWay + 1)
    try {
      return await this.#attempts(this.#begin(request))
    } finally {
      const left = (this.#underWay.get(group) ?? 1) - 1
      if (left === 0) this.#underWay.delete(group)
      else this.#underWay.set(group, left)
    }
  }

  /** For showing: how busy an instance is. */
  loadOf(instance: string): { readonly inFlight: number; readonly latencyMs: number } {
    const { inFlight, latencyMs } = this.#load(instance)
    return { inFlight, latencyMs: Math.round(latencyMs) }
  }

  /** An instance that is gone for good takes its history with it. */
  forget(instance: string): void {
    this.#loads.delete(instance)
  }

  #begin(request: DispatchRequest): Progress {
    const rule = classRules[request.errand.class]
    return {
      request,
      rule,
      untilMs: this.#options.clock.monotonicMs() + request.deadlineMs,
      idempotencyKey: rule.isKeyed ? toHex(randomBytes(16)) : undefined,
      tried: new Set(),
      attempts: 0,
    }
  }

  async #attempts(progress: Progress): Promise<Dispatched> {
    const { request, rule } = progress
    const budget = this.#budget(request.errand.group)
    for (;;) {
      // Picked and counted in one turn: calls of one moment must not all see the same idle connector.
      let to = this.#pick(progress)
      while (to === undefined) {
        await this.#somebody(progress)
        to = this.#pick(progress)
      }
      const sentMs = this.#options.clock.monotonicMs()
      const attempt = await this.#attempt(to, progress)
      const answeredMs = this.#options.clock.monotonicMs()
      const answered = { instance: to.instance, name: to.name, attempts: progress.attempts, sentMs, answeredMs }
      if (attempt.kind === 'done') {
        budget.succeeded()
        return { attempt, ...answered }
      }
      // The service said no, and would say it everywhere: an answer like any other.
      const isFinal =
        attempt.kind === 'failed' && !(attempt.failure.retry === 'elsewhere' && this.#others(progress, to).length > 0)
      if (isFinal) {
        budget.succeeded()
        return { attempt, ...answered }
      }
      budget.failed()
      const allowed = rule.mayRepeat || provesNotBegun(attempt)
      const isLast = progress.attempts >= rule.attempts || !budget.allowsRetry || request.signal?.aborted === true
      if (!allowed || isLast || !isWorthRepeating(attempt) || !this.#hasTime(progress)) {
        if (attempt.kind === 'failed') return { attempt, ...answered }
        throw failureOf(request.errand.class, attempt)
      }
    }
  }

  async #attempt(to: Reachable, progress: Progress): Promise<Attempt> {
    const { clock, carrier } = this.#options
    const { request, rule } = progress
    const load = this.#load(to.instance)
    const leftMs = progress.untilMs - clock.monotonicMs()
    // Half of what is left, while there is somebody else who could use the other half.
    const canShare =
      rule.sharesDeadline && progress.attempts + 1 < rule.attempts && this.#others(progress, to).length > 0
    const withinMs = canShare ? Math.max(Math.min(request.leastMs * 2, leftMs), leftMs / 2) : leftMs
    progress.attempts++
    progress.tried.add(to.instance)
    load.inFlight++
    const began = clock.monotonicMs()
    try {
      const errand: Errand = { ...request.errand, idempotencyKey: progress.idempotencyKey }
      return await carrier.carry(to, errand, withinMs, request.signal ?? neverAborts)
    } finally {
      load.inFlight--
      load.answered(clock.monotonicMs() - began)
    }
  }

  #pick(progress: Progress): Reachable | undefined {
    const able = this.#able(progress)
    const fresh = able.filter(({ instance }) => !progress.tried.has(instance))
    return pickOfTwo(
      fresh.length > 0 ? fresh : able,
      ({ instance, weight }) => this.#load(instance).cost(weight),
      this.#random,
      ({ weight = 100 }) => weight,
    )
  }

  /** Waits only while somebody is expected: that nobody is there is an answer, not a time-out. */
  async #somebody(progress: Progress): Promise<void> {
    const { carrier } = this.#options
    const isExpected = carrier.isSomebodyExpected(progress.request.errand.group)
    if (!carrier.isRelayAttached && !isExpected) throw consoleFailure('RELAY_AWAY')
    if (!isExpected || !this.#hasTime(progress)) throw this.#nobody(progress)
    await this.#change(progress)
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

  #others(progress: Progress, chosen: Reachable): readonly Reachable[] {
    return this.#able(progress).filter(({ instance }) => instance !== chosen.instance && !progress.tried.has(instance))
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

  #change(progress: Progress): Promise<void> {
    const { carrier, clock } = this.#options
    return new Promise((resolve) => {
      const settle = () => {
        stop()
        timer.cancel()
        resolve()
      }
      const stop = carrier.onChange(progress.request.errand.group, settle)
      // Expectation ends by time as well as by arrival, so it is asked again now and then.
      const waitMs = Math.min(250, Math.max(1, progress.untilMs - clock.monotonicMs()))
      const timer = clock.after(waitMs, settle)
    })
  }

  #hasTime({ untilMs, request }: Progress): boolean {
    return request.signal?.aborted !== true && untilMs - this.#options.clock.monotonicMs() >= request.leastMs
  }

  #load(instance: string): Load {
    const load = this.#loads.get(instance) ?? new Load()
    this.#loads.set(instance, load)
    return load
  }

  #budget(group: string): RetryBudget {
    const budget = this.#budgets.get(group) ?? new RetryBudget()
    this.#budgets.set(group, budget)
    return budget
  }
}

const neverAborts = new AbortController().signal

/** What a connector does for somebody; all but what it is asked about itself. */
const isWork = (operation: string) => !operation.startsWith('instance.')
