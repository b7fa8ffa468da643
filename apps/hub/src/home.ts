/**
 * The hub's home: everything it keeps, so that removing it removes the hub's traces.
 *
 * @module
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensurePrivateDirectory, readPrivateFile, writeFileAtomic } from '@sallygate/base/file'
import { hubFailure } from './failures.ts'
import type { Outcome } from './platform/platform.ts'

export interface Enrollment {
  readonly format: 'sallygate-hub/1'
  readonly consoleUrl: string
  readonly device: string
  readonly enrolledAt: string
  /** Authorities (PEM) for the console's certificate, besides none: the system's are used where this is absent. */
  readonly ca?: string
}

export interface KeptMessage {
  readonly at: string
  readonly title: string
  readonly body: string
}

/** What changes while it runs. */
export interface Progress {
  /** Of the last statement; it only rises. */
  readonly sequence: number
  /** Commands that were carried out and not yet acknowledged. */
  readonly outcomes: readonly { readonly id: string; readonly isDone: boolean; readonly says: string }[]
  /** Orders that are not carried out again when they come again, and how they ended. */
  readonly known: readonly { readonly id: string; readonly outcome?: Outcome }[]
  /** Set by an enterprise wipe: everything goes as soon as the console knows, or at this moment. */
  readonly wipeBy?: string
}

const files = ['hub.key', 'enrollment.json', 'progress.json', 'status.json', 'messages.json'] as const
const emptyProgress: Progress = { sequence: 0, outcomes: [], known: [] }

export class HubHome {
  readonly path: string
  constructor(path: string) {
    this.path = resolve(path)
  }

  of(file: (typeof files)[number]): string {
    return join(this.path, file)
  }

  get isEnrolled(): boolean {
    return existsSync(this.of('enrollment.json'))
  }

  make(): void {
    ensurePrivateDirectory(this.path)
  }

  /** @throws HUB_NOT_ENROLLED, HUB_STATE_DAMAGED, FILE_NOT_PRIVATE. */
  enrollment(): Enrollment {
    if (!this.isEnrolled) throw hubFailure('NOT_ENROLLED', { details: { home: this.path } })
    const read = this.#read<Enrollment>('enrollment.json')
    if (read?.format !== 'sallygate-hub/1') throw this.#damaged('enrollment.json')
    return read
  }

  writeEnrollment(enrollment: Enrollment): void {
    this.#write('enrollment.json', enrollment)
  }

  /** A file that a power cut took is no reason to stop: the sequence starts from the clock. */
  progress(): Progress {
    return {
      ...emptyProgress,
      ...(existsSync(this.of('progress.json')) ? this.#read<Progress>('progress.json') : undefined),
    }
  }

  writeProgress(progress: Progress): void {
    this.#write('progress.json', progress)
  }

  writeStatus(status: unknown): void {
    this.#write('status.json', status)
  }

  readStatus<T>(): T | undefined {
    return existsSync(this.of('status.json')) ? this.#read<T>('status.json') : undefined
  }

  /** Oldest first. */
  messages(): readonly KeptMessage[] {
    return existsSync(this.of('messages.json')) ? (this.#read<KeptMessage[]>('messages.json') ?? []) : []
  }

  keepMessage(message: KeptMessage): void {
    this.#write('messages.json', [...this.messages().slice(-49), message])
  }

  /** Removes every file of the hub. The directory stays: it may be a mount, and it is empty of secrets. */
  clear(): void {
    for (const file of files) rmSync(this.of(file), { force: true })
  }

  /** One hub per home. @throws HUB_ALREADY_RUNNING. @returns what lets go of it. */
  lock(): () => void {
    const path = join(this.path, 'hub.pid')
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const fd = openSync(path, 'wx', 0o600)
        writeSync(fd, String(process.pid))
        closeSync(fd)
        return () => rmSync(path, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        const pid = Number(readFileSync(path, 'utf8'))
        if (isAlive(pid)) throw hubFailure('ALREADY_RUNNING', { details: { pid } })
        // Left by a crash.
        rmSync(path, { force: true })
      }
    }
    throw hubFailure('ALREADY_RUNNING')
  }

  #read<T>(file: (typeof files)[number]): T | undefined {
    const text = readPrivateFile(this.of(file)).toString('utf8')
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw this.#damaged(file, cause)
    }
  }

  #write(file: (typeof files)[number], content: unknown): void {
    writeFileAtomic(this.of(file), `${JSON.stringify(content, undefined, 2)}\n`)
  }

  #damaged(file: string, cause?: unknown) {
    return hubFailure('STATE_DAMAGED', { cause, details: { path: join(this.path, file) } })
  }
}

/** A number may be another program's by now; on Linux the command line tells them apart. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const commandLine = `/proc/${pid}/cmdline`
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('hub')
}
