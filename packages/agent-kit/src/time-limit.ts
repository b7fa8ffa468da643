/**
 * Time limits: one signal that aborts for whichever reason comes first, each with its own failure.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure, type FailureOptions } from '@sallygate/base/failure'
import { serviceFailure, type OperationContext } from '@sallygate/service-kit'

/** Whoever waits for an answer: how long still, and whether at all. */
export type Waiting = Pick<OperationContext, 'remainingMs' | 'signal'>

/**
 * Runs `step` with a signal that aborts after `limitMs`, when the request has no time
 * left, and when the caller has gone. Whatever `step` holds open it closes on that signal.
 *
 * @throws SERVICE_DEADLINE before `step` is begun, where no time is left.
 */
export type Within = <T>(
  clock: Clock,
  waiting: Waiting,
  limitMs: number,
  step: (signal: AbortSignal) => Promise<T>,
) => Promise<T>

/** @param tooLate The failure of a step that took longer than it may; its details say after how many milliseconds. */
export function timeLimit(tooLate: (options: FailureOptions) => Failure): Within {
  return async (clock, waiting, limitMs, step) => {
    if (waiting.signal.aborted) throw reasonOf(waiting.signal)
    const remainingMs = waiting.remainingMs()
    if (remainingMs <= 0) throw serviceFailure('DEADLINE')
    const controller = new AbortController()
    const onAbort = () => controller.abort(reasonOf(waiting.signal))
    const afterMs = Math.min(limitMs, remainingMs)
    const timer = clock.after(afterMs, () => {
      controller.abort(tooLate({ details: { afterMs: Math.round(afterMs) } }))
    })
    waiting.signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await step(controller.signal)
    } finally {
      timer.cancel()
      waiting.signal.removeEventListener('abort', onAbort)
    }
  }
}

/** Kept back of a request's time for its answer to travel. */
const answeringMs = 1000

/** One part of the time that is left, so that those who come after have theirs, and the answer as well. */
export function partOf<T extends Waiting>(waiting: T, clock: Clock, parts: number): T {
  const endsMs = clock.monotonicMs() + (waiting.remainingMs() - answeringMs) / parts
  return { ...waiting, remainingMs: () => Math.max(0, Math.min(waiting.remainingMs(), endsMs - clock.monotonicMs())) }
}

function reasonOf(signal: AbortSignal): Failure {
  return signal.reason instanceof Failure ? signal.reason : serviceFailure('DEADLINE')
}
