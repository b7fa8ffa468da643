/**
 * The log: one event a line, as JSON, with fields, and nothing secret.
 *
 * Writing never makes a request wait: lines go through a bounded buffer, and what
 * does not fit is dropped and counted.
 *
 * @module
 */
import { pino, type DestinationStream, type Logger } from 'pino'
import { Failure } from './failure.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log with fields that every line carries. */
  with(fields: LogFields): Log
  /** Lines that found no room since the start. */
  dropped(): number
  /** Writes what is still in the buffer; for the end of the process. */
  flush(): void
}

export interface LogOptions {
  /** Which program writes: `console`, `relay`, `connector`, `nac`. */
  readonly part: string
  readonly level?: LogLevel
  /** Where lines go. Standard output unless given. */
  readonly destination?: DestinationStream
}

/** 1 MiB of unwritten lines: seconds of a busy log, and nothing to a machine's memory. */
const bufferedBytes = 1024 * 1024

export function createLog(options: LogOptions): Log {
  let dropped = 0
  const destination = options.destination ?? pino.destination({ dest: 1, sync: false, maxLength: bufferedBytes })
  if ('on' in destination && typeof destination.on === 'function') {
    destination.on('drop', () => dropped++)
    // A terminal that has gone away (EPIPE, EIO) must not end the process that was writing to it.
    destination.on('error', () => dropped++)
  }
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: { part: options.part, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  const flush = () => {
    if ('flushSync' in destination && typeof destination.flushSync === 'function') {
      try {
        destination.flushSync()
      } catch {
        // Not ready yet, or gone: there is nowhere left to say so.
      }
    }
  }
  return wrap(logger, () => dropped, flush)
}

function wrap(logger: Logger, dropped: () => number, flush: () => void): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => logger[level](printable(fields), message)
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => wrap(logger.child(printable(fields)), dropped, flush),
    dropped,
    flush,
  }
}

/** Errors have no JSON of their own; here they get one that a person can use. */
function printable(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describeError(value) : value]),
  )
}

/** An error with its causes, as data. Used in logs only: a cause never reaches a screen or a wire. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined || depth > 4 ? undefined : describeError(error.cause, depth + 1)
  if (error instanceof Failure) return { code: error.code, says: error.says, details: error.details, cause }
  const { code } = error as NodeJS.ErrnoException
  return { name: error.name, message: error.message, code, cause, stack: depth === 0 ? error.stack : undefined }
}

/** For tests and for parts that have nothing to say. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLog,
  dropped: () => 0,
  flush() {},
}
