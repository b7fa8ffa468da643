/**
 * One attempt to send a message through a connector, and what it says of each recipient.
 *
 * What is known not to have been handed over is told from what may have been: everything
 * that this version does not know counts as *may have been*.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { mailContract, sendDeadlineMs, type RecipientOutcome } from '@sallygate/service-mail/contract'
import { parseResult } from '@sallygate/service-kit'
import type { BegunMail } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import { notReachedCodes } from '../calls/not-reached.ts'

export type Attempted =
  /** It came to an end, for each recipient. */
  | {
      readonly kind: 'ended'
      readonly outcomes: readonly RecipientOutcome[]
      readonly connector?: string
      readonly server?: string
      readonly failure?: Failure
    }
  /** Nobody was there to do it, or nobody began. */
  | { readonly kind: 'notReached'; readonly failure: Failure }

/** Another attempt would end the same, whatever is repaired at the server. */
export const finalCodes: ReadonlySet<string> = new Set([
  'MAIL_TOO_LARGE',
  'MAIL_NEEDS_SMTPUTF8',
  'SERVICE_PARAMETERS_INVALID',
])

/** Of looking up a server and asking the policy file for it, which comes before anything is said. */
const beforeDialing = /^CONNECTOR_(?:TARGET_|POLICY_TARGET|POLICY_ADDRESS)/

export async function attemptMail(
  call: Caller['call'],
  { message, due, content }: BegunMail,
  signal: AbortSignal,
): Promise<Attempted> {
  const { text, html } = JSON.parse(content) as { readonly text: string; readonly html?: string }
  const parameters = {
    messageId: message.messageId,
    date: message.createdAt.toISOString(),
    to: message.recipients.map(({ address }) => address),
    recipients: due,
    subject: message.subject,
    text,
    ...(html === undefined ? {} : { html }),
  }
  const all = (outcome: RecipientOutcome['outcome'], failure?: Failure): Attempted => ({
    kind: 'ended',
    outcomes: due.map((address) => ({ address, outcome })),
    ...(failure === undefined ? {} : { failure }),
  })
  try {
    const { result, connector } = await call(message.group, 'mail.send', parameters, {
      component: 'other',
      deadlineMs: sendDeadlineMs,
      signal,
    })
    const { server, recipients } = parseResult(mailContract.operations.send, result)
    // Whom it says nothing of, it may have sent to.
    const outcomes = due.map(
      (address) => recipients.find((one) => one.address === address) ?? { address, outcome: 'unknown' as const },
    )
    return { kind: 'ended', outcomes, connector: connector.name, server }
  } catch (error) {
    // A bug, ours or of somebody in between: it says nothing of what was sent.
    if (!(error instanceof Failure)) return all('unknown')
    const { code } = error
    if (isNotReached(code)) return { kind: 'notReached', failure: error }
    if (finalCodes.has(code)) return all('refused', error)
    if (code.startsWith('MAIL_') || beforeDialing.test(code)) return all('deferred', error)
    return all('unknown', error)
  }
}

/** What is sent is written down before it is handed over: where the store takes nothing, nobody has been asked. */
function isNotReached(code: string): boolean {
  return notReachedCodes.has(code) || code.startsWith('CLOUD_CONNECTOR_') || code.startsWith('STORE_')
}
