/**
 * A part of Sallygate as the process it is in life, for tests that do things to processes.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, openSync, closeSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PartProcessOptions {
  readonly name: string
  /** The program's file. */
  readonly program: string
  readonly home: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Stands before the command: a namespace to enter, a clock to be fooled by. */
  readonly entry?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Most files it may open. */
  readonly openFiles?: number
  /** Of the heap's old part. */
  readonly heapMebibytes?: number
  /** What it writes goes into a pipe that nobody reads. */
  readonly isLogBlocked?: boolean
}

export interface MemoryHeld {
  /** On the heap and behind its objects, after garbage was collected. */
  readonly heldBytes: number
  readonly rssBytes: number
}

export class PartProcess {
  readonly options: PartProcessOptions
  #child: ChildProcess | undefined

  constructor(options: PartProcessOptions) {
    this.options = options
  }

  get name(): string {
    return this.options.name
  }

  get settingsFile(): string {
    return join(this.options.home, `${this.name}.settings.json`)
  }

  get logFile(): string {
    return join(this.options.home, `${this.name}.log`)
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error(`${this.name} is not running`)
    return pid
  }

  get isRunning(): boolean {
    const child = this.#child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  start(more: Readonly<Record<string, unknown>> = {}): void {
    const { program, settings, entry = [], environment = {}, openFiles, heapMebibytes } = this.options
    writeFileSync(this.settingsFile, JSON.stringify({ ...settings, ...more }))
    const preload = join(import.meta.dirname, 'memory-report.ts')
    const heap = heapMebibytes === undefined ? [] : [`--max-old-space-size=${heapMebibytes}`]
    const node = [
      process.execPath,
      ...heap,
      '--expose-gc',
      '--import',
      preload,
      program,
      '--settings',
      this.settingsFile,
    ]
    const limited =
      openFiles === undefined ? node : ['/bin/sh', '-c', `ulimit -n ${openFiles}; exec "$0" "$@"`, ...node]
    const [command = '', ...args] = [...entry, ...limited]
    const log = openSync(this.logFile, 'a')
    const output = this.options.isLogBlocked === true ? 'pipe' : log
    const { PATH = '', HOME = '' } = process.env
    this.#child = spawn(command, args, { stdio: ['pipe', output, log], env: { PATH, HOME, ...environment } })
    this.#child.stdin?.on('error', () => undefined)
    this.#child.stdout?.pause()
    closeSync(log)
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** Nobody is told. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || !this.isRunning) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    // One that is stopped dies all the same.
    child.kill('SIGKILL')
    await ended
  }

  /** Asks it to end, and insists after a while. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || !this.isRunning) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    const insist = setTimeout(() => child.kill('SIGKILL'), 8000)
    await ended
    clearTimeout(insist)
  }

  async memory(): Promise<MemoryHeld> {
    const report = `${this.settingsFile}.memory`
    rmSync(report, { force: true })
    this.signal('SIGUSR2')
    for (let waitedMs = 0; waitedMs < 20_000 && this.isRunning; waitedMs += 20) {
      if (existsSync(report)) return JSON.parse(readFileSync(report, 'utf8')) as MemoryHeld
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`${this.name} did not report its memory`)
  }

  /** Descriptors it has open. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length
  }

  /** Seconds of processor time it has used. */
  get cpuSeconds(): number {
    const [, , , , , , , , , , , user = '0', system = '0'] = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/\(.*\)/, 'name')
      .split(' ')
      .slice(2)
    return (Number(user) + Number(system)) / 100
  }

  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : ''
  }
}
