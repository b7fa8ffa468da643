import { FakeClock } from '@sallygate/testkit/fake-clock'
import { expect, test } from 'vitest'
import { serviceFailure } from './failures.ts'
import { CheckList } from './check.ts'
import { maxSpans, spanSchema, startTrace } from './trace.ts'

test('a span says how long a step took, and how it ended', async () => {
  const clock = new FakeClock()
  const trace = startTrace(clock)

  await trace.span('tcp', async (note) => {
    note({ server: 'dc1' })
    await clock.advance(20)
  })
  const failing = trace.span('tls', async () => {
    await clock.advance(5)
    throw serviceFailure('DEADLINE')
  })

  await expect(failing).rejects.toMatchObject({ code: 'SERVICE_DEADLINE' })
  expect(trace.spans).toEqual([
    { name: 'tcp', startMs: 0, durationMs: 20, outcome: 'ok', detail: { server: 'dc1' } },
    { name: 'tls', startMs: 20, durationMs: 5, outcome: 'failed', detail: { failure: 'SERVICE_DEADLINE' } },
  ])
  expect(() => trace.spans.map((span) => spanSchema.parse(span))).not.toThrow()
})

test('a trace does not grow without end', async () => {
  const trace = startTrace(new FakeClock())

  for (let turn = 0; turn < maxSpans * 2; turn++) await trace.span('page', async () => {})

  expect(trace.spans.length).toBe(maxSpans)
})

test('a check turns failures into rows and leaves bugs alone', async () => {
  const list = new CheckList(new FakeClock())

  expect(await list.row('one', async () => 'All is well.')).toBe(true)
  expect(
    await list.row('two', async () => {
      throw serviceFailure('DEADLINE', { details: { afterMs: 5 } })
    }),
  ).toBe(false)
  list.skip('three', 'Not tried.')

  expect(list.rows.map(({ target, result }) => [target, result])).toEqual([
    ['one', 'ok'],
    ['two', 'failed'],
    ['three', 'skipped'],
  ])
  expect(list.rows[1]?.says).toContain('afterMs: 5')
  await expect(
    list.row('four', async () => {
      throw new Error('bug')
    }),
  ).rejects.toThrow('bug')
})
