import { expect, test } from 'vitest'
import { callTrace } from './call-trace.ts'

const far = [
  { name: 'tcp', startMs: 0, durationMs: 2, outcome: 'ok' as const, detail: {} },
  { name: 'search', startMs: 2, durationMs: 4, outcome: 'failed' as const, detail: { result: 32 } },
]
const about = { connector: 'one', attempts: 2, outcome: 'failed' as const }

test('what the connector did lies in the middle of the way there and back', () => {
  const spans = callTrace({ beganMs: 100, sentMs: 103, answeredMs: 119 }, far, about)

  expect(spans.map(({ name, startMs, durationMs }) => [name, startMs, durationMs])).toEqual([
    ['console', 0, 3],
    ['gate', 3, 16],
    ['tcp', 8, 2],
    ['search', 10, 4],
  ])
  expect(spans.map(({ outcome }) => outcome)).toEqual(['ok', 'failed', 'ok', 'failed'])
})

test('a connector that claims to have taken longer than the call moves nothing into the past', () => {
  const boasting = [{ ...far[0], name: 'tcp', startMs: 0, durationMs: 9999, outcome: 'ok' as const, detail: {} }]

  const spans = callTrace({ beganMs: 0, sentMs: 1, answeredMs: 5 }, boasting, about)

  expect(Math.min(...spans.map(({ startMs }) => startMs))).toBe(0)
})
