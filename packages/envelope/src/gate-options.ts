/**
 * What a gate is told about its end, and what it says of each cargo.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'
import type { GroupId, KeyId } from '@sallygate/trust'
import type { EnvelopeCode } from './failures.ts'
import type { Direction, EndpointId, OperationClass } from './fields.ts'
import type { GenerationFloor, ProtocolFloor } from './floors.ts'
import type { MessageClock } from './message-clock.ts'
import type { RequestStatement } from './request-layout.ts'
import type { KeyFinder, OpenedRequest } from './request.ts'
import type { ReceiverContexts } from './receiver-contexts.ts'
import type { SeenRequests } from './seen-requests.ts'
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
  /** Default: every message is opened as if it were the first of its context. */
  readonly contexts?: ReceiverContexts
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
