/**
 * The choice: which instance is asked next, and what it means that there is none.
 *
 * It looks at who is reachable, able, awake and free, every time anew; nothing is kept and
 * nobody is counted here. Waiting is the waiting room's, counting the dispatcher's.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import { consoleFailure } from '../failures.ts'
import type { Carrier, Reachable } from './carrier.ts'
import type { Fleet } from './fleet.ts'
import { pickOfTwo } from './load.ts'
import { hasTime, isWork, kindOf, serviceOf, type Progress } from './progress.ts'

export interface ChoiceParts {
  readonly carrier: Carrier
  readonly clock: Clock
  readonly fleet: Fleet
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** Why nobody is there to be asked now. */
export type Nobody = 'absent' | 'silent' | 'full'

/** Where all who could do it give no sign, a call waits so long for one of them to come back. */
const silenceMs = 15_000

export class Choice {
  readonly #parts: ChoiceParts

  constructor(parts: ChoiceParts) {
    this.#parts = parts
  }

  /** Whoever is able, answers, and has room: of those not yet tried the less loaded of two. */
  find(progress: Progress): Reachable | Nobody {
    const able = this.#able(progress)
    if (able.length === 0) return 'absent'
    const isNamed = progress.request.instance !== undefined
    const awake = isNamed
      ? able
      : able.filter(({ instance }) => this.#parts.fleet.standing(instance).word !== 'suspect')
    if (awake.length === 0) return 'silent'
    const fresh = awake.filter(({ instance }) => !progress.tried.has(instance))
    const candidates = fresh.length > 0 ? fresh : awake
    const service = serviceOf(progress.request.errand.operation)
    const kind = kindOf(progress)
    const rankOf = (one: Reachable) => this.#parts.fleet.rank(one, service, kind)
    const good = candidates.filter((one) => rankOf(one) < 2)
    const free = (good.length > 0 ? good : candidates).filter(({ instance }) =>
      this.#parts.fleet.load(instance).hasPlace(progress.lane),
    )
    if (free.length === 0) return 'full'
    const best = Math.min(...free.map(rankOf))
    const nowMs = this.#parts.clock.monotonicMs()
    const picked = pickOfTwo(
      free.filter((one) => rankOf(one) === best),
      ({ instance, weight }) => this.#parts.fleet.load(instance).cost(weight, nowMs),
      this.#parts.random,
      ({ weight = 100 }) => weight,
    )
    return picked ?? 'absent'
  }

  /** That nobody is there is an answer, not a time-out: waiting is for those who are expected, or busy, or silent a moment. */
  isTooLate(progress: Progress): Failure | undefined {
    const found = this.find(progress)
    if (typeof found !== 'string')
      return hasTime(progress, this.#parts.clock.monotonicMs()) ? undefined : consoleFailure('CONNECTOR_BUSY')
    const isInTime = hasTime(progress, this.#parts.clock.monotonicMs())
    if (found === 'full') return isInTime ? undefined : consoleFailure('CONNECTOR_BUSY')
    if (found === 'silent') return isInTime && this.#isSilentSince(progress) < silenceMs ? undefined : silent()
    const { carrier } = this.#parts
    const isExpected = carrier.isSomebodyExpected(progress.request.errand.group)
    if (!carrier.isRelayAttached && !isExpected) return consoleFailure('RELAY_AWAY')
    return isExpected && isInTime ? undefined : this.#nobody(progress)
  }

  /** Who could be asked instead, and answers. */
  others(progress: Progress, chosen: Reachable): readonly Reachable[] {
    return this.#able(progress).filter(
      ({ instance }) =>
        instance !== chosen.instance &&
        !progress.tried.has(instance) &&
        this.#parts.fleet.standing(instance).word !== 'suspect',
    )
  }

  #named({ request }: Progress): readonly Reachable[] {
    return this.#parts.carrier
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

  #isSilentSince(progress: Progress): number {
    const since = this.#able(progress).map(({ instance }) => this.#parts.fleet.standing(instance).sinceMs)
    return this.#parts.clock.monotonicMs() - Math.max(...since)
  }

  #nobody(progress: Progress): Failure {
    const { request, rule } = progress
    const { group, operation } = request.errand
    const attached = this.#parts.carrier.reachable(group).length
    if (attached === 0) return consoleFailure('NO_CONNECTOR_ATTACHED')
    const asked = this.#named(progress)
    const cloned = asked.filter(({ isCloned }) => isCloned && !rule.mayAskClone)
    if (cloned.length > 0) return consoleFailure('CONNECTOR_CLONED', { details: { connector: cloned[0]?.name ?? '' } })
    const isPaused = isWork(operation) && asked.length > 0 && asked.every((one) => one.isPaused === true)
    if (isPaused) return consoleFailure('CONNECTORS_PAUSED', { details: { paused: asked.length } })
    return consoleFailure('NO_CONNECTOR_ABLE', { details: { operation, attached } })
  }
}

const silent = () => consoleFailure('CONNECTOR_SILENT', { details: { because: 'suspect' } })
