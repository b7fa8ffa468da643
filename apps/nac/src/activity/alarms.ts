/**
 * Alarms: what the console has to hear of soon, each once a minute at most.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'

export type AlarmKind = 'enumeration' | 'guessing'

export interface Alarm {
  readonly kind: AlarmKind
  /** Empty where nobody was proven. */
  readonly account: string
  readonly source: string
  readonly atMs: number
}

const again = 60_000
const mostKept = 100

export class Alarms {
  readonly #clock: Clock
  readonly #raised = new Map<string, number>()
  #waiting: Alarm[] = []
  /** Called as soon as there is a new one. */
  onRaised: () => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  raise(kind: AlarmKind, account: string, source: string): void {
    const key = `${kind} ${account} ${source}`
    const nowMs = this.#clock.monotonicMs()
    const before = this.#raised.get(key)
    if (before !== undefined && nowMs - before < again) return
    if (this.#raised.size >= mostKept) this.#raised.clear()
    this.#raised.set(key, nowMs)
    if (this.#waiting.length < mostKept)
      this.#waiting.push({ kind, account, source, atMs: this.#clock.now().getTime() })
    this.onRaised()
  }

  get waiting(): readonly Alarm[] {
    return this.#waiting
  }

  /** The console has them. */
  told(alarms: readonly Alarm[]): void {
    this.#waiting = this.#waiting.filter((alarm) => !alarms.includes(alarm))
  }
}
