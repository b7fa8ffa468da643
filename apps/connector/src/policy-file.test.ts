import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { directoryContract } from '@sallygate/service-directory/contract'
import { FakeClock } from '@sallygate/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchPolicyFile, type PolicyChange, type PolicyFile } from './policy-file.ts'
import { policyTemplate } from './policy-template.ts'

let folder: string
let path: string
let watched: PolicyFile | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallygate-policy-'))
  path = join(folder, 'policy.toml')
})
afterEach(() => {
  watched?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function watch() {
  const clock = new FakeClock()
  const changes: PolicyChange[] = []
  const policy = watchPolicyFile(path, {
    contracts: [directoryContract],
    clock,
    log: silentLog,
    pollEveryMs: 2000,
    onChange: (change) => changes.push(change),
  })
  watched = policy
  return { clock, changes, policy }
}

const put = (text: string, mode = 0o644) => {
  writeFileSync(path, text)
  chmodSync(path, mode)
}
const brokenPolicy = expect.objectContaining({ code: 'CONNECTOR_POLICY_BROKEN' })

test('a change by hand holds within one look, and is told with both digests', async () => {
  put(policyTemplate())
  const { clock, changes, policy } = watch()
  const before = policy.digest()

  put('version = 1\n')
  await clock.advance(2000)

  expect(policy.current().services.size).toBe(0)
  expect(changes).toEqual([{ from: before, to: policy.digest(), failure: undefined }])
})

test('a file that breaks forbids everything, and the last good one does not go on', async () => {
  put(policyTemplate())
  const { clock, changes, policy } = watch()

  put(policyTemplate().replace('operations', 'operation'))
  await clock.advance(2000)

  expect(() => policy.current()).toThrow(brokenPolicy)
  expect(changes.map(({ failure }) => failure?.code)).toEqual(['CONNECTOR_POLICY_BROKEN'])
  put(policyTemplate())
  await clock.advance(2000)
  expect(policy.current().services.size).toBe(3)
})

test('a policy that others can write is not followed', () => {
  put(policyTemplate(), 0o666)

  const { policy } = watch()

  expect(() => policy.current()).toThrow(expect.objectContaining({ code: 'CONNECTOR_POLICY_UNSAFE' }))
  expect(policy.digest()).toMatch(/^[0-9a-f]{64}$/)
})

test('no file allows nothing, and has no digest', () => {
  const { policy } = watch()

  expect(() => policy.current()).toThrow(brokenPolicy)
  expect(policy.digest()).toBe('')
})

test('touching the file without changing it is no change', async () => {
  put(policyTemplate())
  const { clock, changes } = watch()

  utimesSync(path, new Date(), new Date(Date.now() + 5000))
  await clock.advance(10_000)

  expect(changes).toEqual([])
})
