/**
 * Every command about devices and NACs against a real console with a real nac: where all is well, once as a
 * person sees it and once as a program reads it, and where something is wrong. The other MDM servers are simulated.
 *
 * @module
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  goodReplies,
  startMdmServer,
  type MdmServerInTest,
} from '../../../protocols/ise-mdm/src/client/testing/mdm-server.ts'
import { consoleInTest, rootKey, type ConsoleInTest } from '../../console/src/testing/console-in-test.ts'
import { DeviceAgent } from '../../console/src/testing/device-agent.ts'
import { startNacBeside, type NacBeside } from '../../console/src/testing/nac-beside.ts'
import { buildProgram } from './main.ts'
import { runSallygate } from './testing/cli-in-test.ts'

const group = 'Sample'
const password = 's\u00e9same'
let it: ConsoleInTest
let nac: NacBeside
let isStopped = false
let mdm: MdmServerInTest
let refusing: MdmServerInTest
const inHome = (name: string) => join(it.home, name)
const write = (name: string, content: string) => {
  writeFileSync(inHome(name), content, { mode: 0o600 })
  return inHome(name)
}

beforeAll(async () => {
  it = await consoleInTest({ settings: { sourceAddresses: '127.0.0.1, ::1' } })
  nac = await startNacBeside(it)
  const guid = (n: number) => `5c7e0d4e-0000-4000-8000-00000000000${n}`
  mdm = await startMdmServer({ reply: goodReplies([{ guid: guid(1), mac: '00105A000099', isCompliant: true }]) })
  refusing = await startMdmServer({ reply: () => ({ status: 401 }) })
  write('credentials.json', JSON.stringify({ consoleUrl: it.origin, apiKey: rootKey }))
  write('stranger', `sgk_${'Z'.repeat(43)}\n`)
  write('taken', 'is there already\n')
  write('secret', 'a password of some length\n')
  write('mdm-password', `${password}\n`)
  write('mdm.pem', mdm.ca)
  write('refusing.pem', refusing.ca)
  write('no-policy.json', '{"name": ')
  const rules = [{ kind: 'isTrue', fact: 'shoeSize' }]
  write('strange-policy.json', JSON.stringify({ name: 'Strange', rules }))
  for (const way of ['table', 'json']) {
    const rule = { kind: 'isTrue', fact: 'diskEncrypted' }
    write(`policy-${way}.json`, JSON.stringify({ name: `Policy ${way}`, rules: [rule] }))
    const agent = new DeviceAgent(it)
    await agent.enroll(group, { identifiers: { serial: `SN-${way}`, hostName: `laptop-${way}` } })
  }
  await ask('POST', '/api/nac/accounts', { user: 'ACME\\svc', kind: 'directory' })
  await ask('POST', `/api/groups/${group}/sources`, {
    name: 'Refusing',
    settings: { kind: 'ise', url: refusing.url, user: 'u', ca: refusing.ca },
    secrets: { password },
  })
  // Heard of, so that there is something to show.
  const untilMs = performance.now() + 30_000
  while (((await ask('GET', '/api/nac')).body['nacs'] as readonly unknown[]).length === 0) {
    if (performance.now() > untilMs) throw new Error('nac was not heard of')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}, 60_000)
afterAll(async () => {
  await mdm?.close()
  await refusing?.close()
  if (!isStopped) await nac?.stop()
  await it?.stop()
})

const ask = (method: string, path: string, body?: unknown) =>
  it.ask(method, path, { key: rootKey, ...(body === undefined ? {} : { body }) })

interface Bad {
  readonly words: () => readonly string[]
  /** Of the failure, or of the exit where a check found something. */
  readonly code: string | 2
}

const nobody = (code = 'CONSOLE_NOT_FOUND'): Bad => ({ words: () => ['nobody'], code })
const nowhere: Bad = { words: () => ['--group', 'Nowhere'], code: 'CONSOLE_NOT_FOUND' }
/** Where an answer can only be refused to whoever asks. */
const stranger: Bad = { words: () => ['--api-key-file', inHome('stranger')], code: 'CONSOLE_UNAUTHENTICATED' }

interface Case {
  readonly of: string
  readonly good: (way: string) => readonly string[]
  readonly bad: Bad
}

