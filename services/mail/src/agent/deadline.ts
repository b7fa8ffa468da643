/**
 * Time limits: one signal that aborts for whichever reason comes first, each with its own failure.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import { serviceFailure, type OperationContext } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'

export type Waiting = Pick<OperationContext, 'remainingMs' | 'signal'>

/**
 * Runs `step` with a signal that aborts after `limitMs`, when the request has no time
 * left, and when the caller has gone. Whatever `step` holds open it closes on that signal.
 */
export async function within<T>(
  clock: Clock,
  context: Waiting,
  limitMs: number,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const onAbort = () => controller.abort(reasonOf(context.signal))
  if (context.signal.aborted) throw reasonOf(context.signal)
  const limit = Math.min(limitMs, context.remainingMs())
  if (limit <= 0) throw serviceFailure('DEADLINE')
  const timer = clock.after(limit, () => {
    controller.abort(mailFailure('TIME_OUT', { details: { afterMs: Math.round(limit) } }))
  })
  context.signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await step(controller.signal)
  } finally {
    timer.cancel()
    context.signal.removeEventListener('abort', onAbort)
  }
}

/** For what cannot be called back: its result is then dropped. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function reasonOf(signal: AbortSignal): Failure {
  return signal.reason instanceof Failure ? signal.reason : serviceFailure('DEADLINE')
}
