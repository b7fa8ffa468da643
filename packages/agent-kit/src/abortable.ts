/**
 * Leaving what cannot be called back, such as a look-up: its result is then dropped.
 *
 * @module
 */

/** @throws the signal's reason as soon as it aborts, else what the promise says. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
