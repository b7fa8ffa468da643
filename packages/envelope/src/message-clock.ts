/**
 * The time by which messages are judged: the console's.
 *
 * A connector learns it from the signed answer to its hello and carries it on
 * the monotonic clock. Its own wall clock is only compared: far off, it means
 * that somebody set one of the two wrong, and then nothing is accepted. Nothing
 * but messages is judged by this clock; certificates of back-ends never are.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { CLOCK_ALARM_MS, CLOCK_REFUSE_MS, MAX_CLOCK_ROUND_TRIP_MS } from './limits.ts'

/** `right` up to 2 minutes off, `alarm` up to 10, `wrong` beyond, `unknown` before the first hello. */
export type ClockStanding = 'right' | 'alarm' | 'wrong' | 'unknown'

export interface MessageTime {
  readonly now: Date
  /** Console minus here. Positive when this machine is behind. */
  readonly offsetMs: number
  readonly standing: ClockStanding
}

export interface MessageClock {
  read(): MessageTime
}

/** A console's own clock: it is the time, whatever it says. */
export function authorityClock(clock: Clock): MessageClock {
  return { read: () => ({ now: clock.now(), offsetMs: 0, standing: 'right' }) }
}

export class ClockOffset implements MessageClock {
  readonly #clock: Clock
  #consoleMs: number | undefined
  #observedAtMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Takes in a console time. Both other numbers are monotonic milliseconds
   * around the question and its answer.
   *
   * @returns whether it was used. An answer that took long says little: a relay that
   *   delays it would be choosing how late messages may be.
   */
  observe(consoleTime: Date, askedAtMs: number, answeredAtMs: number): boolean {
    const roundTripMs = answeredAtMs - askedAtMs
    if (roundTripMs < 0 || roundTripMs > MAX_CLOCK_ROUND_TRIP_MS) return false
    this.#consoleMs = consoleTime.getTime() + roundTripMs / 2
    this.#observedAtMs = answeredAtMs
    return true
  }

  read(): MessageTime {
    const here = this.#clock.now()
    if (this.#consoleMs === undefined) return { now: here, offsetMs: 0, standing: 'unknown' }
    const nowMs = Math.round(this.#consoleMs + this.#clock.monotonicMs() - this.#observedAtMs)
    const offsetMs = nowMs - here.getTime()
    return { now: new Date(nowMs), offsetMs, standing: standingOf(Math.abs(offsetMs)) }
  }
}

function standingOf(offMs: number): ClockStanding {
  if (offMs <= CLOCK_ALARM_MS) return 'right'
  return offMs <= CLOCK_REFUSE_MS ? 'alarm' : 'wrong'
}
