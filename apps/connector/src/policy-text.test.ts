import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { directoryContract } from '@sallygate/service-directory/contract'
import { mailContract } from '@sallygate/service-mail/contract'
import { syslogContract } from '@sallygate/service-syslog/contract'
import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { allowRequest } from './policy.ts'
import { policyTemplate } from './policy-template.ts'
import { parsePolicy } from './policy-text.ts'
import { startRateLimits } from './rate-limits.ts'

const contracts = [directoryContract, mailContract, syslogContract]
const read = (text: string) => parsePolicy(Buffer.from(text), contracts)
const broken = (details: Readonly<Record<string, unknown>>) =>
  expect.objectContaining({ code: 'CONNECTOR_POLICY_BROKEN', details: expect.objectContaining(details) })
const asked = { service: 'directory', operation: 'search', component: 'selfService', actingGroup: 'ab'.repeat(16) }

test('the policy that enrollment writes allows services on their usual ports, and of this host only what was named', () => {
  const policy = read(policyTemplate(['127.0.0.1:3890', 'mail=127.0.0.1:2525', 'syslog=127.0.0.1:6514']))

  const rules = policy.services.get('directory')

  expect([...policy.services.keys()]).toEqual(['directory', 'mail', 'syslog'])
  expect([...(rules?.operations ?? [])]).toEqual([
    'check',
    'search',
    'authenticate',
    'bases',
    'preview',
    'servers',
    'status',
    'syncStart',
    'syncPage',
  ])
  expect(rules?.targets.map(({ host, ports }) => `${host}:${ports.join(',')}`)).toEqual([
    '*:389,636,3268,3269',
    '127.0.0.1:3890',
  ])
  expect(policy.services.get('mail')?.targets.map(({ host, ports }) => `${host}:${ports.join(',')}`)).toEqual([
    '*:25,465,587',
    '127.0.0.1:2525',
  ])
  expect(policy.services.get('syslog')?.targets.map(({ host, ports }) => `${host}:${ports.join(',')}`)).toEqual([
    '*:514,601,6514',
    '127.0.0.1:6514',
  ])
  expect(() => policyTemplate(['mial=127.0.0.1:25'])).toThrow(broken({ where: 'the allowed targets' }))
  expect(policy.digest).toMatch(/^[0-9a-f]{64}$/)
})

test.each([
  ['version = 1\nnver = []', { unknown: 'nver', nearest: 'never' }],
  ['version = 1\n[services.directroy]', { unknown: 'directroy', nearest: 'directory' }],
  ['version = 1\n[services.directory]\ntarget = []', { unknown: 'target', nearest: 'targets' }],
  ['version = 1\n[services.directory]\noperations = ["serach"]', { unknown: 'serach', nearest: 'search' }],
  ['version = 1\n[services.directory]\ncomponents = ["selfservice"]', { nearest: 'selfService' }],
  ['version = 1\n[services.directory.ratePerMinute]\nauthentcate = 3', { nearest: 'authenticate' }],
  ['version = 1\n[services.directory.groups."*"]\nbaseDn = []', { nearest: 'baseDns' }],
  ['version = 1\n[services.directory.groups.sales]\nbaseDns = []', { where: 'services.directory.groups' }],
  ['version = 2', { where: 'version' }],
  ['', { where: 'version' }],
  ['version = 1\n[services.directory]\ntargets = ["dc1"]', { where: 'services.directory.targets' }],
  ['version = 1\n[services.directory]\ntargets = "dc1:636"', { expected: 'a list of texts' }],
  ['version = 1\n[services.directory.ratePerMinute]\nsearch = 0', { expected: 'a number from 1' }],
  ['version = 1\nversion = 1', { where: 'line 2, column 1' }],
  ['version = 1\n[__proto__]\na = 1', { expected: 'TOML in UTF-8' }],
  ['version = 1\nnever = ["10.0.0.0/33"]', { where: 'never' }],
  ['version = 1\nservices = 3', { expected: 'a table' }],
])('a policy that is not understood is refused with the place: %j', (text, details) => {
  expect(() => read(text)).toThrow(broken(details))
})

test('bytes that are not UTF-8, and a file larger than any policy, are refused', () => {
  expect(() => parsePolicy(Buffer.from([0xff, 0xfe]), [directoryContract])).toThrow(
    broken({ expected: 'TOML in UTF-8' }),
  )
  expect(() => read(`version = 1\n#${'x'.repeat(300_000)}`)).toThrow(broken({ where: 'the file' }))
})

test('a group sees the limits of its own row, or of the row for all, or nothing', () => {
  const [sales, other] = ['ab'.repeat(16), 'cd'.repeat(16)]
  const rules = `version = 1\n[services.directory]\noperations = ["search"]\n[services.directory.groups."${sales}"]\nbaseDns = ["ou=Sales"]\n`
  const rates = startRateLimits(new FakeClock())
  const limits = (text: string, actingGroup: string) => allowRequest(read(text), { ...asked, actingGroup }, rates)

  expect(limits(rules, sales)).toEqual({ baseDns: ['ou=Sales'] })
  expect(() => limits(rules, other)).toThrow(expect.objectContaining({ code: 'CONNECTOR_POLICY_GROUP' }))
  expect(limits(`${rules}[services.directory.groups."*"]\nbaseDns = ["dc=x"]\n`, other)).toEqual({ baseDns: ['dc=x'] })
  expect(limits('version = 1\n[services.directory]\noperations = ["search"]', other)).toEqual({})
})

test('what the file does not allow is refused, each by its name', () => {
  const policy = read('version = 1\n[services.directory]\noperations = ["search"]\ncomponents = ["selfService"]')
  const rates = startRateLimits(new FakeClock())
  const refusal = (change: Partial<typeof asked>) => () => allowRequest(policy, { ...asked, ...change }, rates)

  expect(refusal({})).not.toThrow()
  expect(refusal({ service: 'mail' })).toThrow(expect.objectContaining({ code: 'CONNECTOR_POLICY_SERVICE' }))
  expect(refusal({ operation: 'authenticate' })).toThrow(
    expect.objectContaining({ code: 'CONNECTOR_POLICY_OPERATION' }),
  )
  expect(refusal({ component: 'other' })).toThrow(expect.objectContaining({ code: 'CONNECTOR_POLICY_COMPONENT' }))
})

test('a rate refills evenly on the monotonic clock, and setting the wall clock gives nobody more', async () => {
  const clock = new FakeClock()
  const rates = startRateLimits(clock)
  const policy = read(
    'version = 1\n[services.directory]\noperations = ["search"]\n[services.directory.ratePerMinute]\nsearch = 3',
  )
  const take = () => allowRequest(policy, asked, rates)
  const tooOften = expect.objectContaining({ code: 'CONNECTOR_POLICY_RATE' })

  for (let i = 0; i < 3; i++) take()

  expect(take).toThrow(tooOften)
  clock.jumpWall(3_600_000)
  expect(take).toThrow(tooOften)
  await clock.advance(20_000)
  expect(take()).toEqual({})
  expect(take).toThrow(tooOften)
})

test('the example in the documentation is a policy, and says what the page says', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/policy.md'), 'utf8')
  const [, example = ''] = /```toml\n([\s\S]*?)```/.exec(page) ?? []

  const policy = read(example)

  const rules = policy.services.get('directory')
  expect(rules?.targets).toHaveLength(3)
  expect(rules?.groups?.get('*')).toEqual({ baseDns: ['ou=People,dc=corp,dc=example'] })
  for (const key of ['operations', 'components', 'targets', 'groups', 'ratePerMinute'])
    expect(page).toContain(`\`${key}\``)
})
