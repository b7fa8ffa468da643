/**
 * Handing over one message: sender, recipients, data, the final dot, and what the server said to each.
 *
 * The final dot is written by itself, after all before it has left. So whatever goes wrong
 * earlier means *not handed over*, and whatever goes wrong later means *unknown*: the server
 * may have the message (RFC 1047).
 *
 * @module
 */
import { domainToASCII } from 'node:url'
import type { Clock } from '@sallygate/base/clock'
import type { OperationContext } from '@sallygate/service-kit'
import { mailFailure, outcomeOf, type RecipientOutcome, type SmtpReply } from '../contract.ts'
import { transparent } from './compose.ts'
import { within } from './deadline.ts'
import { said, type Dialed } from './line.ts'
import { violation, type Reply } from './reply-reader.ts'

export interface HandOver {
  readonly from: string
  readonly recipients: readonly string[]
  readonly message: Buffer
  readonly commandTimeoutMs: number
  readonly finalDotTimeoutMs: number
  readonly clock: Clock
}

const finalDot = Buffer.from('.\r\n', 'ascii')

const leastForAnswerMs = 1000

/** @throws MAIL_* when the message was not handed over for a reason that is about no recipient. */
export async function handOver(
  dialed: Dialed,
  order: HandOver,
  context: OperationContext,
): Promise<readonly RecipientOutcome[]> {
  const { trace } = context
  const { label, extensions } = dialed
  const { limit } = extensions.size
  if (limit > 0 && order.message.length > limit) {
    throw mailFailure('TOO_LARGE', { details: { server: label, bytes: order.message.length, limit } })
  }
  const from = wireAddress(order.from)
  const usable = order.recipients.filter((address) => extensions.smtpUtf8 || isAscii(wireAddress(address)))
  if (!extensions.smtpUtf8 && !isAscii(from)) throw mailFailure('NEEDS_SMTPUTF8', { details: { server: label } })
  const needsUtf8 = [from, ...usable.map(wireAddress)].some((address) => !isAscii(address))
  const outcomes = new Map<string, RecipientOutcome>()
  for (const address of order.recipients) {
    // RFC 6531 3.5: 5.6.7 is the word of a server that would have to pass it on to one that cannot.
    if (!usable.includes(address)) {
      outcomes.set(address, {
        address,
        outcome: 'refused',
        status: '5.6.7',
        said: 'This server takes no such address.',
      })
    }
  }
  const all = () =>
    order.recipients.map((address) => outcomes.get(address) ?? { address, outcome: 'deferred' as const })
  if (usable.length === 0) return all()

  const size = extensions.size.isKnown ? ` SIZE=${order.message.length}` : ''
  const sender = await trace.span('sender', async (note) => {
    const reply = await dialed.command(`MAIL FROM:<${from}>${size}${needsUtf8 ? ' SMTPUTF8' : ''}`)
    note({ reply: reply.code })
    return reply
  })
  // RFC 4954 6 and RFC 3207 4: about us, and none of the recipients' fault.
  if (sender.code === 530 || sender.code === 538) throw mailFailure('AUTH_REQUIRED', { details: said(sender, label) })
  if (!isGood(sender)) {
    for (const address of usable) outcomes.set(address, decided(address, sender))
    return all()
  }
  const accepted = await trace.span('recipients', async (note) => {
    const taken: string[] = []
    for (const address of usable) {
      const reply = await dialed.command(`RCPT TO:<${wireAddress(address)}>`)
      if (isGood(reply)) taken.push(address)
      else outcomes.set(address, decided(address, tooMany(reply)))
      // It goes; those that it was not asked about are as they were.
      if (reply.code === 421) break
    }
    note({ asked: usable.length, accepted: taken.length })
    return taken
  })
  if (accepted.length === 0 || [...outcomes.values()].some(({ reply }) => reply === 421)) return all()

  const go = await trace.span('data', () => dialed.command('DATA'))
  if (go.code !== 354) {
    if (go.code < 400) throw violation(`an answer ${go.code} to DATA`)
    for (const address of accepted) outcomes.set(address, decided(address, go))
    return all()
  }
  const answer = await trace.span('message', async (note) => {
    const reply = await sendMessage(dialed, order, context)
    note({ bytes: order.message.length, ...(reply === undefined ? { isUnknown: true } : { reply: reply.code }) })
    return reply
  })
  for (const address of accepted) {
    outcomes.set(address, answer === undefined ? { address, outcome: 'unknown' } : decided(address, answer))
  }
  return all()
}

/** @returns the answer to the message; `undefined` when it was sent whole and none came. @throws MAIL_* before the final dot. */
async function sendMessage(
  { session }: Dialed,
  { message, clock, commandTimeoutMs, finalDotTimeoutMs }: HandOver,
  context: OperationContext,
): Promise<Reply | undefined> {
  try {
    await within(clock, context, commandTimeoutMs, (signal) => session.write(transparent(message), signal))
  } catch (error) {
    // A server that has seen enough says why before it closes.
    const early = session.early()
    if (early === undefined || isGood(early)) throw error
    session.destroy()
    return early
  }
  const early = session.early()
  if (early !== undefined) {
    // Whatever it is, the final dot does not go: without it nothing was handed over (RFC 5321 4.1.1.4).
    session.destroy()
    if (isGood(early)) throw violation('an answer before the end of the message')
    return early
  }
  // Not handed over at all is better than handed over with nobody left to hear the answer.
  if (context.remainingMs() < leastForAnswerMs) throw mailFailure('TIME_OUT')
  let hasLeft = false
  try {
    return await within(clock, context, finalDotTimeoutMs, async (signal) => {
      signal.throwIfAborted()
      if (session.failure !== undefined) throw session.failure
      hasLeft = true
      await session.write(finalDot, signal)
      return session.reply(signal)
    })
  } catch (error) {
    session.destroy()
    if (hasLeft) return undefined
    throw error
  }
}

function decided(address: string, { code, status, text }: SmtpReply): RecipientOutcome {
  return {
    address,
    outcome: outcomeOf({ code }),
    reply: code,
    ...(status === undefined ? {} : { status }),
    ...(text === '' ? {} : { said: text }),
  }
}

/** RFC 5321 4.5.3.1.10: "552 too many recipients" of old servers means 452; one that gives a reason means that. */
function tooMany(reply: SmtpReply): SmtpReply {
  const isOld = reply.code === 552 && (reply.status === undefined || reply.status === '5.5.3')
  return isOld ? { ...reply, code: 452 } : reply
}

const isGood = ({ code }: Pick<SmtpReply, 'code'>) => code >= 200 && code < 300
const isAscii = (text: string) => /^[\x21-\x7e]+$/.test(text)

/** The domain in the letters that every server knows (RFC 5890). */
function wireAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = domainToASCII(address.slice(at + 1))
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`
}
