/**
 * Hops as they are walked: each with its time, and none tried after one that failed.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Hop } from './trace.ts'

/** What a hop found; a plain sentence means that all is well. */
export type HopFinding =
  | string
  | (Partial<Pick<Hop, 'verdict' | 'fix' | 'detail' | 'chain'>> & { readonly says: string })

export type HopWho = Pick<Hop, 'name' | 'by'>

const notTried = 'Not tried, because a hop before it failed.'

export class HopList {
  readonly #clock: Clock
  readonly #beganMs: number
  readonly #hops: Hop[] = []
  #walking: string | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#beganMs = clock.monotonicMs()
  }

  get hops(): readonly Hop[] {
    return this.#hops
  }

  /** The hop that is under way. */
  get walking(): string | undefined {
    return this.#walking
  }

  get hasFailed(): boolean {
    return this.#hops.some(({ verdict }) => verdict === 'failed')
  }

  get elapsedMs(): number {
    return tenths(this.#clock.monotonicMs() - this.#beganMs)
  }

  /** Walks one hop; after one that failed it is not tried. Only bugs reject. */
  async walk(who: HopWho, step: () => HopFinding | Promise<HopFinding>): Promise<void> {
    if (this.hasFailed) return this.skip(who)
    const startMs = this.elapsedMs
    this.#walking = who.name
    let finding: HopFinding
    try {
      finding = await step()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      finding = findingOf(error)
    } finally {
      this.#walking = undefined
    }
    this.put(who, startMs, this.elapsedMs - startMs, finding)
  }

  /** One that was measured elsewhere. */
  put({ name, by }: HopWho, startMs: number, durationMs: number, finding: HopFinding): void {
    const found = typeof finding === 'string' ? { says: finding } : finding
    const { says, verdict = 'ok', fix = '', detail = {}, chain } = found
    const [start, duration] = [tenths(startMs), tenths(durationMs)]
    const shown = chain === undefined ? {} : { chain }
    this.#hops.push({ name, by, startMs: start, durationMs: duration, verdict, says, fix, detail, ...shown })
  }

  /** The last one, after what it brought has shown how its time is divided. */
  replaceLast(who: HopWho, startMs: number, durationMs: number, finding: HopFinding): void {
    this.#hops.pop()
    this.put(who, startMs, durationMs, finding)
  }

  skip(who: HopWho): void {
    this.put(who, this.elapsedMs, 0, { verdict: 'skipped', says: notTried })
  }
}

export function findingOf({ code, says, fix, details }: Failure): HopFinding {
  const shown = Object.entries(details).filter(([name]) => !foreign.has(name))
  return { verdict: 'failed', says, fix, detail: { code, ...Object.fromEntries(shown) } }
}

/** Details that hold a text as a system behind the gate sent it. */
export const foreign: ReadonlySet<string> = new Set(['said'])

const tenths = (ms: number) => Math.round(Math.max(0, ms) * 10) / 10
