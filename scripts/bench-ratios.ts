/**
 * Whether a benchmark has become slower beside what it is compared with.
 *
 * @module
 */
import { ratioOf, type BenchReport } from '../bench/report.ts'

/** Two runs on one machine differ by less; a step that was lost costs more. */
const leastShare = 0.6

/** A line for each figure whose best ratio among these runs is too far below the one that was kept. */
export function fallenRatios(kept: BenchReport, runs: readonly BenchReport[]): readonly string[] {
  return kept.figures.flatMap((figure) => {
    const before = ratioOf(figure)
    if (before === undefined) return []
    const now = runs.flatMap(({ figures }) => {
      const same = figures.find(({ name }) => name === figure.name)
      const ratio = same === undefined ? undefined : ratioOf(same)
      return ratio === undefined ? [] : [ratio]
    })
    const best = Math.max(...now, Number.NEGATIVE_INFINITY)
    if (best >= before * leastShare) return []
    const said = now.length === 0 ? 'is not measured any more' : `is ${best.toFixed(2)} now`
    return [`${kept.bench}: ${figure.name}: a ratio of ${before.toFixed(2)} ${said}`]
  })
}
