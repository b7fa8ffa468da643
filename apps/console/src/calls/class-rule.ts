/**
 * The rules of the delivery classes, as data: what may be tried again, and when.
 *
 * @module
 */
import type { OperationClass } from '@sallygate/service-kit'
import type { Attempt } from './carrier.ts'

export interface ClassRule {
  /** Attempts in all, while the deadline and the budget allow. */
  readonly attempts: number
  /** True: an attempt of unknown end may be repeated. False: only one that is proven not to have begun. */
  readonly mayRepeat: boolean
  /** True: an attempt gives up early while another instance is free. */
  readonly sharesDeadline: boolean
  /** True: every attempt carries one idempotency key. */
  readonly isKeyed: boolean
  /** True: where an instance gives no sign any more, the attempt is given up and made elsewhere. */
  readonly leavesSilent: boolean
  /** False: not for an instance whose identity may be in two hands. It holds a password, or changes something. */
  readonly mayAskClone: boolean
}

export const classRules: Readonly<Record<OperationClass, ClassRule>> = {
  R: { attempts: 3, mayRepeat: true, sharesDeadline: true, isKeyed: false, leavesSilent: true, mayAskClone: true },
  B: { attempts: 3, mayRepeat: false, sharesDeadline: false, isKeyed: false, leavesSilent: false, mayAskClone: false },
  S: { attempts: 3, mayRepeat: true, sharesDeadline: true, isKeyed: true, leavesSilent: false, mayAskClone: false },
  N: { attempts: 3, mayRepeat: false, sharesDeadline: false, isKeyed: true, leavesSilent: false, mayAskClone: false },
  // The outbox repeats, late and under the same identity; a mail whose answer is overdue must not be sent by another one at once.
  O: { attempts: 3, mayRepeat: false, sharesDeadline: false, isKeyed: true, leavesSilent: false, mayAskClone: false },
  J: { attempts: 3, mayRepeat: true, sharesDeadline: true, isKeyed: true, leavesSilent: true, mayAskClone: true },
}

/**
 * Whether the way or the instance was lost rather than the request refused: then its load is gone with it, and what is asked
 * elsewhere adds none. Such an attempt costs no budget.
 */
export function wasLost(attempt: Attempt): boolean {
  if (attempt.kind === 'silent') return attempt.because !== 'deadline'
  if (attempt.kind === 'undelivered') return attempt.because === 'lost'
  return attempt.kind === 'notSent' && attempt.because !== 'busy'
}

/** Whether nothing can have happened. What the relay says proves nothing: it may have delivered and deny it. */
export function provesNotBegun(attempt: Attempt): boolean {
  return attempt.kind === 'notStarted' || attempt.kind === 'notSent'
}

/** Whether the same request could go better in another attempt. */
export function isWorthRepeating(attempt: Attempt): boolean {
  switch (attempt.kind) {
    case 'done':
      return false
    case 'failed':
      return attempt.failure.retry === 'elsewhere'
    case 'notStarted':
      return attempt.failure.retry !== 'never'
    case 'notSent':
      return true
    case 'undelivered':
      return attempt.because !== 'tooLarge' && attempt.because !== 'notAllowed'
    case 'silent':
      return true
  }
}
