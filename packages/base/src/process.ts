/**
 * The life of one process: start, say so, run, stop on request.
 *
 * A part is asked to stop by SIGTERM, SIGINT, or by its supervisor going away
 * (standard input ends). It then has a few seconds to finish; after that it ends
 * anyway. An error nobody caught is logged and ends the process with a code of its
 * own, so that the supervisor starts it again.
 *
 * @module
 */
import { writeFileAtomic } from './file.ts'
import type { Log } from './log.ts'

export interface Running {
  /** Finishes what is in flight and lets go of everything. Safe to call twice. */
  stop(): Promise<void>
}

export interface ProcessOptions {
  readonly log: Log
  /** How long `stop` may take. Under the supervisor's own five seconds. */
  readonly stopWithinMs?: number
  /** True when a supervisor holds our standard input: its end means the supervisor is gone. */
  readonly followStdin?: boolean
}

/** sysexits.h: the program is at fault; and: the configuration is. */
export const exitCodes = { ok: 0, failed: 1, usage: 64, software: 70, configuration: 78 } as const

export async function runProcess(start: () => Promise<Running>, options: ProcessOptions): Promise<void> {
  const { log } = options
  let stopping = false
  let running: Running | undefined
  const end = (code: number) => {
    log.flush()
    process.exit(code)
  }
  const stop = (reason: string, code: number) => {
    if (stopping) return
    stopping = true
    log.info('stopping', { reason })
    // Unreferenced on purpose: a clean stop that empties the event loop sooner should win.
    setTimeout(() => {
      log.warn('stop took too long', { limitMs: options.stopWithinMs ?? 4000 })
      end(code)
    }, options.stopWithinMs ?? 4000).unref()
    void Promise.resolve(running?.stop()).then(
      () => end(code),
      (error: unknown) => {
        log.error('stop failed', { error })
        end(code === 0 ? exitCodes.software : code)
      },
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM', 0))
  process.on('SIGINT', () => stop('SIGINT', 0))
  // A terminal that closes is no reason to leave the network without its gate.
  process.on('SIGHUP', () => log.info('SIGHUP ignored'))
  process.on('uncaughtException', (error) => {
    log.error('uncaught error', { error })
    stop('uncaught error', exitCodes.software)
  })
  if (options.followStdin === true) {
    process.stdin.on('end', () => stop('supervisor gone', 0))
    process.stdin.on('error', () => stop('supervisor gone', 0))
    process.stdin.resume()
  }
  try {
    running = await start()
    if (stopping) await running.stop()
  } catch (error) {
    log.error('cannot start', { error })
    end(exitCodes.configuration)
  }
}

/** What a part tells its supervisor and its administrator: a file, because the connector must not listen. */
export interface PartStatus {
  readonly part: string
  readonly pid: number
  readonly state: 'starting' | 'up' | 'degraded' | 'failed'
  readonly since: string
  readonly facts: Readonly<Record<string, unknown>>
}

export function writeStatus(path: string, status: PartStatus): void {
  writeFileAtomic(path, `${JSON.stringify(status, undefined, 2)}\n`, { mode: 0o600 })
}
