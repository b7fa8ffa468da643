import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  goodReplies,
  startMdmServer,
  type MdmServerInTest,
} from '../../../../protocols/ise-mdm/src/client/testing/mdm-server.ts'

const devices = [{ guid: '5c7e0d4e-0000-4000-8000-000000000001', mac: 'AABBCCDDEEFF', isCompliant: false }]

let directory: string
let mdm: MdmServerInTest
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sallygate-cli-'))
  mdm = await startMdmServer({ reply: goodReplies(devices) })
})
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true })
  await mdm.close()
})

function fileOf(name: string, content: string, mode = 0o600): string {
  const path = join(directory, name)
  writeFileSync(path, content, { mode })
  return path
}

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function run(...args: readonly string[]): Promise<Ran> {
  const launcher = join(import.meta.dirname, '../../bin/sallygate.cjs')
  const child = spawn(process.execPath, [launcher, 'ise-probe', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })))
}

test('a good server, a device and its reasons, and exit code 0', async () => {
  const files = ['--credentials-file', fileOf('account', 'ACME\\ise\ns\u00e9same\n'), '--ca', fileOf('ca.pem', mdm.ca)]

  const ran = await run(mdm.url, ...files, '--mac', 'aa:bb:cc:dd:ee:ff', '--queries', '3')

  expect(ran).toMatchObject({ code: 0 })
  expect(ran.out).toContain('not compliant: No PIN')
  expect(ran.out).toMatch(/days left/)
  expect(ran.out).toContain('what Cisco expects')
}, 60_000)

test('a wrong password is exit code 2, and the report is JSON when asked for', async () => {
  const files = [
    '--user',
    'ACME\\ise',
    '--password-file',
    fileOf('password', 'wrong\n'),
    '--ca',
    fileOf('ca.pem', mdm.ca),
  ]

  const ran = await run(mdm.url, ...files, '--json')

  expect(ran.code).toBe(2)
  const report = JSON.parse(ran.out) as { verdict: string; rows: { target: string; result: string }[] }
  expect(report.verdict).toBe('failed')
  expect(report.rows.find((row) => row.target === 'test connection')?.result).toBe('failed')
  expect(ran.out + ran.err).not.toContain('wrong')
}, 60_000)

test('a password that others can read is refused before anything is asked', async () => {
  const readable = fileOf('account', 'ACME\\ise\ns\u00e9same\n', 0o644)

  const ran = await run(mdm.url, '--credentials-file', readable)

  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('FILE_NOT_PRIVATE') })
  expect(mdm.asked).toEqual([])
}, 60_000)
