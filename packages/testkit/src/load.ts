/**
 * Load: calls at a rate, whether or not earlier ones have been answered, and what became of each.
 *
 * Open loop: a system that falls silent is asked as often as one that answers, and what it
 * kept waiting is counted from when it should have been asked.
 *
 * @module
 */
import { seededRandom } from './seeded-random.ts'

export interface LoadKind {
  readonly name: string
  /** How often, against the others. */
  readonly weight: number
  /** Makes the call with this number. @returns `ok`, or the code of what was said instead. */
  readonly call: (number: number) => Promise<string>
}

export interface LoadOptions {
  readonly perSecond: number
  readonly seconds: number
  readonly kinds: readonly LoadKind[]
  readonly seed: number
  /** More than so many open at once are not made, and counted as such: this process has limits too. */
  readonly mostOpen?: number
}

export interface LoadEnd {
  readonly kind: string
  readonly number: number
  /** Since the load began: when it was due, and when its end was known. */
  readonly dueMs: number
  readonly endMs: number
  readonly outcome: string
}

export class LoadReport {
  readonly ends: readonly LoadEnd[]
  /** Not made, because too many were open. */
  readonly notMade: number

  constructor(ends: readonly LoadEnd[], notMade: number) {
    this.ends = ends
    this.notMade = notMade
  }

  of(kind: string): LoadReport {
    return new LoadReport(
      this.ends.filter((end) => end.kind === kind),
      0,
    )
  }

  /** Those that were due in this part of the run. */
  between(fromMs: number, toMs: number): LoadReport {
    return new LoadReport(
      this.ends.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs),
      0,
    )
  }

  get good(): number {
    return this.ends.filter(({ outcome }) => outcome === 'ok').length
  }

  /** How often each other outcome came. */
  get others(): Readonly<Record<string, number>> {
    const counted: Record<string, number> = {}
    for (const { outcome } of this.ends) if (outcome !== 'ok') counted[outcome] = (counted[outcome] ?? 0) + 1
    return counted
  }

  /** Of what went well, in milliseconds. */
  latency(share: number): number {
    const sorted = this.ends
      .filter(({ outcome }) => outcome === 'ok')
      .map(({ dueMs, endMs }) => endMs - dueMs)
      .toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  }

  /** The longest time in which nothing ended well, in milliseconds. */
  get longestGapMs(): number {
    const ends = this.ends
      .filter(({ outcome }) => outcome === 'ok')
      .map(({ endMs }) => endMs)
      .toSorted((a, b) => a - b)
    return Math.max(0, ...ends.slice(1).map((endMs, at) => endMs - (ends[at] ?? endMs)))
  }
}

export interface RunningLoad {
  /** Milliseconds since it began. */
  readonly atMs: number
  /** Makes no more calls. Resolves when every call has ended. */
  stop(): Promise<LoadReport>
  /** Resolves when its time is over and every call has ended. */
  readonly done: Promise<LoadReport>
}

export function startLoad(options: LoadOptions): RunningLoad {
  const { perSecond, seconds, kinds, seed, mostOpen = 2000 } = options
  const random = seededRandom(seed)
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0)
  const ends: LoadEnd[] = []
  const open = new Set<Promise<void>>()
  const began = performance.now()
  const atMs = () => performance.now() - began
  let made = 0
  let notMade = 0
  let isStopped = false
  const pick = (): LoadKind => {
    let left = random.next() * total
    return kinds.find(({ weight }) => (left -= weight) < 0) ?? (kinds[0] as LoadKind)
  }
  const make = (dueMs: number) => {
    const kind = pick()
    if (open.size >= mostOpen) {
      notMade++
      return
    }
    const number = made
    const call = kind
      .call(number)
      .catch((error: unknown) => (error instanceof Error ? `error: ${error.message.slice(0, 60)}` : 'error'))
      .then((outcome) => {
        ends.push({ kind: kind.name, number, dueMs, endMs: atMs(), outcome })
        open.delete(call)
      })
    open.add(call)
  }
  const done = (async () => {
    for (; !isStopped; made++) {
      const dueMs = (made * 1000) / perSecond
      if (dueMs >= seconds * 1000) break
      const waitMs = dueMs - atMs()
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs))
      make(dueMs)
    }
    while (open.size > 0) await Promise.all(open)
    return new LoadReport(ends, notMade)
  })()
  return {
    get atMs() {
      return atMs()
    },
    done,
    stop() {
      isStopped = true
      return done
    },
  }
}
