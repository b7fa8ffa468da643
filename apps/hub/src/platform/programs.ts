/**
 * Programs of the operating system, asked with fixed arguments: no shell, an absolute path, bounded in time and output.
 *
 * Nothing from elsewhere ever becomes an argument; text for people goes to standard input.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Clock } from '@sallygate/base/clock'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Programs {
  /**
   * @param program where it may be; the first that is there is run.
   * @returns `undefined` when it is not there, does not end in time or says too much.
   */
  run(program: readonly string[], args: readonly string[], input?: string): Promise<Ran | undefined>
}

const timeLimitMs = 20_000
const outputLimit = 1024 * 1024

/** What a program gets to see of the environment: the plain locale, so that its words can be read. */
function environment(): NodeJS.ProcessEnv {
  const kept =
    process.platform === 'win32'
      ? ['SystemRoot', 'SystemDrive', 'windir']
      : ['HOME', 'USER', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']
  const own = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
  return { ...own, LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
}

export class SystemPrograms implements Programs {
  readonly #clock: Clock
  constructor(clock: Clock) {
    this.#clock = clock
  }

  run(program: readonly string[], args: readonly string[], input = ''): Promise<Ran | undefined> {
    const path = program.find((candidate) => existsSync(candidate))
    if (path === undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const child = spawn(path, args, {
        env: environment(),
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
        shell: false,
      })
      const said = { out: [] as Buffer[], err: [] as Buffer[] }
      let bytes = 0
      const end = (ran: Ran | undefined) => {
        timer.cancel()
        if (ran === undefined) child.kill('SIGKILL')
        resolve(ran)
      }
      const timer = this.#clock.after(timeLimitMs, () => end(undefined))
      for (const name of ['out', 'err'] as const) {
        child[`std${name}`].on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > outputLimit) end(undefined)
          else said[name].push(chunk)
        })
      }
      child.on('error', () => end(undefined))
      child.on('close', (code) => {
        const text = (name: 'out' | 'err') => Buffer.concat(said[name]).toString('utf8')
        end(code === null ? undefined : { code, out: text('out'), err: text('err') })
      })
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
    })
  }
}
