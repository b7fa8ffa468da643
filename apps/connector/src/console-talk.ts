/**
 * Asking the console: one sealed request, one verified answer.
 *
 * Used for the operations of a session only; a connector never asks for anything else.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { HopClient } from '@sallygate/dial'
import {
  CLOCK_ALARM_MS,
  envelopeFailure,
  importXWingPublicKey,
  NO_BOOT_NONCE,
  ReplyAssembler,
  sealRequest,
  SESSION_TABLE_VERSION,
  type CompleteReply,
  type MessageClock,
  type Signer,
} from '@sallygate/envelope'
import { decodeFailed } from '@sallygate/service-kit'
import type { Descriptor, KeyId } from '@sallygate/trust'
import { consoleAddress } from './addresses.ts'
import { answerWithinMs, untilRefused, wrongClock } from './descriptor-exchange.ts'
import { connectorFailure } from './failures.ts'
import type { Enrollment } from './identity.ts'
import type { Mailroom } from './mailroom.ts'
import type { TrustStore } from './trust-store.ts'

/** A trust set is at most 64 KiB; nothing else in an answer is long. */
const maxAnswer = 256 * 1024

export interface TalkOptions {
  readonly client: Pick<HopClient, 'send'>
  readonly mailroom: Mailroom
  readonly enrollment: Enrollment
  readonly trust: TrustStore
  readonly signer: Signer
  readonly messageClock: MessageClock
  readonly clock: Clock
}

export interface Answered {
  readonly payload: Buffer
  /** On the monotonic clock, around the question. */
  readonly askedAtMs: number
  readonly answeredAtMs: number
  /** The console's identity signed it, and not one of the keys in the trust set. */
  readonly isFromIdentity: boolean
}

/** @throws CONNECTOR_CONSOLE_SILENT, CONNECTOR_CLOCK, CONNECTOR_HELLO_REFUSED, DIAL_*. */
export async function askConsole(
  options: TalkOptions,
  descriptor: Descriptor,
  operation: string,
  parameters: Bytes,
  signal: AbortSignal,
): Promise<Answered> {
  const { client, mailroom, enrollment, trust, signer, messageClock, clock } = options
  const { group } = enrollment
  const issuedAt = messageClock.read().now
  const draft = {
    direction: 'connectorToConsole',
    group,
    actingGroup: group,
    component: 'other',
    trustSetNumber: trust.number,
    operation,
    class: 'R',
    tableVersion: SESSION_TABLE_VERSION,
    issuedAt,
    deadline: new Date(issuedAt.getTime() + answerWithinMs),
    parameters,
  } as const
  const publicKey = importXWingPublicKey(descriptor.encryptionKey)
  const { cargo, pending } = sealRequest(
    draft,
    { endpoint: descriptor.console, publicKey, bootNonce: NO_BOOT_NONCE },
    signer,
  )
  // The identity in the descriptor leads to the pinned root. Without it, a console that replaced its signing key at
  // once could not tell anybody: the answer that brings the new trust set would be signed by a key nobody knows yet.
  const { identity } = descriptor
  let isFromIdentity = true
  const senders = (keyId: KeyId) => {
    if (keyId === identity.keyId) return identity.publicKey
    isFromIdentity = false
    return trust.signerKey(keyId, messageClock.read().now)
  }
  const assembler = new ReplyAssembler(pending, senders, { maxBytes: maxAnswer })
  const read = (reply: Buffer): CompleteReply | undefined => {
    try {
      const progress = assembler.take(reply)
      return progress.kind === 'complete' ? progress : undefined
    } catch (error) {
      // Made up by the relay; the true one may still come.
      if (envelopeFailure.is(error)) return undefined
      throw error
    }
  }
  const askedAtMs = clock.monotonicMs()
  const late = () => connectorFailure('CONSOLE_SILENT', { details: { waitedFor: operation } })
  const answer = mailroom.wait(pending.requestId, answerWithinMs, read, late, signal)
  const sending = client.send(consoleAddress(descriptor.console), cargo, { ttlMs: answerWithinMs, expectsAnswer: true })
  const reply = await Promise.race([answer, untilRefused(sending.fate)])
  sending.settle()
  if (reply.outcome !== 'done') throw refusal(reply, messageClock.read().now)
  return { payload: reply.payload, askedAtMs, answeredAtMs: clock.monotonicMs(), isFromIdentity }
}

/** The console signed its refusal, so its time in there is true too. */
function refusal(reply: CompleteReply, now: Date): Failure {
  const offsetMs = reply.issuedAt.getTime() - now.getTime()
  if (Math.abs(offsetMs) > CLOCK_ALARM_MS) {
    return wrongClock(offsetMs, 'the console')
  }
  return connectorFailure('HELLO_REFUSED', { details: { reason: reasonOf(reply) } })
}

function reasonOf({ payload }: CompleteReply): string {
  try {
    return decodeFailed(payload).failure.code.slice(0, 80)
  } catch {
    return 'unknown'
  }
}
