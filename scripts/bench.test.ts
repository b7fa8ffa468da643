import { expect, test } from 'vitest'
import type { BenchReport, Figure } from '../bench/report.ts'
import { fallenRatios } from './bench-ratios.ts'
import { distributionPicture } from './distribution-picture.ts'
import { performancePage } from './performance-page.ts'

function made(...figures: readonly Figure[]): BenchReport {
  return { bench: 'gate', says: 'round trips', at: '2026-11-22T00:00:00.000Z', machine: 'one', figures }
}
const perSecond = (value: number): Figure => ({ name: 'a', value, unit: '/s', beside: { name: 'b', value: 100 } })
const took = (value: number): Figure => ({ name: 'a', value, unit: 'ms', beside: { name: 'b', value: 100 } })

test('a ratio that fell to less than 0.6 of what it was is named, whether more or less is better', () => {
  expect(fallenRatios(made(perSecond(50)), [made(perSecond(29))])).toEqual(['gate: a: a ratio of 0.50 is 0.29 now'])
  expect(fallenRatios(made(took(50)), [made(took(90))])).toEqual(['gate: a: a ratio of 2.00 is 1.11 now'])
})

test('the best of several runs counts, and noise is no regression', () => {
  expect(fallenRatios(made(perSecond(50)), [made(perSecond(10)), made(perSecond(40))])).toEqual([])
  expect(fallenRatios(made(took(50)), [made(took(80))])).toEqual([])
})

test('a figure that is not measured any more is named; one without another beside it is not compared', () => {
  expect(fallenRatios(made(perSecond(50)), [made()])).toEqual(['gate: a: a ratio of 0.50 is not measured any more'])
  expect(fallenRatios(made({ name: 'x', value: 3, unit: 'MB' }), [made()])).toEqual([])
})

test('the page keeps what people wrote around its figures, and can be written again and again', () => {
  const page = '# P\n\n<!-- figures: written by scripts/performance-page.ts -->\nold\n<!-- end of figures -->\n\nWhy.\n'
  const once = performancePage(page, [made(perSecond(50))])

  expect(once).toContain('| a | 50 /s | b: 100 /s | 0.50 |')
  expect(once).toContain('# P')
  expect(once).toContain('Why.')
  expect(once).not.toContain('old')
  expect(performancePage(once, [made(perSecond(50))])).toBe(once)
})

test('a picture has a line and a name for everything in it, and no name becomes markup', () => {
  const picture = distributionPicture('t', { 'a <b>': [1, 2, 3], c: [10, 20] })

  expect(picture.match(/stroke-width="2"/g)).toHaveLength(2)
  expect(picture).toContain('a &lt;b>')
})
