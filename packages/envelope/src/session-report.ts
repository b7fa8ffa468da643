/**
 * What keeps a session alive: the connector's reports, and the renewal of its certificate.
 *
 * Like the hello they are parameters and payload of ordinary requests. Times and
 * trust sets come back in the answer to a report, so that a connector learns of a
 * revocation within one report and not at its next hello.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { bytes, flag, instant, layout, list, optional, text, u32, u64, word, type Value } from '@sallygate/base/layout'
import { envelopeFailure } from './failures.ts'
import { hex } from './fields.ts'

export const SESSION_RENEW = 'session.renew'

/** Larger than any certificate or certificate request of ours. */
const MAX_CERTIFICATE = 4096

/** Of one service; as in the instance contract, so that a report and a status say the same. */
export const serviceReportFields = {
  service: text(40),
  contractVersion: u32,
  generation: u64,
  state: word({ off: 1, starting: 2, healthy: 3, degraded: 4, failed: 5 }),
  code: text(100),
  reason: text(1000),
  fix: text(1000),
}
const serviceReport = layout(serviceReportFields)
export type ServiceReport = Value<typeof serviceReport>

/** Something an administrator should hear of: `policyChanged`, `journalUnavailable`. */
export const sessionEventFields = { at: instant, kind: text(60), detail: text(500) }
const sessionEvent = layout(sessionEventFields)
export type SessionEvent = Value<typeof sessionEvent>

export const reportFields = {
  bootNonce: hex(16),
  trustSetNumber: u64,
  /** Zeros where there is no policy file. */
  policyDigest: hex(32),
  inFlight: u32,
  services: list(serviceReport, 50),
  /** Since the last report that was answered. */
  events: list(sessionEvent, 50),
}
const report = layout(reportFields)
export type Report = Value<typeof report>

export const reportAnswerFields = {
  bootNonce: hex(16),
  consoleTime: instant,
  settingsGeneration: u64,
  /** Present when the console has a newer one than the report named. */
  trustSet: optional(bytes(64 * 1024)),
  /** The console does not know this session: after a restart, or because another instance took its place. */
  sayHello: flag,
  /** Where the console's audit log stands, signed by the console's identity: to be kept, and not understood. */
  auditHead: optional(bytes(512)),
}
const reportAnswer = layout(reportAnswerFields)
export type ReportAnswer = Value<typeof reportAnswer>

/** The request is signed with the key whose certificate ends; the certificate request holds the key that goes on. */
export const renewalFields = { bootNonce: hex(16), certificateRequest: bytes(MAX_CERTIFICATE) }
const renewal = layout(renewalFields)
export type Renewal = Value<typeof renewal>

export const renewalAnswerFields = {
  bootNonce: hex(16),
  certificate: bytes(MAX_CERTIFICATE),
  groupAuthority: bytes(MAX_CERTIFICATE),
}
const renewalAnswer = layout(renewalAnswerFields)
export type RenewalAnswer = Value<typeof renewalAnswer>

export const encodeReport = (value: Report): Buffer => report.encode(value)
/** @throws BASE_MALFORMED, BASE_TOO_LARGE. */
export const decodeReport = (parameters: Bytes): Report => report.decode(parameters)

export const encodeReportAnswer = (value: ReportAnswer): Buffer => reportAnswer.encode(value)
/** @throws BASE_MALFORMED, BASE_TOO_LARGE, ENVELOPE_STALE_SESSION. */
export const decodeReportAnswer = (payload: Bytes, bootNonce: string): ReportAnswer =>
  ofSession(reportAnswer.decode(payload), bootNonce)

export const encodeRenewal = (value: Renewal): Buffer => renewal.encode(value)
/** @throws BASE_MALFORMED, BASE_TOO_LARGE. */
export const decodeRenewal = (parameters: Bytes): Renewal => renewal.decode(parameters)

export const encodeRenewalAnswer = (value: RenewalAnswer): Buffer => renewalAnswer.encode(value)
/** @throws BASE_MALFORMED, BASE_TOO_LARGE, ENVELOPE_STALE_SESSION. */
export const decodeRenewalAnswer = (payload: Bytes, bootNonce: string): RenewalAnswer =>
  ofSession(renewalAnswer.decode(payload), bootNonce)

function ofSession<T extends { readonly bootNonce: string }>(value: T, bootNonce: string): T {
  if (value.bootNonce !== bootNonce) throw envelopeFailure('STALE_SESSION')
  return value
}
