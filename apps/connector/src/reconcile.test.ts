import { rmSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newKey } from './testing/console-stub.ts'
import { GateOfOne } from './testing/gate-of-one.ts'

const until = async (isSo: () => boolean) => {
  for (const end = Date.now() + 5000; !isSo();) {
    if (Date.now() > end) throw new Error('it did not come to be so in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const ask = (gate: GateOfOne, key: string, text = 'a') =>
  gate.call('sample.issue.outcome', { key, parameters: { text } })
const issue = (gate: GateOfOne, idempotencyKey: string, text = 'a') =>
  gate.call('sample.issue', { text }, { class: 'N', idempotencyKey })

test('what the journal knows is answered from it, and the back-end is not asked', async () => {
  await using gate = await GateOfOne.live()
  const key = newKey()
  await issue(gate, key)

  const answer = await ask(gate, key)

  expect(answer).toMatchObject({ outcome: 'done', result: { state: 'done', result: { serial: 1 } } })
  expect(gate.sample.trace.done).toEqual(['issue a'])
})

test('while it runs the answer is that it runs', async () => {
  await using gate = await GateOfOne.live()
  const { promise, resolve } = Promise.withResolvers<void>()
  gate.sample.trace.pause = promise
  const key = newKey()
  const first = issue(gate, key)
  await until(() => gate.sample.trace.done.length === 1)

  const answer = await ask(gate, key)
  resolve()
  await first

  expect(answer).toMatchObject({ result: { state: 'running' } })
})

test('a process that died between intent and result asks the back-end once, and remembers what it said', async () => {
  await using gate = await GateOfOne.live()
  const { promise, resolve } = Promise.withResolvers<void>()
  gate.sample.trace.pause = promise
  const key = newKey()
  const first = issue(gate, key)
  await until(() => gate.sample.trace.done.length === 1)
  const snapshot = readFileSync(join(gate.home, 'journal.bin'))
  resolve()
  await first
  await gate.stopConnectors()
  writeFileSync(join(gate.home, 'journal.bin'), snapshot, { mode: 0o600 })
  await gate.start()

  const unknown = await ask(gate, key)
  gate.sample.trace.said = { state: 'done', result: { serial: 77 } }
  const answers = [await ask(gate, key), await ask(gate, key), await issue(gate, key)]

  expect(unknown).toMatchObject({ result: { state: 'unknown', because: 'nobody knows' } })
  expect(answers).toMatchObject([
    { result: { state: 'done', result: { serial: 77 } } },
    { result: { state: 'done', result: { serial: 77 } } },
    { outcome: 'done', result: { serial: 77 } },
  ])
  expect(gate.sample.trace.done).toEqual(['issue a', 'reconcile a', 'reconcile a'])
})

test('a request that comes after its outcome was asked for does nothing, also when the journal was lost before', async () => {
  await using gate = await GateOfOne.live()
  const key = newKey()
  await issue(gate, key, 'before')
  await gate.stopConnectors()
  rmSync(join(gate.home, 'journal.bin'))
  await gate.start()

  const asked = await ask(gate, key, 'before')
  const late = await issue(gate, key, 'before')
  gate.sample.trace.said = { state: 'notDone' }
  const other = newKey()
  const answers = [await ask(gate, other), await issue(gate, other), await ask(gate, other)]

  expect(asked).toMatchObject({ result: { state: 'unknown' } })
  expect(late).toMatchObject({ outcome: 'failed', failure: { code: 'CONNECTOR_OUTCOME_UNKNOWN' } })
  expect(answers).toMatchObject([
    { result: { state: 'notDone' } },
    { outcome: 'failed', failure: { code: 'CONNECTOR_NOT_DONE' } },
    { result: { state: 'notDone' } },
  ])
  expect(gate.sample.trace.done.filter((line) => line.startsWith('issue'))).toEqual(['issue before'])
})
