/**
 * Cold start: from the command to an open gate, first and second time, and how soon it ends.
 *
 *   npm run bench cold-start
 *
 * @module
 */
import { rmSync } from 'node:fs'
import { freePortBase, startSystem, temporaryHome } from '../e2e/system.ts'
import { report, type Figure } from './report.ts'

const rounds = 3
const first: number[] = []
const second: number[] = []
const ending: number[] = []
for (let round = 0; round < rounds; round++) {
  const [home, portBase] = [temporaryHome(), await freePortBase()]
  for (const into of [first, second]) {
    const system = await startSystem({ home, portBase })
    into.push(system.startedMs / 1000)
    ending.push((await system.interrupt()) / 1000)
  }
  rmSync(home, { recursive: true, force: true })
}
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const figures: Figure[] = [
  {
    name: 'first start to an open gate',
    value: median(first),
    unit: 's',
    aim: { says: 'at most 5', isReached: median(first) <= 5 },
  },
  { name: 'second start to an open gate', value: median(second), unit: 's' },
  {
    name: 'Ctrl-C to the last process gone',
    value: Math.max(...ending),
    unit: 's',
    aim: { says: 'at most 5', isReached: Math.max(...ending) <= 5 },
  },
]
report('cold-start', `the command of the first minute, median of ${rounds}`, figures)
