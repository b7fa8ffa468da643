/**
 * Standing: whether an instance answers, as far as this console can tell.
 *
 * Attached is what the relay says; answering is what counts. Whoever owes an answer and gives
 * no sign is asked by a probe, and without an answer to that it is suspected: it gets no new
 * work but probes until it says anything at all, to whatever it was asked.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'

export interface StandingOptions {
  readonly clock: Clock
  /** Asks it something small. Resolves when that has ended, however it has. */
  readonly probe: (withinMs: number) => Promise<void>
  /** It is doubted, suspected or cleared. */
  readonly onChange: () => void
}

/** One attempt that is under way. */
export interface Owed {
  /** Something that it has signed has come. */
  sign(): void
  /** `unanswered`: patience with it has run out. `neither`: it ended for a reason that is not the instance's. */
  end(how: 'answered' | 'unanswered' | 'neither'): void
}

/** `doubted`: it owes an answer, and has been asked whether it is there. New work goes to its siblings. */
export type StandingWord = 'healthy' | 'doubted' | 'suspect'

/** With a connector's own *accepted* after one second, two without a sign are unusual; on a slow line they are not the end. */
const overdueMs = 2000
/** How late the look at it may be. */
const lookMs = 400
/** Overdue, the look and this make 5.3 s: suspected within six, when there is anything to do. */
const probeMs = 2900
/** Answers that did not come, one after the other, without any in between. */
const mostFailures = 5
const [firstPauseMs, longestPauseMs] = [1000, 10_000]

export class Standing {
  readonly #options: StandingOptions
  readonly #open = new Map<Owed, number>()
  #word: StandingWord = 'healthy'
  #sinceMs: number
  #heardMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #pauseMs = firstPauseMs
  #look: Timer | undefined
  #verdict: Timer | undefined
  #isForgotten = false

  constructor(options: StandingOptions) {
    this.#options = options
    this.#sinceMs = options.clock.monotonicMs()
  }

  get word(): StandingWord {
    return this.#word
  }

  /** Monotonic: since when it has this word. */
  get sinceMs(): number {
    return this.#sinceMs
  }

  begin(): Owed {
    const owed: Owed = {
      sign: () => this.heard(),
      end: (how) => {
        const beganMs = this.#open.get(owed)
        if (beganMs === undefined) return
        this.#open.delete(owed)
        if (how === 'answered') this.heard()
        // Whoever has said anything meanwhile is there; what it was asked takes longer than somebody had time for.
        if (how === 'unanswered' && this.#heardMs < beganMs) this.#failed()
        if (this.#open.size === 0 && this.#word === 'healthy') this.#rest()
      },
    }
    this.#open.set(owed, this.#options.clock.monotonicMs())
    this.#plan()
    return owed
  }

  /** Anything that it has signed, for whatever reason. */
  heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs()
    this.#failures = 0
    this.#pauseMs = firstPauseMs
    if (this.#word === 'healthy') return
    this.#verdict?.cancel()
    this.#verdict = undefined
    this.#become('healthy')
    if (this.#open.size === 0) this.#rest()
    else this.#plan()
  }

  /** It is not there any more, or never will be again: there is nothing to find out. */
  forget(): void {
    this.#isForgotten = true
    this.#rest()
    this.#verdict?.cancel()
  }

  /** Patience has run out with one attempt: often enough in a row, and it is not the attempts. */
  #failed(): void {
    this.#failures++
    if (this.#failures >= mostFailures && this.#word !== 'suspect') this.#suspect()
  }

  #plan(): void {
    if (this.#isForgotten || this.#word !== 'healthy') return
    this.#look ??= this.#options.clock.after(lookMs, () => this.#lookAround(), { background: true })
  }

  #rest(): void {
    this.#look?.cancel()
    this.#look = undefined
  }

  #lookAround(): void {
    this.#look = undefined
    const nowMs = this.#options.clock.monotonicMs()
    const [oldestMs] = this.#open.values()
    if (oldestMs === undefined) return
    if (nowMs - Math.max(oldestMs, this.#heardMs) >= overdueMs) this.#doubt()
    else this.#plan()
  }

  #doubt(): void {
    this.#become('doubted')
    void this.#options.probe(probeMs)
    this.#verdict = this.#options.clock.after(probeMs, () => this.#suspect(), { background: true })
  }

  #suspect(): void {
    this.#rest()
    this.#verdict?.cancel()
    if (this.#word !== 'suspect') this.#become('suspect')
    if (this.#isForgotten) return
    // Half open: one small question, and a longer pause after every one that is not answered.
    this.#verdict = this.#options.clock.after(
      this.#pauseMs,
      () => {
        this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
        void this.#options.probe(probeMs).then(() => {
          if (this.#word === 'suspect') this.#suspect()
        })
      },
      { background: true },
    )
  }

  #become(word: StandingWord): void {
    this.#word = word
    this.#sinceMs = this.#options.clock.monotonicMs()
    this.#options.onChange()
  }
}
