/**
 * The exchange of an enrollment: as a guest of the relay, with the console behind it.
 *
 * Nothing that is worth stealing goes on the wire: a proof made for one descriptor and
 * one certificate request, sealed to the console that the code or the installer names.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { dial, type DialState, type HopClient, type WayOut } from '@sallygate/dial'
import {
  CLOCK_REFUSE_MS,
  envelopeFailure,
  importXWingPublicKey,
  openEnrollmentReply,
  sealEnrollment,
  type Enrolled,
  type Invitation,
} from '@sallygate/envelope'
import { exportPublicPoint, makePrivateKey, type Descriptor, type RootPin } from '@sallygate/trust'
import { consoleAddress, guestAddress } from './addresses.ts'
import {
  answerWithinMs,
  fetchDescriptor,
  mailKeyOf,
  namedByClock,
  untilRefused,
  wrongClock,
} from './descriptor-exchange.ts'
import { connectorFailure } from './failures.ts'
import { Mailroom } from './mailroom.ts'
import { proofSigner } from './proof-signer.ts'
import { software } from './software.ts'

export interface ExchangeOptions {
  readonly relayUrl: string
  readonly ca: readonly string[]
  readonly wayOut: WayOut | undefined
  readonly pin: RootPin
  readonly invitation: Invitation
  readonly certificateRequest: Buffer
  readonly name: string
  readonly clock: Clock
  readonly log: Log
}

export interface Exchanged {
  readonly enrolled: Enrolled
  readonly descriptor: Descriptor
  /** What the relay we were guests of says it is. */
  readonly attachedRelay: string
}

/** @throws DIAL_*, TRUST_*, CONNECTOR_CLOCK, _CONSOLE_SILENT, _ENROLLMENT_*, _CODE_REFUSED, _INSTALLER_SPENT. */
export async function exchangeEnrollment(options: ExchangeOptions): Promise<Exchanged> {
  const { relayUrl, ca, wayOut, clock, log } = options
  const mailroom = new Mailroom(clock)
  const over = new AbortController()
  const guestKey = makePrivateKey()
  const { promise: unreachable, reject } = Promise.withResolvers<never>()
  unreachable.catch(() => undefined)
  let first: Failure | undefined
  // Whoever enrolls stands beside it: the first failure is told, nothing is tried in the background. But where no
  // WebSocket gets through, the other way is tried at once.
  const failed = (failure: Failure) => {
    if (first === undefined && client.status().way !== 'webSocket') queueMicrotask(() => client.dialNow())
    else reject(first ?? failure)
    first ??= failure
  }
  const client = dial({
    relayUrl,
    tls: { ca },
    address: guestAddress,
    publicKey: exportPublicPoint(guestKey),
    sign: proofSigner(guestKey),
    software,
    clock,
    log,
    ...(wayOut === undefined ? {} : { connect: wayOut.connect }),
    onCargo(_from, cargo, _ttlMs, acknowledge) {
      const key = mailKeyOf(cargo)
      if (key !== undefined) mailroom.deliver(key, cargo)
      acknowledge()
    },
    onState: (state: DialState) => {
      if ('failure' in state) failed(state.failure)
    },
  })
  try {
    await Promise.race([client.attached(), unreachable])
    return await Promise.race([asGuest(client, mailroom, options, over.signal), unreachable])
  } finally {
    over.abort(connectorFailure('CONSOLE_SILENT'))
    await client.stop()
  }
}

async function asGuest(
  client: HopClient,
  mailroom: Mailroom,
  options: ExchangeOptions,
  signal: AbortSignal,
): Promise<Exchanged> {
  const { clock, pin } = options
  const offsetMs = client.status().relayClockOffsetMs ?? 0
  const attachedRelay = client.state.kind === 'attached' ? client.state.relay : ''
  // Before the code is spent. What the relay says of the time decides nothing else.
  if (Math.abs(offsetMs) > CLOCK_REFUSE_MS) throw wrongClock(offsetMs, 'the relay')
  const { descriptor, encoded } = await fetchDescriptor({ client, mailroom, clock, pin, signal }).catch(
    (error: unknown) => {
      throw namedByClock(error, offsetMs)
    },
  )
  const consoleKey = importXWingPublicKey(descriptor.encryptionKey)
  const { certificateRequest, name, invitation } = options
  const draft = { certificateRequest, name, software, descriptor: encoded, consoleKey }
  const { cargo, pending } = sealEnrollment(draft, invitation)
  const open = (reply: Buffer) => {
    try {
      return openEnrollmentReply(reply, pending, descriptor.identity.publicKey)
    } catch (error) {
      // Made up by the relay; the true one may still come.
      if (envelopeFailure.is(error)) return undefined
      throw error
    }
  }
  const unanswered = () => connectorFailure('ENROLLMENT_UNANSWERED')
  const answer = mailroom.wait(pending.requestId, answerWithinMs, open, unanswered, signal)
  const { fate } = client.send(consoleAddress(descriptor.console), cargo, { ttlMs: answerWithinMs })
  const reply = await Promise.race([answer, untilRefused(fate)])
  if (reply.kind === 'refused') throw refusal(reply.failure)
  return { enrolled: reply.enrolled, descriptor, attachedRelay }
}

/** The console's code for it, in the words of somebody who stands at this host. */
function refusal(code: string): Failure {
  const details = { reason: code.replace(/[^\w-]/g, '?').slice(0, 80) }
  if (/CODE_(?:USED|EXPIRED|UNKNOWN|WITHDRAWN)/.test(code)) return connectorFailure('CODE_REFUSED', { details })
  return connectorFailure(code.includes('INSTALLER') ? 'INSTALLER_SPENT' : 'ENROLLMENT_REFUSED', { details })
}
