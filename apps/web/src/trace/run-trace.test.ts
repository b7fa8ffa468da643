import { expect, test } from 'vitest'
import { hopsOfTrace } from './run-trace.ts'

test('a hop that did not run shows no time, and every detail is a text', () => {
  const hop = { by: 'relay', startMs: 1, durationMs: 2, says: 'So.', fix: '', detail: { port: 636 } } as const
  const trace = { id: 'a', startedAt: '', durationMs: 3, verdict: 'failed', hops: [] } as const

  const hops = hopsOfTrace({
    ...trace,
    hops: [
      { ...hop, name: 'TCP', verdict: 'failed' },
      { ...hop, name: 'TLS', verdict: 'skipped' },
    ],
  })

  expect(hops).toMatchObject([{ title: 'TCP', durationMs: 2, detail: [['port', '636']] }, { title: 'TLS' }])
  expect(hops[1]).not.toHaveProperty('durationMs')
})
