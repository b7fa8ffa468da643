/**
 * Every command that asks the console, where all is well: once as a person sees it, once as a program reads it.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector, type Collector } from '../../../services/syslog/src/agent/testing/collector.ts'
import { WholeOffice } from '../../console/src/testing/whole-office.ts'
import { buildProgram } from './main.ts'
import { runSallygate } from './testing/cli-in-test.ts'

let office: WholeOffice
let collector: Collector
let traceId = ''
const messages = new Map<string, string>()
const inHome = (name: string) => join(office.home, name)

beforeAll(async () => {
  collector = await startCollector()
  office = await WholeOffice.open([`syslog=127.0.0.1:${collector.port}`])
  await office.inGroup('PUT', 'services/syslog', { settings: {} })
  const mail = { servers: [{ host: '127.0.0.1', port: 9 }], encryption: 'none', from: 'sallygate@example.com' }
  await office.inGroup('PUT', 'services/mail', { settings: mail })
  for (const way of ['table', 'json']) {
    const { id } = (await office.inGroup('POST', 'mail/test', { to: ['ada@example.com'] })).body
    messages.set(way, id)
    // It has been tried, and waits for the next time.
    await office.until(
      async () => (await office.inGroup('GET', `mail/messages/${id}`)).body.attemptList[0]?.code !== undefined,
    )
  }
  await office.join('two')
  const apiKey = `sgk_${'O'.repeat(43)}`
  writeFileSync(inHome('credentials.json'), JSON.stringify({ consoleUrl: office.console.url, apiKey }), { mode: 0o600 })
  writeFileSync(inHome('secret'), 'a password of some length\n', { mode: 0o600 })
  const found = (await office.inGroup('GET', 'services/directory')).body
  writeFileSync(inHome('directory.json'), JSON.stringify({ ...found.settings, bindPassword: undefined }))
  const { trace } = (await office.call('POST', '/api/relay/test')).body
  traceId = trace
}, 60_000)
afterAll(async () => {
  await office.close()
  await collector.stop()
})

/** In this order; `way` tells the two runs apart, so that each makes and removes what is its own. */
const cases: readonly (readonly [words: string, rest: (way: string) => readonly string[]])[] = [
  ['status', () => []],
  ['search', () => ['Ada', '--trace']],
  ['call', () => ['directory.search', '--parameters', '{"kind":"groups","limit":2}']],
  ['service list', () => []],
  ['service show', () => ['directory']],
  ['service check', () => ['directory']],
  ['directory bases', () => []],
  ['directory preview', () => ['ada.okafor', '--raw']],
  ['directory servers', () => ['--file', inHome('directory.json')]],
  ['directory status', () => []],
  ['directory sync', () => []],
  ['directory runs', () => []],
  ['directory users', () => []],
  ['directory groups', () => []],
  ['settings show', () => []],
  ['settings show', () => ['siteUrls']],
  ['settings set', () => ['cloudConnector', 'services={"directory":"connectors"}']],
  ['settings inherit', () => ['cloudConnector']],
  ['connector list', () => []],
  ['connector show', () => ['one']],
  ['connector drain', () => ['one']],
  ['connector maintain', () => ['one']],
  ['connector activate', () => ['one']],
  ['connector weight', () => ['one', '50']],
  ['connector code', () => ['--name', 'two']],
  ['connector installer', (way) => ['--out', inHome(`installer-${way}`)]],
  ['trace relay', () => []],
  ['trace connector', () => ['one']],
  ['trace service', () => ['directory']],
  ['trace show', () => [traceId]],
  ['requests list', () => []],
  ['requests verify', () => []],
  ['relay show', () => []],
  ['relay check', () => []],
  ['relay set', () => ['--on']],
  ['relay secure-channel', (way) => ['--out', inHome(`channel-${way}`)]],
  ['certificate list', () => []],
  ['certificate root', (way) => ['--out', inHome(`root-${way}`)]],
  ['certificate server', (way) => ['--name', 'relay.example', '--out', inHome(`tls-${way}`)]],
  ['group list', () => []],
  ['group create', (way) => [`Branch ${way}`, '--parent', office.group]],
  ['group tree', () => []],
  ['group rename', (way) => [`Branch ${way}`, `Twig ${way}`]],
  ['group move', (way) => [`Twig ${way}`, '--to-top', '--preview']],
  ['certificate regenerate', (way) => ['--group', `Twig ${way}`, '--note', 'rehearsal']],
  ['certificate progress', (way) => ['--group', `Twig ${way}`]],
  ['certificate revoke-now', (way) => ['--group', `Twig ${way}`, '--note', 'rehearsal']],
  ['group delete', (way) => [`Twig ${way}`, '--note', 'rehearsal']],
  ['role create', (way) => [`role ${way}`, 'status:read']],
  ['role list', () => []],
  ['admin add', (way) => [`ada ${way}`, '--role', 'auditor', '--password-file', inHome('secret')]],
  ['admin list', () => []],
  ['admin grant', (way) => [`ada ${way}`, `role ${way}`]],
  ['admin withdraw', (way) => [`ada ${way}`, `role ${way}`]],
  ['admin expire', (way) => [`ada ${way}`, '2031-01-31']],
  ['admin disable', (way) => [`ada ${way}`]],
  ['admin enable', (way) => [`ada ${way}`]],
  ['admin sessions', (way) => [`ada ${way}`]],
  ['admin reset', (way) => [`ada ${way}`, '--no-password', '--clear-totp', '--clear-pin']],
  ['admin remove', (way) => [`ada ${way}`, '--note', 'rehearsal']],
  ['role remove', (way) => [`role ${way}`]],
  ['key create', (way) => [`key ${way}`, '--role', 'auditor', '--out', inHome(`key-${way}`)]],
  ['key list', () => []],
  ['key revoke', (way) => [`key ${way}`]],
  ['audit list', () => []],
  ['audit verify', () => []],
  ['events', () => []],
  ['events', (way) => ['--csv', inHome(`events-${way}.csv`)]],
  ['events', (way) => ['--json-lines', inHome(`events-${way}.jsonl`)]],
  [
    'syslog add',
    (way) => [`SIEM ${way}`, '--host', '127.0.0.1', '--transport', 'tcp', '--port', String(collector.port)],
  ],
  ['mail status', () => []],
  ['mail list', () => []],
  ['mail show', (way) => [messages.get(way) ?? '']],
  ['mail cancel', (way) => [messages.get(way) ?? '']],
  ['mail retry', (way) => [messages.get(way) ?? '']],
  ['mail test', () => ['ada@example.com']],
  ['mail templates', () => []],
  ['mail preview', () => ['mail-test', 'by=Ada']],
  ['syslog list', () => []],
  ['syslog show', (way) => [`SIEM ${way}`]],
  ['syslog set', (way) => [`SIEM ${way}`, '--format', 'cef', '--severity', 'notice']],
  ['syslog test', (way) => [`SIEM ${way}`]],
  ['syslog status', () => []],
  ['syslog preview', (way) => ['--target', `SIEM ${way}`]],
  ['syslog remove', (way) => [`SIEM ${way}`]],
  ['nac status', () => []],
  ['nac settings', () => []],
  ['nac account list', () => []],
  ['device list', () => []],
  ['policy list', () => []],
  ['source list', () => []],
  ['agent-secret list', () => []],
  ['store backup', (way) => [inHome(`backup-${way}`)]],
  ['store inspect', (way) => [inHome(`backup-${way}`)]],
  [
    'service set',
    () => ['directory', '--file', inHome('directory.json'), '--secret', `bindPassword=${inHome('secret')}`],
  ],
  ['service off', () => ['directory']],
  ['connector revoke', (way) => [way === 'json' ? 'two' : 'one', '--note', 'rehearsal']],
]

