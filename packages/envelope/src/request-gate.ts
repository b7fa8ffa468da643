/**
 * The gate: which opened requests are carried out.
 *
 * One gate stands at each receiving end for as long as its process lives. It
 * remembers every request that was really meant for it, also those it refuses:
 * what was answered with *not started* must not start later, when somebody
 * delivers it again.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { envelopeFailure, type EnvelopeCode } from './failures.ts'
import { generationFloorInMemory, protocolFloorInMemory, type GenerationFloor, type ProtocolFloor } from './floors.ts'
import type { GateFailure, GateOptions, HeldTrustSet, Receipt } from './gate-options.ts'
import { downgraded, misdirected, overtaken, unfit, untimely, untrusted } from './judgement.ts'
import type { RequestStatement } from './request-layout.ts'
import { openRequest, type OpenedRequest } from './request.ts'
import { SeenRequests } from './seen-requests.ts'

export class RequestGate {
  readonly #options: GateOptions
  readonly #seen: SeenRequests
  readonly #protocolFloor: ProtocolFloor
  readonly #generationFloor: GenerationFloor
  readonly #refusals = new Map<EnvelopeCode, number>()

  constructor(options: GateOptions) {
    this.#options = options
    this.#seen = options.seen ?? new SeenRequests()
    this.#protocolFloor = options.protocolFloor ?? protocolFloorInMemory()
    this.#generationFloor = options.generationFloor ?? generationFloorInMemory()
  }

  /** How often each refusal happened. For metrics and alarms. */
  get refusals(): ReadonlyMap<EnvelopeCode, number> {
    return this.#refusals
  }

  /** Opens and judges one cargo. Throws nothing that a peer can cause. */
  receive(cargo: Bytes): Receipt {
    let opened: OpenedRequest
    try {
      opened = openRequest(cargo, this.#options.findKey, this.#options.senders, this.#options.contexts)
    } catch (error) {
      if (!envelopeFailure.is(error)) throw error
      return { kind: 'unopened', failure: this.#count(error) }
    }
    return this.admit(opened)
  }

  admit(opened: OpenedRequest): Receipt {
    const { request } = opened
    const held = this.#trustSet()
    const elsewhere =
      misdirected(opened, this.#options) ??
      downgraded(opened, this.#protocolFloor.highest(), held) ??
      this.#repeated(request)
    if (elsewhere !== undefined) return this.#refuse(opened, elsewhere, false)
    const failure =
      untimely(request, this.#options) ??
      (this.#options.trustSet === 'issuer' ? undefined : untrusted(request, held, this.#now())) ??
      unfit(request, this.#options.operations) ??
      overtaken(request, this.#generationFloor.last(this.#objectOf(request)))
    if (failure !== undefined) return this.#refuse(opened, failure, true)
    this.#raiseFloors(opened)
    return { kind: 'admitted', opened, budgetMs: this.#budgetMs(request) }
  }

  #repeated(request: RequestStatement): GateFailure | undefined {
    const untilMs = request.deadline.getTime() + (this.#options.lateMs ?? 0)
    switch (this.#seen.remember(request.requestId, untilMs, this.#now().getTime())) {
      case 'new':
        return undefined
      case 'seen':
        return envelopeFailure('DUPLICATE')
      case 'forgotten':
        return envelopeFailure('EXPIRED')
      case 'full':
        return envelopeFailure('FULL')
    }
  }

  /** Only a request that is carried out raises a floor. */
  #raiseFloors({ request, version, suite }: OpenedRequest): void {
    const highest = this.#protocolFloor.highest()
    if (version > highest.version || suite > highest.suite) this.#protocolFloor.raise(version, suite)
    if (request.generation !== undefined) this.#generationFloor.raise(this.#objectOf(request), request.generation)
  }

  #budgetMs({ deadline, remainingMs }: RequestStatement): number {
    return Math.min(deadline.getTime() + (this.#options.lateMs ?? 0) - this.#now().getTime(), remainingMs)
  }

  #now(): Date {
    return this.#options.clock.read().now
  }

  #trustSet(): HeldTrustSet | undefined {
    return this.#options.trustSet === 'issuer' ? undefined : this.#options.trustSet()
  }

  #objectOf(request: RequestStatement): string {
    return this.#options.objectOf?.(request) ?? `${request.actingGroup} ${request.operation}`
  }

  #refuse(opened: OpenedRequest, failure: GateFailure, mayAnswer: boolean): Receipt {
    return { kind: 'refused', opened, failure: this.#count(failure), mayAnswer }
  }

  #count(failure: GateFailure): GateFailure {
    this.#refusals.set(failure.code, (this.#refusals.get(failure.code) ?? 0) + 1)
    return failure
  }
}
