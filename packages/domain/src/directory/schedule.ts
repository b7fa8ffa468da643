/**
 * When a directory is read next, and whether all of it.
 *
 * @module
 */
export interface SyncRhythm {
  readonly everyMinutes: number
  readonly fullEveryHours: number
}

export interface SyncHistory {
  readonly lastStartedMs: number | undefined
  readonly lastFullMs: number | undefined
  /** In a row. */
  readonly failures: number
}

/** From the third failure in a row on, each doubles the wait; never more than this. */
const failuresBeforeBackOff = 3
const longestWaitMs = 6 * 3_600_000

export function nextRunMs({ everyMinutes }: SyncRhythm, { lastStartedMs, failures }: SyncHistory): number {
  if (lastStartedMs === undefined) return 0
  const planMs = everyMinutes * 60_000
  if (failures < failuresBeforeBackOff) return lastStartedMs + planMs
  const backOffMs = planMs * 2 ** Math.min(failures - failuresBeforeBackOff + 1, 20)
  return lastStartedMs + Math.max(planMs, Math.min(backOffMs, longestWaitMs))
}

/** A clock that was set back must not stop it for good. */
export function isRunDue(rhythm: SyncRhythm, history: SyncHistory, nowMs: number): boolean {
  const { lastStartedMs } = history
  const next = nextRunMs(rhythm, history)
  return nowMs >= next || (lastStartedMs !== undefined && nowMs < lastStartedMs - (next - lastStartedMs))
}

export function isFullDue({ fullEveryHours }: SyncRhythm, { lastFullMs }: SyncHistory, nowMs: number): boolean {
  if (lastFullMs === undefined) return true
  return Math.abs(nowMs - lastFullMs) >= fullEveryHours * 3_600_000
}
