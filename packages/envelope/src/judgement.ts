/**
 * Judging a request whose signer is genuine: each rule a function of the request
 * and of what is known here, without memory.
 *
 * @module
 */
import { equalBytes, fromHex, sha256 } from '@sallygate/base/bytes'
import { envelopeFailure } from './failures.ts'
import type { GateFailure, GateOptions, HeldTrustSet, KnownOperations } from './gate-options.ts'
import { EARLY_MS, MAX_LIFE_MS } from './limits.ts'
import type { RequestStatement } from './request-layout.ts'
import type { OpenedRequest } from './request.ts'

type Judged = GateFailure | undefined

/** Meant for somebody else, or for an earlier run of this process. */
export function misdirected({ request, keyDigest }: OpenedRequest, here: GateOptions): Judged {
  if (request.direction !== here.direction) return wrongRecipient('direction')
  if (request.group !== here.groupOf(request.senderKeyId)) return wrongRecipient('group')
  if (request.recipient !== here.endpoint) return wrongRecipient('recipient')
  if (request.recipientKeyDigest !== keyDigest) return wrongRecipient('recipientKeyDigest')
  if (request.bootNonce !== here.bootNonce) return envelopeFailure('STALE_SESSION')
  return undefined
}

function wrongRecipient(field: string): GateFailure {
  return envelopeFailure('WRONG_RECIPIENT', { details: { field } })
}

/** Of an older protocol or a weaker suite than this group has reached. */
export function downgraded(
  { version, suite }: OpenedRequest,
  highest: { readonly version: number; readonly suite: number },
  held: HeldTrustSet | undefined,
): Judged {
  const suiteFloor = Math.max(highest.suite, held?.suiteFloor ?? 0)
  if (version >= highest.version && suite >= suiteFloor) return undefined
  return envelopeFailure('DOWNGRADE', { details: { version, suite, versionFloor: highest.version, suiteFloor } })
}

/** Too late, too early, or nobody here knows the time. */
export function untimely({ issuedAt, deadline }: RequestStatement, here: GateOptions): Judged {
  const { now, offsetMs, standing } = here.clock.read()
  if (standing === 'unknown') return envelopeFailure('CLOCK', { details: { offset: 'unknown' } })
  if (standing === 'wrong') return envelopeFailure('CLOCK', { details: { offsetMs } })
  const lifeMs = deadline.getTime() - issuedAt.getTime()
  if (lifeMs > MAX_LIFE_MS) return envelopeFailure('LIVES_TOO_LONG', { details: { limitMs: MAX_LIFE_MS } })
  const earlyMs = issuedAt.getTime() - now.getTime()
  if (earlyMs > (here.earlyMs ?? EARLY_MS)) return envelopeFailure('FROM_THE_FUTURE', { details: { byMs: earlyMs } })
  const lateMs = now.getTime() - deadline.getTime()
  if (lifeMs <= 0 || lateMs >= (here.lateMs ?? 0)) return envelopeFailure('EXPIRED', { details: { byMs: lateMs } })
  return undefined
}

/** On trust that has ended here, or that is not here yet. */
export function untrusted({ trustSetNumber }: RequestStatement, held: HeldTrustSet | undefined, now: Date): Judged {
  if (held === undefined || now >= held.notAfter) return envelopeFailure('TRUST_SET_STALE')
  if (trustSetNumber <= held.number) return undefined
  return envelopeFailure('TRUST_SET_BEHIND', { details: { held: held.number, named: trustSetNumber } })
}

/** Not an operation as the table has it, or without what its class needs. */
export function unfit(request: RequestStatement, { tableVersion, classOf }: KnownOperations): Judged {
  if (request.tableVersion !== tableVersion)
    return envelopeFailure('TABLE_VERSION', { details: { here: tableVersion, there: request.tableVersion } })
  const known = classOf(request.operation)
  if (known === undefined) return envelopeFailure('UNKNOWN_OPERATION')
  if (known !== request.class)
    return envelopeFailure('CLASS_MISMATCH', { details: { table: known, claimed: request.class } })
  if (known === 'N' && request.idempotencyKey === undefined) return incomplete('idempotencyKey')
  if (known === 'S' && request.generation === undefined) return incomplete('generation')
  if (!equalBytes(fromHex(request.parameterDigest), sha256(request.parameters)))
    return envelopeFailure('PARAMETER_DIGEST')
  return undefined
}

function incomplete(field: string): GateFailure {
  return envelopeFailure('INCOMPLETE', { details: { field } })
}

/** An older state than the last one admitted for its object. */
export function overtaken({ generation }: RequestStatement, last: number | undefined): Judged {
  if (generation === undefined || last === undefined || generation >= last) return undefined
  return envelopeFailure('GENERATION', { details: { last, named: generation } })
}
