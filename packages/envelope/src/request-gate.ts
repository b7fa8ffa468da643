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
import { equalBytes, fromHex, sha256, type Bytes } from '@sallygate/base/bytes'
import type { Failure } from '@sallygate/base/failure'
import type { GroupId, KeyId } from '@sallygate/trust'
import { envelopeFailure, type EnvelopeCode } from './failures.ts'
import type { Direction, EndpointId, OperationClass } from './fields.ts'
import { generationFloorInMemory, protocolFloorInMemory, type GenerationFloor, type ProtocolFloor } from './floors.ts'
import { EARLY_MS, MAX_LIFE_MS } from './limits.ts'
import type { MessageClock } from './message-clock.ts'
import type { RequestStatement } from './request-layout.ts'
import { openRequest, type KeyFinder, type OpenedRequest } from './request.ts'
import { SeenRequests } from './seen-requests.ts'
import type { Senders } from './signed-body.ts'

/** The closed list of operations both ends know. */
export interface KnownOperations {
  readonly tableVersion: number
  readonly classOf: (operation: string) => OperationClass | undefined
}

/** What the gate needs to know about the verified trust set that is held. */
export interface HeldTrustSet {
  readonly number: number
  readonly notAfter: Date
  readonly suiteFloor: number
}

export interface GateOptions {
  /** The way requests come to this end. */
  readonly direction: Direction
  readonly endpoint: EndpointId
  readonly bootNonce: string
  /** The group a sender may speak for. A connector has one; a console looks the sender up. */
  readonly groupOf: (senderKeyId: KeyId) => GroupId | undefined
  readonly findKey: KeyFinder
  readonly senders: Senders
  readonly clock: MessageClock
  readonly operations: KnownOperations
  /** `issuer` at a console, which makes trust sets; otherwise the one held now, if any. */
  readonly trustSet: 'issuer' | (() => HeldTrustSet | undefined)
  /** How much later than here a message may claim to be made. Default 5 s; a console allows for clocks it has not corrected yet. */
  readonly earlyMs?: number
  /** How long after its deadline a message is still taken. Default 0. */
  readonly lateMs?: number
  readonly protocolFloor?: ProtocolFloor
  readonly generationFloor?: GenerationFloor
  /** What a generation counts for. Default: acting group and operation. */
  readonly objectOf?: (request: RequestStatement) => string
  readonly seen?: SeenRequests
}

export type GateFailure = Failure<EnvelopeCode>

