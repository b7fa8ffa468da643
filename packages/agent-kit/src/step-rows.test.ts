import { Failure } from '@sallygate/base/failure'
import type { Span } from '@sallygate/service-kit'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { approachSays, stepRows } from './step-rows.ts'

const names = ['dns', 'tcp', 'tls', 'greeting', 'bind']
const steps = names.map((name) => [name, `Step ${name}`] as const)
const clock = new FakeClock()
const failure = new Failure('TEST_FAILED', { says: 'It failed.', fix: 'Mend it.', retry: 'never' })
const span = (name: string, outcome: Span['outcome'] = 'ok'): Span => ({
  name,
  outcome,
  startMs: 0,
  durationMs: 1.6,
  detail: { at: name },
})
const says = Object.fromEntries(names.map((name) => [name, ({ at }: Span['detail']) => `Found ${at}.`]))
const label = 'dc1.test:636'

test('wherever it ends: a row per step, one that failed, all before it fine, all after it skipped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: names.length }), fc.boolean(), async (done, isInSpan) => {
      const isWhole = done === names.length
      const broken = isWhole || !isInSpan ? [] : [span(names[done] as string, 'failed')]
      const spans = [...names.slice(0, done).map((name) => span(name)), ...broken]

      const rows = await stepRows({
        clock,
        spans,
        failure: isWhole ? undefined : failure,
        steps,
        label,
        says,
      })

      expect(rows.map(({ result }) => result)).toEqual(
        names.map((_name, index) => (index < done ? 'ok' : index === done ? 'failed' : 'skipped')),
      )
      expect(rows.map(({ target }) => target)).toEqual(steps.map(([, title]) => `${title}: dc1.test:636`))
      expect(rows.every(({ code }, index) => (code === 'TEST_FAILED') === (index === done && !isWhole))).toBe(true)
    }),
  )
})

test('of a step that was taken twice the last time counts, with how long it took', async () => {
  const twice = [span('dns'), span('tcp'), { ...span('tcp'), durationMs: 7, detail: { at: 'the second time' } }]

  const rows = await stepRows({
    clock,
    spans: twice,
    failure: undefined,
    steps: steps.slice(0, 2),
    label,
    says,
  })

  expect(rows[1]).toMatchObject({ result: 'ok', says: 'Found the second time.', durationMs: 7 })
})

test('a step that was not needed says why, unless something failed', async () => {
  const options = { clock, steps, label, says, notNeeded: { bind: 'Anonymous.' } }
  const without = names.slice(0, -1).map((name) => span(name))

  const fine = await stepRows({ ...options, spans: without, failure: undefined })
  const failed = await stepRows({ ...options, spans: [span('dns', 'failed')], failure })

  expect(fine.at(-1)).toMatchObject({ result: 'skipped', says: 'Anonymous.' })
  expect(failed.at(-1)).toMatchObject({ result: 'skipped', says: 'Not tried, because a step before it failed.' })
})

test('a bug is no row', async () => {
  const bug = new TypeError('undefined is not a function')

  await expect(stepRows({ clock, spans: [], failure: bug, steps, label, says })).rejects.toBe(bug)
})

test('the steps of an approach are told in the same words for everybody', async () => {
  const spans = [{ ...span('dns'), detail: { address: '10.0.0.1' } }, span('tcp'), span('tls')]
  const advice = { now: clock.now(), renew: 'Renew it.' }

  const rows = await stepRows({
    clock,
    spans,
    failure: undefined,
    label,
    steps: steps.slice(0, 3),
    says: approachSays(undefined, advice),
  })

  expect(rows.map((row) => row.says)).toEqual(['Allowed, address 10.0.0.1.', 'Connected.', 'Encrypted.'])
})