/** In this order; `way` tells the two good runs apart, so that each makes and removes what is its own. */
const cases: readonly Case[] = [
  { of: 'nac status', good: () => [], bad: stranger },
  {
    of: 'nac certificate',
    good: (way) => ['--out', inHome(`ca-${way}.pem`), '--chain', inHome(`chain-${way}.pem`)],
    bad: { words: () => ['--out', inHome('no/such/directory/ca.pem')], code: 'FILE_CANNOT_WRITE' },
  },
  {
    of: 'nac export',
    good: (way) => ['--out', inHome(`nac-${way}.json`), '--console-url', it.origin, '--name', `nac ${way}`],
    bad: { words: () => ['--out', inHome('taken'), '--console-url', it.origin], code: 'CLI_BAD_ARGUMENT' },
  },
  { of: 'nac settings', good: () => [], bad: { words: () => ['--full-wipe', 'perhaps'], code: 'CLI_BAD_ARGUMENT' } },
  {
    of: 'nac settings',
    good: () => ['--query-max-size', '500', '--full-wipe', 'off'],
    bad: { words: () => ['--query-max-size', 'many'], code: 'CONSOLE_INVALID_REQUEST' },
  },
  {
    of: 'nac account add',
    good: (way) => [`psn ${way}`, '--out', inHome(`psn-${way}`), '--source', '192.0.2.0/24', '--right', 'edit'],
    bad: { words: () => ['ISE', '--out', inHome('never')], code: 'NAC_DESK_USER_TAKEN' },
  },
  {
    of: 'nac account add',
    good: (way) => [`ACME\\psn ${way}`, '--directory', '--certificate', 'AB:'.repeat(31) + 'AB'],
    bad: { words: () => ['no-domain', '--directory'], code: 'NAC_DESK_USER_UNUSABLE' },
  },
  { of: 'nac account list', good: () => [], bad: stranger },
  {
    of: 'nac account change',
    good: (way) => [`psn ${way}`, '--action', 'pin_lock', '--messages', '--expires', '2031-01-31'],
    bad: { words: () => ['ise', '--expires', 'soon'], code: 'CLI_BAD_ARGUMENT' },
  },
  {
    of: 'nac account rotate',
    good: (way) => [`psn ${way}`, '--out', inHome(`psn-next-${way}`)],
    bad: { words: () => ['ACME\\svc', '--out', inHome('never')], code: 'NAC_DESK_SECRET_ELSEWHERE' },
  },
  { of: 'nac account disable', good: (way) => [`psn ${way}`], bad: nobody() },
  { of: 'nac account enable', good: (way) => [`psn ${way}`], bad: nobody() },
  { of: 'nac account remove', good: (way) => [`psn ${way}`], bad: nobody() },

  {
    of: 'device list',
    good: () => ['--search', 'laptop'],
    bad: { words: () => ['--sort', 'shoeSize'], code: 'CONSOLE_INVALID_REQUEST' },
  },
  { of: 'device show', good: (way) => [`laptop-${way}`], bad: nobody('CLI_BAD_ARGUMENT') },
  {
    of: 'device command',
    good: (way) => [`laptop-${way}`, 'message', '--title', 'Hi', '--body', 'Please update'],
    bad: { words: () => ['laptop-json', 'dance'], code: 'CONSOLE_INVALID_REQUEST' },
  },
  { of: 'device commands', good: (way) => [`laptop-${way}`], bad: nobody('CLI_BAD_ARGUMENT') },
  {
    of: 'device enrollment-code',
    good: (way) => ['--code-file', inHome(`code-${way}`), '--needs-login'],
    bad: { words: () => ['--code-file', inHome('never'), '--uses', '0'], code: 'CONSOLE_INVALID_REQUEST' },
  },
  {
    of: 'policy set',
    good: (way) => [inHome(`policy-${way}.json`)],
    bad: { words: () => [inHome('no-policy.json')], code: 'CLI_BAD_ARGUMENT' },
  },
  {
    of: 'policy preview',
    good: (way) => [inHome(`policy-${way}.json`)],
    bad: { words: () => [inHome('strange-policy.json')], code: 'CONSOLE_INVALID_REQUEST' },
  },
  { of: 'policy show', good: (way) => [`Policy ${way}`], bad: nobody() },
  { of: 'policy list', good: () => [], bad: nowhere },
  { of: 'policy delete', good: (way) => [`Policy ${way}`], bad: nobody() },
  { of: 'device unenroll', good: (way) => [`laptop-${way}`, '--note', 'sold'], bad: nobody('CLI_BAD_ARGUMENT') },
  { of: 'device delete', good: (way) => [`laptop-${way}`, '--note', 'sold'], bad: nobody('CLI_BAD_ARGUMENT') },

  {
    of: 'source add',
    good: (way) => [
      `UEM ${way}`,
      '--url',
      mdm.url,
      '--ca',
      inHome('mdm.pem'),
      '--user',
      'ACME\\ise',
      '--password-file',
      inHome('mdm-password'),
    ],
    bad: {
      words: () => ['Plain', '--url', 'http://mdm.example', '--user', 'u', '--password-file', inHome('mdm-password')],
      code: 'CONSOLE_INVALID_REQUEST',
    },
  },
  { of: 'source list', good: () => [], bad: nowhere },
  { of: 'source check', good: (way) => [`UEM ${way}`], bad: { words: () => ['Refusing'], code: 2 } },
  { of: 'source ask', good: (way) => [`UEM ${way}`], bad: { words: () => ['Refusing'], code: 2 } },
  { of: 'source remove', good: (way) => [`UEM ${way}`], bad: nobody('CLI_BAD_ARGUMENT') },

  {
    of: 'agent-secret create',
    good: (way) => [`laptops ${way}`, '--out', inHome(`agent-${way}`), '--days', '30'],
    bad: { words: () => ['laptops', '--out', inHome('taken')], code: 'CLI_BAD_ARGUMENT' },
  },
  { of: 'agent-secret list', good: () => [], bad: nowhere },
]