export type Receipt =
  | { readonly kind: 'admitted'; readonly opened: OpenedRequest; readonly budgetMs: number }
  /**
   * The signer is genuine. `mayAnswer`: a signed `notStarted` is true and stays
   * true. Where it is false, the request may have been carried out already.
   */
  | {
      readonly kind: 'refused'
      readonly opened: OpenedRequest
      readonly failure: GateFailure
      readonly mayAnswer: boolean
    }
  /** Nobody is answered. */
  | { readonly kind: 'unopened'; readonly failure: GateFailure }

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
      opened = openRequest(cargo, this.#options.findKey, this.#options.senders)
    } catch (error) {
      if (!envelopeFailure.is(error)) throw error
      return { kind: 'unopened', failure: this.#count(error) }
    }
    return this.admit(opened)
  }

  admit(opened: OpenedRequest): Receipt {
    const misdirected = this.#misdirected(opened) ?? this.#downgraded(opened)
    if (misdirected !== undefined) return this.#refuse(opened, misdirected, false)
    const repeated = this.#repeated(opened.request)
    if (repeated !== undefined) return this.#refuse(opened, repeated, false)
    const failure = this.#untimely(opened.request) ?? this.#untrusted(opened) ?? this.#unfit(opened.request)
    if (failure !== undefined) return this.#refuse(opened, failure, true)
    this.#remember(opened)
    return { kind: 'admitted', opened, budgetMs: this.#budgetMs(opened.request) }
  }

  #misdirected({ request, keyDigest }: OpenedRequest): GateFailure | undefined {
    const { direction, endpoint, groupOf, bootNonce } = this.#options
    if (request.direction !== direction) return wrongRecipient('direction')
    if (request.group !== groupOf(request.senderKeyId)) return wrongRecipient('group')
    if (request.recipient !== endpoint) return wrongRecipient('recipient')
    if (request.recipientKeyDigest !== keyDigest) return wrongRecipient('recipientKeyDigest')
    if (request.bootNonce !== bootNonce) return envelopeFailure('STALE_SESSION')
    return undefined
  }

  #downgraded({ version, suite }: OpenedRequest): GateFailure | undefined {
    const highest = this.#protocolFloor.highest()
    const trustSet = this.#trustSet()
    const suiteFloor = Math.max(highest.suite, trustSet?.suiteFloor ?? 0)
    if (version >= highest.version && suite >= suiteFloor) return undefined
    return envelopeFailure('DOWNGRADE', { details: { version, suite, versionFloor: highest.version, suiteFloor } })
  }

  #repeated(request: RequestStatement): GateFailure | undefined {
    const until = request.deadline.getTime() + (this.#options.lateMs ?? 0)
    switch (this.#seen.remember(request.requestId, until, this.#options.clock.read().now.getTime())) {
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

  #untimely({ issuedAt, deadline }: RequestStatement): GateFailure | undefined {
    const { now, offsetMs, standing } = this.#options.clock.read()
    if (standing === 'unknown' || standing === 'wrong')
      return envelopeFailure('CLOCK', { details: standing === 'wrong' ? { offsetMs } : { offset: 'unknown' } })
    const lifeMs = deadline.getTime() - issuedAt.getTime()
    if (lifeMs > MAX_LIFE_MS) return envelopeFailure('LIVES_TOO_LONG', { details: { limitMs: MAX_LIFE_MS } })
    const earlyMs = issuedAt.getTime() - now.getTime()
    if (earlyMs > (this.#options.earlyMs ?? EARLY_MS))
      return envelopeFailure('FROM_THE_FUTURE', { details: { byMs: earlyMs } })
    const lateMs = now.getTime() - deadline.getTime()
    if (lifeMs <= 0 || lateMs >= (this.#options.lateMs ?? 0))
      return envelopeFailure('EXPIRED', { details: { byMs: lateMs } })
    return undefined
  }

  #untrusted({ request }: OpenedRequest): GateFailure | undefined {
    if (this.#options.trustSet === 'issuer') return undefined
    const held = this.#trustSet()
    if (held === undefined || this.#options.clock.read().now >= held.notAfter) return envelopeFailure('TRUST_SET_STALE')
    if (request.trustSetNumber > held.number)
      return envelopeFailure('TRUST_SET_BEHIND', { details: { held: held.number, named: request.trustSetNumber } })
    return undefined
  }

  #unfit(request: RequestStatement): GateFailure | undefined {
    const { operations } = this.#options
    if (request.tableVersion !== operations.tableVersion)
      return envelopeFailure('TABLE_VERSION', {
        details: { here: operations.tableVersion, there: request.tableVersion },
      })
    const known = operations.classOf(request.operation)
    if (known === undefined) return envelopeFailure('UNKNOWN_OPERATION')
    if (known !== request.class)
      return envelopeFailure('CLASS_MISMATCH', { details: { table: known, claimed: request.class } })
    if (known === 'N' && request.idempotencyKey === undefined)
      return envelopeFailure('INCOMPLETE', { details: { field: 'idempotencyKey' } })
    if (known === 'S' && request.generation === undefined)
      return envelopeFailure('INCOMPLETE', { details: { field: 'generation' } })
    if (!equalBytes(fromHex(request.parameterDigest), sha256(request.parameters)))
      return envelopeFailure('PARAMETER_DIGEST')
    const last = request.generation === undefined ? undefined : this.#generationFloor.last(this.#objectOf(request))
    if (last !== undefined && request.generation !== undefined && request.generation < last)
      return envelopeFailure('GENERATION', { details: { last, named: request.generation } })
    return undefined
  }

  /** Raises the floors: only a request that is carried out may. */
  #remember({ request, version, suite }: OpenedRequest): void {
    const highest = this.#protocolFloor.highest()
    if (version > highest.version || suite > highest.suite) this.#protocolFloor.raise(version, suite)
    if (request.generation !== undefined) this.#generationFloor.raise(this.#objectOf(request), request.generation)
  }

  #budgetMs({ deadline, remainingMs }: RequestStatement): number {
    const left = deadline.getTime() + (this.#options.lateMs ?? 0) - this.#options.clock.read().now.getTime()
    return Math.min(left, remainingMs)
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

function wrongRecipient(field: string): GateFailure {
  return envelopeFailure('WRONG_RECIPIENT', { details: { field } })
}
