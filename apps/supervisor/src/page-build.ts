/**
 * The build of the browser UI: done once, when it is missing or older than its sources.
 *
 * It runs beside the parts and nobody waits for it: a gate without pages is still a
 * gate, and its console then shows a plain front page. What is being built replaces
 * the old pages only when it is whole.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import type { Clock, Timer } from '@sallygate/base/clock'

export interface PageBuildOptions {
  /** The root of the Sallygate sources. */
  readonly programs: string
  readonly logFile: string
  readonly clock: Clock
}

export type PageBuildOutcome =
  | { readonly kind: 'upToDate' }
  | { readonly kind: 'built'; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly logFile: string }

export interface PageBuild {
  readonly outcome: Promise<PageBuildOutcome>
  stop(): void
}

/** Takes two seconds here, and ten where the machine is busy with everything else. */
const longestMs = 120_000

export function startPageBuild({ programs, logFile, clock }: PageBuildOptions): PageBuild {
  const folder = join(programs, 'apps/web')
  const vite = join(programs, 'node_modules/vite/bin/vite.js')
  if (!existsSync(folder) || !isOutdated(folder)) return settled({ kind: 'upToDate' })
  if (!existsSync(vite)) return settled({ kind: 'failed', logFile })
  const began = clock.monotonicMs()
  const fresh = join(folder, `dist-${process.pid}`)
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(process.execPath, [vite, 'build', '--outDir', fresh, '--emptyOutDir'], {
    cwd: folder,
    // Whatever started us: a page in its debugging form is half as large again, and slow.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  // It takes two cores where it can; whoever waits for the gate is served first.
  if (child.pid !== undefined) yieldTo(child.pid)
  let timer: Timer | undefined
  const outcome = new Promise<PageBuildOutcome>((resolve) => {
    const end = (code: number | null) => {
      timer?.cancel()
      const isWhole = code === 0 && existsSync(join(fresh, 'index.html'))
      if (isWhole) replace(folder, fresh)
      rmSync(fresh, { recursive: true, force: true })
      resolve(isWhole ? { kind: 'built', durationMs: clock.monotonicMs() - began } : { kind: 'failed', logFile })
    }
    child.once('error', () => end(null))
    child.once('exit', end)
  })
  timer = clock.after(longestMs, () => child.kill('SIGKILL'))
  return { outcome, stop: () => void child.kill('SIGKILL') }
}

function yieldTo(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already, or this system has no such thing.
  }
}

function settled(outcome: PageBuildOutcome): PageBuild {
  return { outcome: Promise.resolve(outcome), stop: () => {} }
}

/** Files are compared by when they were written, the newest source with the page that names all others. */
export function isOutdated(folder: string): boolean {
  const built = join(folder, 'dist/index.html')
  if (!existsSync(built)) return true
  const sources = ['index.html', 'vite.config.ts', 'package.json', 'src', 'public'].map((name) => join(folder, name))
  return Math.max(...sources.map(newest)) > statSync(built).mtimeMs
}

function newest(path: string): number {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

function replace(folder: string, fresh: string): void {
  const [current, old] = [join(folder, 'dist'), `${fresh}-old`]
  try {
    if (existsSync(current)) renameSync(current, old)
    renameSync(fresh, current)
  } catch {
    // Another start was faster; its pages are as new as ours.
  }
  rmSync(old, { recursive: true, force: true })
}
