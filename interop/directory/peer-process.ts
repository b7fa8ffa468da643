/**
 * Processes of real peers: started in the foreground, waited for, stopped by their pid.
 *
 * @module
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'

export { freePort } from '@sallygate/testkit/free-port'

/** Runs a program to its end. @throws with what it said, when it fails. */
export function runProgram(program: string, args: readonly string[], input = '', withinMs = 60_000): string {
  const limits = { timeout: withinMs, maxBuffer: 256 * 1024 * 1024 }
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8', ...limits })
  if (error !== undefined) throw error
  if (status !== 0)
    throw new Error(`${program} ${args[0] ?? ''} ended with ${status}: ${stderr}${stdout}`.slice(0, 2000))
  return stdout
}

export interface PeerProcess {
  stop(): Promise<void>
}

export interface RunningPeer extends PeerProcess {
  readonly pid: number
  /** Nobody is told. Resolves when it is gone. */
  kill(): Promise<void>
  /** `SIGSTOP` makes a server that takes connections and says nothing. */
  signal(signal: NodeJS.Signals): void
}

export interface PeerProcessOptions {
  readonly program: string
  readonly args: readonly string[]
  readonly logFile: string
  /** The process makes children; it gets a group of its own so that none of them stays behind. */
  readonly hasChildren?: boolean
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Ports that answer when it is up. */
  readonly readyPorts: readonly { readonly host: string; readonly port: number }[]
}

const readyWithinMs = 30_000

export async function startPeer(options: PeerProcessOptions): Promise<RunningPeer> {
  const log = openSync(options.logFile, 'a')
  const child = spawn(options.program, options.args, {
    stdio: ['ignore', log, log],
    detached: options.hasChildren === true,
    env: { ...process.env, ...options.env },
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  // A run that is cut short must not leave a server behind.
  const onExit = () => signalPeer(child, options, 'SIGKILL')
  process.once('exit', onExit)
  const kill = async () => {
    process.off('exit', onExit)
    signalPeer(child, options, 'SIGKILL')
    await ended
  }
  const stop = async () => {
    process.off('exit', onExit)
    // One that is stopped ends only when it goes on.
    signalPeer(child, options, 'SIGCONT')
    signalPeer(child, options, 'SIGTERM')
    const last = setTimeout(() => signalPeer(child, options, 'SIGKILL'), 5000)
    await ended
    clearTimeout(last)
    // Children that outlived their parent.
    if (options.hasChildren === true) signalPeer(child, options, 'SIGKILL')
  }
  const until = performance.now() + readyWithinMs
  for (const { host, port } of options.readyPorts) {
    while (!(await answers(host, port))) {
      if (child.exitCode !== null || performance.now() > until) {
        await stop()
        throw new Error(`${options.program} did not come up: ${readFileSync(options.logFile, 'utf8').slice(-2000)}`)
      }
      await new Promise<void>((resolve) => setTimeout(resolve, 50))
    }
  }
  return { pid: child.pid ?? 0, stop, kill, signal: (signal) => signalPeer(child, options, signal) }
}

function signalPeer(child: ChildProcess, { hasChildren }: PeerProcessOptions, signal: NodeJS.Signals): void {
  const { pid } = child
  if (pid === undefined) return
  try {
    process.kill(hasChildren === true ? -pid : pid, signal)
  } catch {
    // It has ended by itself.
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (isUp: boolean) => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
