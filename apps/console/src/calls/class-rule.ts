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
  /** False: not for an instance whose identity may be in two hands. It holds a password, or changes something. */
  readonly mayAskClone: boolean
}

export const classRules: Readonly<Record<OperationClass, ClassRule>> = {
  R: { attempts: 3, mayRepeat: true, sharesDeadline: true, isKeyed: false, mayAskClone: true },
  B: { attempts: 3, mayRepeat: false, sharesDeadline: false, isKeyed: false, mayAskClone: false },
  S: { attempts: 3, mayRepeat: true, sharesDeadline: true, isKeyed: true, mayAskClone: false },
  N: { attempts: 3, mayRepeat: false, sharesDeadline: false, isKeyed: true, mayAskClone: false },
  O: { attempts: 3, mayRepeat: true, sharesDeadline: true, isKeyed: true, mayAskClone: false },
  J: { attempts: 3, mayRepeat: true, sharesDeadline: true, isKeyed: true, mayAskClone: true },
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
