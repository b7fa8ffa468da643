/**
 * Programs of ours as processes of their own, as they run in production.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runtimeArgs } from '@sallygate/supervisor'

export const root = join(import.meta.dirname, '../..')

export interface StartedProgram {
  readonly child: ChildProcess
  readonly pid: number
  /** What it wrote into its status file when it was up. */
  readonly facts: Readonly<Record<string, unknown>>
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts `apps/<app>/src/main.ts --settings` and waits for its status file. */
export async function startProgram(
  app: 'relay' | 'connector' | 'console' | 'nac',
  settings: Readonly<Record<string, unknown>>,
  files: { readonly settings: string; readonly status: string },
): Promise<StartedProgram> {
  rmSync(files.status, { force: true })
  writeFileSync(files.settings, JSON.stringify(settings), { mode: 0o600 })
  const program = join(root, 'apps', app, 'src/main.ts')
  // As the supervisor starts it.
  const child = spawn(process.execPath, [...(runtimeArgs[app] ?? []), program, '--settings', files.settings], {
    // It ends when this end of the pipe is closed, so nothing is left behind whatever happens here.
    // What it says from `warn` on is worth reading.
    stdio: ['pipe', 'inherit', 'inherit'],
    // As the supervisor does: a program that was started before is not read and compiled anew.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/bench') },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await ended
  }
  for (let waitedMs = 0; waitedMs < 20_000 && child.exitCode === null; waitedMs += 20) {
    if (existsSync(files.status)) {
      const { facts = {} } = JSON.parse(readFileSync(files.status, 'utf8')) as { facts?: Record<string, unknown> }
      return { child, pid: child.pid ?? 0, facts, stop }
    }
    await pause(20)
  }
  await stop('SIGKILL')
  throw new Error(`${app} did not come up (exit ${child.exitCode})`)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits for what is to become true. @throws when it does not. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited too long for ${what}`)
    await pause(10)
  }
}

/** Resident memory of a process, MB, without what it shares (USS is what goes when it goes). */
export function memoryOf(pid: number): { readonly residentMb: number; readonly ownMb: number } {
  const roll = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(roll)?.[1] ?? 0)
  return { residentMb: kib('Rss') / 1024, ownMb: (kib('Private_Clean') + kib('Private_Dirty')) / 1024 }
}
