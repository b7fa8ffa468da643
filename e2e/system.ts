/**
 * The built system, started as a user starts it and looked at from outside.
 *
 * @module
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ready } from '@sallygate/supervisor'

export const root = join(import.meta.dirname, '..')
export const launcher = join(root, 'apps/cli/bin/sallygate.cjs')

export interface System {
  readonly home: string
  readonly portBase: number
  readonly ready: Ready
  readonly child: ChildProcess
  /** From the start of the process to ready.json. */
  readonly startedMs: number
  /** Everything it has printed so far. */
  output(): string
  /** Runs the command against this system. */
  sallygate(...args: readonly string[]): Ran
  api<T>(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: T }>
  /** Ctrl-C, and how long it took until the process was gone. */
  interrupt(): Promise<number>
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A temporary home that is gone when the test is. */
export function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), 'sallygate-e2e-'))
}

/** A port base whose ports are free now. */
export async function freePortBase(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + Math.floor(Math.random() * 3_000) * 10
    const free = await Promise.all([1, 2, 3, 4, 5, 6].map((offset) => isFree(base + offset)))
    if (free.every(Boolean)) return base
  }
  throw new Error('no free ports')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

export interface StartFlags {
  readonly home: string
  readonly portBase: number
  readonly flags?: readonly string[]
}

/** Starts the launcher without waiting for anything. */
export function launch(options: StartFlags): { readonly child: ChildProcess; readonly output: () => string } {
  const args = [
    launcher,
    'start',
    '--home',
    options.home,
    '--port-base',
    String(options.portBase),
    ...(options.flags ?? []),
  ]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  return { child, output: () => said }
}

export async function startSystem(options: StartFlags, withinMs = 60_000): Promise<System> {
  const begunMs = performance.now()
  const { child, output } = launch(options)
  const readyFile = join(options.home, 'ready.json')
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it was ready:\n${output()}`)
    if (performance.now() - begunMs > withinMs) {
      child.kill('SIGKILL')
      throw new Error(`not ready within ${withinMs} ms:\n${output()}`)
    }
    await pause(20)
  }
  const startedMs = performance.now() - begunMs
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready
  return {
    home: options.home,
    portBase: options.portBase,
    ready,
    child,
    startedMs,
    output,
    sallygate: (...args) => run(...args, '--home', options.home),
    async api<T>(method: string, path: string, body?: unknown) {
      const { apiKey } = JSON.parse(readFileSync(ready.credentialFile, 'utf8')) as { apiKey: string }
      const response = await fetch(`${ready.consoleUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as T }
    },
    interrupt: () => interrupt(child),
  }
}

/** The `sallygate` command, as a person types it. */
export function run(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, stdout, stderr }
}

export async function interrupt(child: ChildProcess): Promise<number> {
  const begunMs = performance.now()
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    await ended
  }
  return performance.now() - begunMs
}

/** For `finally`: whatever state the test left it in. */
export async function discard(system: { readonly child: ChildProcess } | undefined, home: string): Promise<void> {
  if (system !== undefined) await interrupt(system.child)
  rmSync(home, { recursive: true, force: true })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A process that ended and was not waited for yet still has a number.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Polls until it is true; the wall clock is the right one here, the system under test has it too. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs: number, what: string): Promise<number> {
  const begunMs = performance.now()
  while (!(await isTrue())) {
    if (performance.now() - begunMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await pause(25)
  }
  return performance.now() - begunMs
}