const withGroup = (words: string) => leaf(words).options.some(({ long }) => long === '--group')

async function run(words: string, rest: readonly string[], ...more: readonly string[]) {
  const takesGroup = withGroup(words) && !rest.includes('--group') && !/^(?:admin|role|key) /.test(words)
  const group = takesGroup ? ['--group', office.group] : []
  return runSallygate(...words.split(' '), ...rest, ...group, '--home', office.home, ...more)
}

describe.each(cases)('%s', (words, rest) => {
  test('tells a person', async () => {
    const { out, err, code } = await run(words, rest('table'))

    expect([code, err.includes('docs/errors.md')]).toEqual([0, false])
    expect(out.trim()).not.toBe('')
    expect(out).not.toMatch(/undefined|\[object|NaN/)
    // What an operation answers is its own; everything else is a table or a sentence.
    if (words !== 'call') expect(out).not.toMatch(/^[[{]/)
  })

  test('tells a program', async () => {
    const { out, code } = await run(words, rest('json'), '--json')

    expect(code).toBe(0)
    expect(JSON.parse(out)).toBeTypeOf('object')
  })
})

/** Needs more than a console with a directory; its good cases stand in inventory-cases, and in the tests beside it. */
const elsewhere = /^(?:nac|device|policy|source|agent-secret) |^admin end-session$/

test('no command that asks the console is left out here', () => {
  const known = new Set(cases.map(([words]) => words))
  const asking = leaves(buildProgram()).filter(([, { options }]) =>
    options.some(({ long }) => long === '--api-key-file'),
  )

  expect(asking.map(([words]) => words).filter((words) => !known.has(words) && !elsewhere.test(words))).toEqual([])
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
