/**
 * Asking the console for its descriptor and for answers, over whatever carries cargo.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import type { HopClient } from '@sallygate/dial'
import {
  askForDescriptor,
  CLOCK_ALARM_MS,
  envelopeFailure,
  kindOf,
  openDescriptorAnswer,
  requestIdOfReply,
} from '@sallygate/envelope'
import { requestIdOfEnrollmentReply } from '@sallygate/envelope'
import { trustFailure, verifyDescriptor, type ConsoleId, type Descriptor, type RootPin } from '@sallygate/trust'
import { connectorFailure } from './failures.ts'
import { consoleAddress } from './addresses.ts'
import type { Mailroom } from './mailroom.ts'

/** A console answers in milliseconds; more than this and the relay holds it back or nobody is there. */
export const answerWithinMs = 10_000

/** How long the true descriptor may take once a wrong one has come. */
const graceMs = 1000

const descriptorKey = 'descriptor'

/** Where a cargo goes that answers something. `undefined`: it is a request, or nothing we know. */
export function mailKeyOf(cargo: Buffer): string | undefined {
  switch (kindOf(cargo)) {
    case 'replyChunk':
      return requestIdOfReply(cargo)
    case 'enrollmentReply':
      return requestIdOfEnrollmentReply(cargo)
    case 'descriptor':
      return descriptorKey
    case 'request':
    case 'descriptorQuery':
    case 'enrollmentRequest':
    case undefined:
      return undefined
  }
}

export interface AskOptions {
  readonly client: Pick<HopClient, 'send'>
  readonly mailroom: Mailroom
  readonly clock: Clock
  readonly pin: RootPin
  readonly console?: ConsoleId
  readonly signal?: AbortSignal
}

/**
 * Fetches and verifies the console's descriptor.
 *
 * @returns also its bytes as they were verified: enrollment proves itself for exactly these.
 * @throws CONNECTOR_CONSOLE_SILENT, DIAL_*, TRUST_*.
 */
export async function fetchDescriptor(
  options: AskOptions,
): Promise<{ readonly descriptor: Descriptor; readonly encoded: Buffer }> {
  const { client, mailroom, clock, pin, console, signal } = options
  const { cargo, queryId } = askForDescriptor()
  const { promise: refused, reject: refuse } = Promise.withResolvers<never>()
  refused.catch(() => undefined)
  const expected = { ...pin, now: clock.now(), ...(console === undefined ? {} : { console }) }
  const read = (answer: Buffer) => {
    try {
      const encoded = Buffer.from(openDescriptorAnswer(answer, queryId))
      return { descriptor: verifyDescriptor(encoded, expected), encoded }
    } catch (error) {
      // Somebody else's, or made up by the relay: the true one may still come. If it does not, what was wrong is told.
      if (trustFailure.is(error)) clock.after(graceMs, () => refuse(error), { background: true })
      else if (!envelopeFailure.is(error)) throw error
      return undefined
    }
  }
  const late = () => connectorFailure('CONSOLE_SILENT', { details: { waitedFor: 'descriptor' } })
  const answer = mailroom.wait(descriptorKey, answerWithinMs, read, late, signal)
  const undelivered = client.send(consoleAddress(console), cargo, { ttlMs: answerWithinMs }).fate
  return await Promise.race([answer, refused, untilRefused(undelivered)])
}

/**
 * A descriptor that seems to be of another time usually means that this host's clock is.
 *
 * What the relay says of the time decides nothing; it only gives the refusal its better name.
 */
export function namedByClock(error: unknown, offsetMs: number | undefined): unknown {
  const isAboutTime = trustFailure.is(error) && (error.code === 'TRUST_EXPIRED' || error.code === 'TRUST_NOT_YET_VALID')
  return isAboutTime && Math.abs(offsetMs ?? 0) > CLOCK_ALARM_MS ? wrongClock(offsetMs ?? 0, 'the relay') : error
}

export function wrongClock(offsetMs: number, accordingTo: 'the relay' | 'the console'): Failure {
  return connectorFailure('CLOCK', { details: { secondsOff: Math.round(offsetMs / 1000), accordingTo } })
}

/** Never resolves; rejects when the relay says that there is nobody, or cannot be reached. */
export function untilRefused(fate: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    fate.catch(reject)
  })
}
