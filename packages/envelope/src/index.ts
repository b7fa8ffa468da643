/**
 * Envelopes: sealed and signed messages between console and connector, over any pipe.
 *
 * @module
 */
export * from './descriptor-query.ts'
export * from './enrollment.ts'
export * from './enrollment-reply.ts'
export type { Enrolled, EnrollmentStatement } from './enrollment-layout.ts'
export { envelopeFailure, type EnvelopeCode } from './failures.ts'
export { kindOf } from './fields.ts'
export type { CargoKind, Component, Direction, EndpointId, OperationClass, Outcome } from './fields.ts'
export * from './key-ring.ts'
export * from './limits.ts'
export * from './reply-assembler.ts'
export { openReplyChunk, ReplyWriter, requestIdOfReply, type Answerer, type ReplyParts } from './reply.ts'
export type { ReplyStatement } from './reply-layout.ts'
export { BatchSigner } from './batch-signer.ts'
export { ReceiverContexts } from './receiver-contexts.ts'
export { SenderContexts } from './sender-contexts.ts'
export { NO_BOOT_NONCE, openRequest, sealRequest, sealRequestInBatch } from './request.ts'
export type { KeyFinder, OpenedRequest, PendingReply, Recipient, RequestDraft, SealedRequest } from './request.ts'
export type { RequestStatement } from './request-layout.ts'
export * from './session-operations.ts'
export * from './session-report.ts'
export * from './session.ts'
export type { Senders, Signer } from './signed-body.ts'
export {
  importXWingPrivateKey,
  importXWingPublicKey,
  makeXWingPrivateKey,
  type XWingPrivateKey,
  type XWingPublicKey,
} from './x-wing.ts'
export * from './floors.ts'
export * from './message-clock.ts'
export type { GateFailure, GateOptions, HeldTrustSet, KnownOperations, Receipt } from './gate-options.ts'
export { RequestGate } from './request-gate.ts'
export { SeenRequests } from './seen-requests.ts'
