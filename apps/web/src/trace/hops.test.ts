import { expect, test } from 'vitest'
import { hopsOfCall, hopsOfFailure } from './hops.ts'

const problem = (code: string) => ({ status: 502, code, says: 'It failed.', fix: 'Mend it.', details: {} })

test('what the connector did not measure was spent on the way', () => {
  const span = { name: 'search', startMs: 5, durationMs: 10, outcome: 'ok' }

  const hops = hopsOfCall({
    result: {},
    connector: { id: 'c', name: 'dc' },
    durationMs: 40,
    attempts: 1,
    spans: [span],
  })

  expect(hops.map(({ by }) => by)).toEqual(['console', 'relay', 'connector', 'backend'])
  expect(hops[1]?.durationMs).toBe(25)
  expect(hops[3]).toMatchObject({ title: 'Search', startMs: 5, durationMs: 10, verdict: 'ok' })
})

test.each([
  ['CONSOLE_FORBIDDEN', 0],
  ['CONSOLE_NO_CONNECTOR_ATTACHED', 1],
  ['SERVICE_DEADLINE', 2],
  ['DIRECTORY_BIND_REFUSED', 3],
])('%s ends the trace at hop %i, with its fix, and nothing after it is green', (code, place) => {
  const hops = hopsOfFailure(problem(code))

  expect(hops[place]).toMatchObject({ verdict: 'failed', says: 'It failed.', fix: 'Mend it.' })
  expect(hops.slice(0, place).every(({ verdict }) => verdict === 'ok')).toBe(true)
  expect(hops.slice(place + 1).every(({ verdict }) => verdict === 'skipped')).toBe(true)
})
