/**
 * What can have become of one recipient in one attempt.
 *
 * @module
 */

export const recipientOutcomes = [
  /** The server has taken the message for this recipient: it is responsible now. */
  'sent',
  /** 4xx: not now (RFC 5321 4.2.1). */
  'deferred',
  /** 5xx: not like this, ever. */
  'refused',
  /** The message had been sent whole, and no answer came: the server may have it (RFC 1047). */
  'unknown',
] as const

export type RecipientState = (typeof recipientOutcomes)[number]

export interface SmtpReply {
  /** Three digits. */
  readonly code: number
  /** RFC 3463, where the server gives one. */
  readonly status: string | undefined
  /** The last line's text, without the codes. */
  readonly text: string
}

/** By the first digit alone: RFC 5321 4.2.1 lets a client do that, and servers invent the rest. */
export function outcomeOf({ code }: Pick<SmtpReply, 'code'>): Exclude<RecipientState, 'unknown'> {
  if (code >= 200 && code < 300) return 'sent'
  return code >= 500 ? 'refused' : 'deferred'
}
