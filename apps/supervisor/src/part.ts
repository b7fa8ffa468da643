/**
 * A part: one program in a process of its own, started, watched and stopped.
 *
 * Its standard input is a pipe from here: when the supervisor goes away, however it
 * goes, the pipe ends and the part stops by itself. A part that ends without being
 * asked is started again, with a growing pause.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { sleep, type Clock, type Timer } from '@sallygate/base/clock'
import type { PartStatus } from '@sallygate/base/process'
import { supervisorFailure } from './failures.ts'
import type { PartName } from './home.ts'
import { runtimeEnvironment } from './runtime-args.ts'

export interface PartOptions {
  readonly name: PartName
  /** The program and its arguments; nothing secret may be in them. */
  readonly program: string
  readonly args: readonly string[]
  /** Of the runtime, before the program. */
  readonly runtimeArgs?: readonly string[]
  readonly logFile: string
  readonly statusFile: string
  /** Where compiled code is kept between starts. Private: who can write there decides what runs. */
  readonly cacheDirectory: string
  readonly clock: Clock
  readonly onRestart: (name: PartName, exit: string, pauseMs: number) => void
}

/** A log that has grown past this is moved aside at the next start of the part; one old file is kept. */
const logRotateBytes = 20 * 1024 * 1024
const firstPauseMs = 500
const longestPauseMs = 30_000
/** A part that lived this long has recovered, and the pause begins at its shortest again. */
const healthyMs = 60_000

export class Part {
  readonly name: PartName
  readonly #options: PartOptions
  #child: ChildProcess | undefined
  #stopping = false
  #pauseMs = firstPauseMs
  #timer: Timer | undefined

  constructor(options: PartOptions) {
    this.name = options.name
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get logFile(): string {
    return this.#options.logFile
  }

  start(): void {
    const { program, args, runtimeArgs = [], logFile, statusFile, cacheDirectory, clock } = this.#options
    // What an earlier process said about itself is not true of this one.
    rmSync(statusFile, { force: true })
    rotate(logFile)
    const log = openSync(logFile, 'a', 0o600)
    const startedMs = clock.monotonicMs()
    const child = spawn(process.execPath, [...runtimeArgs, program, ...args], {
      stdio: ['pipe', log, log],
      // A new group, so that Ctrl-C in the terminal reaches the supervisor alone and it decides the order.
      detached: true,
      env: { ...runtimeEnvironment, ...environment(), NODE_COMPILE_CACHE: cacheDirectory },
    })
    closeSync(log)
    this.#child = child
    child.stdin?.on('error', () => {})
    child.once('error', () => this.#ended(child, 'could not be started', startedMs))
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `code ${code}`, startedMs))
  }

  #ended(child: ChildProcess, exit: string, startedMs: number): void {
    if (this.#child !== child) return
    this.#child = undefined
    if (this.#stopping) return
    const { clock, onRestart } = this.#options
    if (clock.monotonicMs() - startedMs > healthyMs) this.#pauseMs = firstPauseMs
    onRestart(this.name, exit, this.#pauseMs)
    this.#timer = clock.after(this.#pauseMs, () => this.start())
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
  }

  /** What the part last said about itself, or `undefined` before it has said anything. */
  status(): PartStatus | undefined {
    try {
      const status = JSON.parse(readFileSync(this.#options.statusFile, 'utf8')) as PartStatus
      return status.pid === this.pid ? status : undefined
    } catch {
      return undefined
    }
  }

  /**
   * Waits until the part says what `isReady` wants to hear.
   *
   * @throws SUPERVISOR_PART_FAILED as soon as it has ended, SUPERVISOR_PART_SLOW after `withinMs`.
   */
  async ready(isReady: (status: PartStatus) => boolean, withinMs: number): Promise<PartStatus> {
    const { clock } = this.#options
    const untilMs = clock.monotonicMs() + withinMs
    for (;;) {
      const status = this.status()
      if (status !== undefined && isReady(status)) return status
      if (this.#child === undefined) throw supervisorFailure('PART_FAILED', { details: this.#details() })
      if (clock.monotonicMs() > untilMs) throw supervisorFailure('PART_SLOW', { details: this.#details() })
      await sleep(clock, 20)
    }
  }

  #details() {
    return { part: this.name, log: this.#options.logFile }
  }

  /** Asks, waits, and in the end insists. Resolves when no process of this part is left. */
  async stop(withinMs: number): Promise<void> {
    this.#stopping = true
    this.#timer?.cancel()
    const child = this.#child
    if (child === undefined) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.stdin?.end()
    child.kill('SIGTERM')
    const insist = this.#options.clock.after(withinMs, () => child.kill('SIGKILL'))
    await ended
    insist.cancel()
  }
}

/** Only what a program needs to run; whatever else is in this environment is nobody's business. */
function environment(): NodeJS.ProcessEnv {
  const kept = [
    'PATH',
    'HOME',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'TEMP',
    'SystemRoot',
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'MALLOC_ARENA_MAX',
  ]
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > logRotateBytes) renameSync(logFile, `${logFile}.1`)
}

/** The end of a part's log, for a person who wants to know why. */
export function lastLines(logFile: string, count: number): readonly string[] {
  if (!existsSync(logFile)) return []
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count)
}
