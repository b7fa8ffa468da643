/**
 * How mails stand, in words.
 *
 * @module
 */
import type { MailRecipient, MailState } from '../api/mail-shapes.ts'
import type { Standing } from '../gate/gate.ts'

export const mailStates: Readonly<Record<MailState, readonly [Standing, string]>> = {
  waiting: ['off', 'waiting'],
  sending: ['off', 'being sent'],
  unknown: ['warning', 'may have arrived'],
  sent: ['ok', 'sent'],
  refused: ['failed', 'refused'],
  dead: ['failed', 'given up'],
  cancelled: ['off', 'cancelled'],
}

export const outcomeWords: Readonly<Record<string, readonly [Standing, string]>> = {
  sent: ['ok', 'sent'],
  deferred: ['warning', 'not now'],
  refused: ['failed', 'refused'],
  unknown: ['warning', 'may have arrived'],
}

/** `550 5.1.1 no such user`: what the server said, as far as it did. */
export function replyWords({
  reply,
  status,
  said,
}: {
  readonly reply?: number
  readonly status?: string
  readonly said?: string
}): string {
  return [reply, status, said].filter((part) => part !== undefined && part !== '').join(' ')
}

/** What keeps a mail from some of its recipients, in the words of the first server that said so. */
export function refusalWords(recipients: readonly MailRecipient[]): string {
  const open = recipients.find(({ state, reply }) => state !== 'sent' && state !== 'cancelled' && reply !== undefined)
  return open === undefined ? '' : `${recipients.length > 1 ? `${open.address}: ` : ''}${replyWords(open)}`
}

/** `certificate-expiry` as `Certificate expiry`. */
export function titleOfTemplate(name: string): string {
  const words = name.replaceAll('-', ' ')
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}
