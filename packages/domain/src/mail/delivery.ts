/**
 * Delivery of mail: what becomes of a recipient after an attempt, and when the next one is.
 *
 * Rules without storage and without a wire. A message is repeated until its server has
 * said yes or no for each recipient; what may have arrived is repeated once, late, and
 * under the same Message-ID, so that it arrives once or twice and never not at all.
 *
 * @module
 */

export const mailStates = ['waiting', 'sending', 'unknown', 'sent', 'refused', 'dead', 'cancelled'] as const

/** Of a recipient, and of a message as the one of its recipients that needs looking at most. */
export type MailState = (typeof mailStates)[number]

/** Nothing more happens by itself. */
export const endedMailStates: readonly MailState[] = ['sent', 'refused', 'dead', 'cancelled']

const minute = 60_000

/** After the first attempt, the second, …; then hourly (RFC 5321 4.5.4.1 wants 30 minutes for the long run, and less at the start is usual). */
const steps = [minute, 5 * minute, 15 * minute, 30 * minute, 60 * minute]

export const giveUpAfterMs = 24 * 60 * minute

/** Longer than the ten minutes a server may take over the final dot (RFC 5321 4.5.3.2.6): it may still be at it. */
export const unknownWaitMs = 15 * minute

/** A server that cannot be asked, because nobody is there to ask it, is no attempt. */
export const notReachedWaitMs = 30_000

export function retryWaitMs(attempts: number): number {
  return steps[Math.min(attempts, steps.length) - 1] ?? minute
}

export interface InDelivery {
  /** Attempts that were made, this one included. */
  readonly attempts: number
  /** Attempts whose end nobody knows, before this one. */
  readonly unknownTimes: number
}

export type Outcome = 'sent' | 'deferred' | 'refused' | 'unknown'

export interface NextStep {
  readonly state: MailState
  readonly unknownTimes: number
  /** Milliseconds since 1970; absent when it has ended. */
  readonly nextAttemptAtMs?: number
}

/** @param giveUpAtMs When what only ever was deferred is given up. */
export function afterAttempt(
  { attempts, unknownTimes }: InDelivery,
  outcome: Outcome,
  nowMs: number,
  giveUpAtMs: number,
): NextStep {
  switch (outcome) {
    case 'sent':
    case 'refused':
      return { state: outcome, unknownTimes }
    case 'unknown':
      // Twice without an answer: whoever goes on may send it a third time. A person decides.
      if (unknownTimes > 0) return { state: 'dead', unknownTimes: unknownTimes + 1 }
      return { state: 'unknown', unknownTimes: 1, nextAttemptAtMs: nowMs + unknownWaitMs }
    case 'deferred': {
      const nextAttemptAtMs = nowMs + retryWaitMs(attempts)
      if (nowMs >= giveUpAtMs) return { state: 'dead', unknownTimes }
      // One more at the very end, in place of one that would come too late.
      return {
        state: 'waiting',
        unknownTimes,
        nextAttemptAtMs: Math.min(nextAttemptAtMs, Math.max(giveUpAtMs, nowMs + minute)),
      }
    }
  }
}

const worstFirst: readonly MailState[] = ['sending', 'unknown', 'waiting', 'dead', 'refused', 'cancelled', 'sent']

/** What a message with these recipients is: what still goes on first, then what went wrong. */
export function stateOfMessage(recipients: readonly MailState[]): MailState {
  return worstFirst.find((state) => recipients.includes(state)) ?? 'sent'
}
