import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckRow } from '@sallygate/service-kit'
import { expect, test } from 'vitest'
import { checkConnector } from './check.ts'
import { GateOfOne } from './testing/gate-of-one.ts'
import { JumpyClock } from './testing/jumpy-clock.ts'

const rowOf = (rows: readonly CheckRow[], target: string) => rows.find((row) => row.target === target)

test('a host that is not enrolled is told what to do, and nothing else is guessed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sallygate-check-'))

  const rows = await checkConnector(home)
  rmSync(home, { recursive: true, force: true })

  expect(rowOf(rows, 'identity')).toMatchObject({
    result: 'failed',
    code: 'CONNECTOR_NOT_ENROLLED',
    fix: expect.stringContaining('enroll'),
  })
  expect(rowOf(rows, 'certificate')?.result).toBe('skipped')
})

test('each thing that is wrong on the host is its own row with a fix', async () => {
  await using gate = await GateOfOne.enrolled('version = 1\n[services.sampel]\n')
  writeFileSync(join(gate.home, 'journal.bin'), 'not a journal')
  const { service } = gate.sample

  const rows = await checkConnector(gate.home, { services: [service], clock: new JumpyClock(80 * 24 * 3_600_000) })

  expect(rowOf(rows, 'policy file')).toMatchObject({
    result: 'failed',
    code: 'CONNECTOR_POLICY_BROKEN',
    says: expect.stringContaining('nearest: sample'),
  })
  expect(rowOf(rows, 'journal')).toMatchObject({ result: 'failed', code: 'CONNECTOR_JOURNAL_DAMAGED' })
  expect(rowOf(rows, 'certificate')).toMatchObject({ result: 'warning', says: expect.stringContaining('in ') })
  expect(rowOf(rows, 'trust set')?.result).toBe('warning')
  expect(rowOf(rows, 'running connector')).toMatchObject({ result: 'warning', says: 'It has never run here.' })
  for (const row of rows.filter(({ result }) => result !== 'ok')) expect(row.fix).not.toBe('')
})

test('a key file that others can read is found', async () => {
  await using gate = await GateOfOne.enrolled()
  chmodSync(join(gate.home, 'identity', 'instance.key'), 0o640)

  const rows = await checkConnector(gate.home)

  expect(rowOf(rows, 'identity')).toMatchObject({
    result: 'failed',
    code: 'FILE_NOT_PRIVATE',
    fix: expect.stringContaining('chmod'),
  })
})

test('a service is checked with its stored settings, without the console and beside the connector', async () => {
  await using gate = await GateOfOne.live()
  const { service } = gate.sample

  const running = await checkConnector(gate.home, { services: [service], service: 'sample' })
  await gate.stopConnectors()
  const stopped = await checkConnector(gate.home, { services: [service], service: 'sample' })

  for (const rows of [running, stopped]) {
    expect(rows.map(({ target, result }) => [target, result])).toEqual([
      ['Sample settings', 'ok'],
      ['sample', 'ok'],
    ])
  }
})