function run(words: string, rest: readonly string[], ...more: readonly string[]) {
  const takesGroup = leaf(words).options.some(({ long }) => long === '--group') && !rest.includes('--group')
  const isOfAll = /^(?:nac|device list)/.test(words)
  return runSallygate(
    ...words.split(' '),
    ...rest,
    ...(takesGroup && !isOfAll ? ['--group', group] : []),
    '--home',
    it.home,
    ...more,
  )
}

describe.each(cases.map((one) => [one.of, one] as const))('%s', (words, { good, bad }) => {
  test('tells a person', async () => {
    const { out, err, code } = await run(words, good('table'))

    expect([code, err.includes('docs/errors.md')], err).toEqual([0, false])
    expect(out.trim()).not.toBe('')
    expect(out).not.toMatch(/undefined|\[object|NaN/)
    if (words !== 'policy show') expect(out).not.toMatch(/^[[{]/)
  })

  test('tells a program', async () => {
    const { out, err, code } = await run(words, good('json'), '--json')

    expect(code, err).toBe(0)
    expect(JSON.parse(out)).toBeTypeOf('object')
  })

  test('says what is wrong, and what to do', async () => {
    const { out, err, code } = await run(words, bad.words(), '--json')

    if (bad.code === 2) {
      expect([code, err]).toEqual([2, ''])
      expect(out).toMatch(/password/)
      return
    }
    expect(code).toBe(1)
    expect(out).toBe('')
    const { code: failure, says, fix } = JSON.parse(err)
    expect([failure, typeof says, fix.length > 10]).toEqual([bad.code, 'string', true])
  })
})

test('an agent secret is revoked by its id, once', async () => {
  const { json } = await run('agent-secret list', [], '--json')
  const id = String(json[0].id)

  expect(await run('agent-secret revoke', [id])).toMatchObject({ code: 0 })
  expect(await run('agent-secret revoke', ['nobody'])).toMatchObject({ code: 1 })
})

test('what is secret is in files for their owner alone, and on no screen', async () => {
  for (const name of ['nac-table.json', 'psn-table', 'psn-next-table', 'code-table', 'agent-table'])
    expect([name, statSync(inHome(name)).mode & 0o777]).toEqual([name, 0o600])
  const secret = readFileSync(inHome('psn-next-table'), 'utf8').trim()
  const { out } = await run('nac account list', [], '--json')
  expect(out).not.toContain(secret)
})

test('a directory account is meant by its name, which no address can hold', async () => {
  expect(await run('nac account disable', ['acme\\SVC'], '--json')).toMatchObject({ code: 0 })
  expect(await run('nac account remove', ['ACME\\nobody'], '--json')).toMatchObject({ code: 1 })
  expect((await run('nac account remove', ['ACME\\svc'], '--json')).json).toEqual({ removed: true })
  const role = ['--role', 'auditor', '--directory']
  expect(await run('admin add', ['ACME\\ada', ...role], '--json')).toMatchObject({ code: 0 })
  expect((await run('admin disable', ['ACME\\ada'], '--json')).json).toMatchObject({ isDisabled: true })
  expect((await run('admin sessions', ['ACME\\ada'], '--json')).json).toEqual([])
})

test('a nac that has not been heard of is a finding', async () => {
  await nac.stop()
  isStopped = true
  await it.clock.advance(61_000)

  expect(await run('nac status', [])).toMatchObject({ code: 2, out: expect.stringContaining('not heard of since') })
})

test('no command about devices and NACs is left out here', () => {
  const known = new Set([...cases.map(({ of }) => of), 'agent-secret revoke'])
  const about = leaves(buildProgram()).filter(
    ([words, { options }]) =>
      /^(?:nac|device|policy|source|agent-secret) /.test(words) &&
      options.some(({ long }) => long === '--api-key-file'),
  )

  expect(about.map(([words]) => words).filter((words) => !known.has(words))).toEqual([])
})

function leaves(command: Command, words: readonly string[] = []): readonly (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[words.join(' '), command]]
  return command.commands.flatMap((one) => leaves(one, [...words, one.name()]))
}

function leaf(words: string): Command {
  const found = leaves(buildProgram()).find(([name]) => name === words)
  if (found === undefined) throw new Error(`no command ${words}`)
  return found[1]
}
