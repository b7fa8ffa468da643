/**
 * Load: one thing done again and again by so many at once, and how long each took.
 *
 * @module
 */

export interface Measured {
  readonly perSecond: number
  /** Milliseconds, sorted. */
  readonly sorted: readonly number[]
  readonly failed: number
}

export interface LoadOptions {
  readonly inFlight: number
  /** What is measured; as much again, at most a second, warms up before. */
  readonly seconds: number
}

/** Closed loop: whoever has an answer asks again at once. */
export async function load(step: (at: number) => Promise<unknown>, options: LoadOptions): Promise<Measured> {
  await turns(step, { ...options, seconds: Math.min(1, options.seconds) })
  return turns(step, options)
}

async function turns(step: (at: number) => Promise<unknown>, { inFlight, seconds }: LoadOptions): Promise<Measured> {
  const samples: number[] = []
  let failed = 0
  let at = 0
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  const one = async () => {
    while (performance.now() < untilMs) {
      const beganMs = performance.now()
      try {
        await step(at++)
        samples.push(performance.now() - beganMs)
      } catch {
        failed++
        // What fails at once must not be asked for without end.
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
  }
  await Promise.all(Array.from({ length: inFlight }, one))
  const tookS = (performance.now() - startedMs) / 1000
  return { perSecond: samples.length / tookS, sorted: samples.toSorted((a, b) => a - b), failed }
}

export interface OpenLoad extends Measured {
  /** Answered within the limit, per second. */
  readonly goodput: number
}

/**
 * Open loop: so many a second whether or not the last ones were answered, as callers who
 * do not know of each other come. Latency counts from when a call was due.
 */
export async function openLoad(
  step: (at: number) => Promise<unknown>,
  options: { readonly perSecond: number; readonly seconds: number; readonly goodWithinMs: number },
): Promise<OpenLoad> {
  const samples: number[] = []
  let failed = 0
  const calls: Promise<void>[] = []
  const startedMs = performance.now()
  const total = Math.round(options.perSecond * options.seconds)
  for (let at = 0; at < total; at++) {
    const dueMs = startedMs + (at * 1000) / options.perSecond
    while (performance.now() < dueMs) await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()))
    // Late itself: the others still get their turn.
    if (at % 64 === 0) await new Promise((resolve) => setImmediate(resolve))
    calls.push(
      step(at).then(
        () => void samples.push(performance.now() - dueMs),
        () => void failed++,
      ),
    )
  }
  await Promise.all(calls)
  const tookS = Math.max(options.seconds, (performance.now() - startedMs) / 1000)
  const good = samples.filter((ms) => ms <= options.goodWithinMs).length
  const sorted = samples.toSorted((a, b) => a - b)
  return { perSecond: samples.length / tookS, sorted, failed, goodput: good / tookS }
}
