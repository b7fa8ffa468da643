/**
 * Times as people say them.
 *
 * @module
 */

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** `just now`, `4 min ago`, `3 h ago`, `12 days ago`. */
export function ago(then: string | undefined, now: Date): string {
  if (then === undefined) return 'never'
  const seconds = Math.max(0, (now.getTime() - new Date(then).getTime()) / 1000)
  if (seconds < 10) return 'just now'
  if (seconds < minute) return `${Math.floor(seconds)} s ago`
  if (seconds < hour) return `${Math.floor(seconds / minute)} min ago`
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)} h ago`
  return `${Math.floor(seconds / day)} days ago`
}

/** Whole days until then, rounded down; negative when it is over. */
export function daysLeft(then: string, now: Date): number {
  return Math.floor((new Date(then).getTime() - now.getTime()) / (day * 1000))
}

/** `in 90 days (2027-02-20)`, `today`, `2 days ago`. */
export function expiry(then: string, now: Date): string {
  const days = daysLeft(then, now)
  const date = then.slice(0, 10)
  if (days < 0) return `expired ${date}`
  if (days === 0) return `today (${date})`
  return `in ${days} ${days === 1 ? 'day' : 'days'} (${date})`
}

/** `0.4 ms`, `24 ms`, `1.2 s`. */
export function took(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  if (ms >= 10) return `${Math.round(ms)} ms`
  return `${Number(ms.toFixed(1))} ms`
}

/** `8 s`, `4 min`, `3 h`, `12 days`: how long something has been so. */
export function lasted(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < minute) return `${Math.floor(seconds)} s`
  if (seconds < hour) return `${Math.floor(seconds / minute)} min`
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)} h`
  return `${Math.floor(seconds / day)} days`
}

/** Date and time in the reader's own zone, sortable by eye. */
export function moment(then: string): string {
  const at = new Date(then)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}
