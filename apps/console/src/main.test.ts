/**
 * The process itself: how it starts, what it says when it cannot, how it stops.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const program = join(import.meta.dirname, 'main.ts')
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup()
})

function home(): string {
  const path = mkdtempSync(join(tmpdir(), 'sallygate-console-'))
  cleanups.push(() => rmSync(path, { recursive: true, force: true }))
  writeFileSync(join(path, 'password'), 'planted-password-4471\n', { mode: 0o600 })
  return path
}

interface Ended {
  readonly code: number | null
  readonly said: string
}

/** Starts the program; `whenUp` decides how it ends. */
function run(
  path: string,
  settings: Record<string, unknown>,
  whenUp: (end: { stdin(): void; sigterm(): void }) => void = () => {},
): Promise<Ended> {
  const file = join(path, 'settings.json')
  writeFileSync(
    file,
    JSON.stringify({ home: path, port: 0, firstAdminPasswordFile: join(path, 'password'), ...settings }),
  )
  const child = spawn(process.execPath, [program, '--settings', file], { stdio: ['pipe', 'pipe', 'pipe'] })
  cleanups.push(() => child.kill('SIGKILL'))
  let said = ''
  const listen = (chunk: Buffer) => {
    const isNew = !said.includes('"console is up"')
    said += chunk.toString('utf8')
    if (isNew && said.includes('"console is up"'))
      whenUp({ stdin: () => child.stdin.end(), sigterm: () => child.kill('SIGTERM') })
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}

test('it starts, says where it is, and stops when its supervisor goes away', async () => {
  const path = home()

  const { code, said } = await run(path, {}, (end) => end.stdin())

  expect(code).toBe(0)
  expect(JSON.parse(readFileSync(join(path, 'status.json'), 'utf8'))).toMatchObject({ part: 'console', state: 'up' })
  expect(said).not.toContain('planted-password-4471')
}, 20_000)

test('it stops on SIGTERM', async () => {
  const { code } = await run(home(), {}, (end) => end.sigterm())

  expect(code).toBe(0)
}, 20_000)

test('what keeps it from starting is named, and ends it with 78', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  cleanups.push(() => taken.close())

  const ended = await Promise.all([
    run(home(), { port: (taken.address() as AddressInfo).port }),
    run(home(), { colour: 'red' }),
  ])

  expect(ended.map(({ code }) => code)).toEqual([78, 78])
  expect(ended[0]?.said).toContain('LISTEN_PORT_TAKEN')
  expect(ended[1]?.said).toContain('SETTINGS_UNKNOWN')
}, 30_000)
