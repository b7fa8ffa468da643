/**
 * A few scenarios of `npm run chaos` in their short versions: a connector that dies, one that is cut off, passwords
 * that are looked for, a policy file that is widened. The rest takes longer than a test should.
 */
import { describe, expect, test } from 'vitest'
import { scenarios } from './all.ts'
import { runScenario } from './scenario.ts'

const seed = 20261122
const wanted = ['T02', 'T03', 'T69', 'TC5']
const chosen = scenarios.filter(({ id }) => wanted.includes(id))

describe('chaos, in short', () => {
  test('every scenario has a number of its own', () => {
    expect(chosen).toHaveLength(wanted.length)
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length)
  })

  for (const scenario of chosen) {
    const missing = scenario.missing?.()
    if (missing !== undefined) console.log(`skipped: chaos ${scenario.id}, ${missing}`)
    test.skipIf(missing !== undefined)(
      `${scenario.id}: ${scenario.says}`,
      async () => {
        const result = await runScenario(scenario, seed, true)

        console.log(`chaos ${result.id}, seed ${seed}: ${result.figures.join('; ')}`)
        expect(result.because).toBe('')
        expect(result.held).toBe('holds')
      },
      scenario.withinSeconds * 1000 + 60_000,
    )
  }
})
