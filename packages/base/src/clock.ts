/**
 * The clock: the only way any part learns the time or waits.
 *
 * Timers run on the monotonic clock, so a wall clock that jumps changes no
 * time-out and no retry; only validity decisions read `now()`.
 *
 * @module
 */

export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Wall time. For validity and for showing; never for measuring. */
  now(): Date
  /** Milliseconds that only ever grow. For measuring and for time-outs. */
  monotonicMs(): number
  /** Runs `action` once, `delayMs` from now. The timer alone never keeps the process alive when `background` is true. */
  after(delayMs: number, action: () => void, options?: { readonly background?: boolean }): Timer
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after(delayMs, action, options) {
    const handle = setTimeout(action, delayMs)
    if (options?.background === true) handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason)
      return
    }
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Runs `action` every `periodMs` until cancelled. The next run is planned when the last one has returned. */
export function every(clock: Clock, periodMs: number, action: () => void): Timer {
  let current: Timer
  const plan = () => {
    current = clock.after(
      periodMs,
      () => {
        action()
        if (!stopped) plan()
      },
      { background: true },
    )
  }
  let stopped = false
  plan()
  return {
    cancel() {
      stopped = true
      current.cancel()
    },
  }
}
