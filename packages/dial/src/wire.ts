/**
 * A wire: what a session needs of a connection, whatever carries it.
 *
 * One message is one frame. The WebSocket is the first kind; a long-poll wire can
 * stand in its place where a proxy lets no WebSocket through.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { DialFailure } from './failures.ts'

/** Byte counters. They move inside one large message too, which on a slow link is the only sign of life. */
export interface Progress {
  readonly readBytes: number
  /** Taken by the system. Not necessarily received by anybody. */
  readonly writtenBytes: number
  /** Queued here and not yet taken by the system. */
  readonly bufferedBytes: number
}

export interface Wire {
  /** Queues one message. `written` hears when it has left this process, or that it never did. */
  send(message: Bytes, written?: (error?: Error | null) => void): void
  progress(): Progress
  /** Says goodbye, lets what is queued leave, and closes; cuts when that takes too long. */
  end(): void
  /** Closes at once. */
  cut(): void
}

export interface WireEvents {
  /** Once, before everything else, and in the same turn as the first message at the earliest. */
  opened(wire: Wire): void
  message(message: Buffer): void
  /** Once, and last, if it was ever opened. Also after `end` and `cut`. */
  closed(failure: DialFailure): void
}

/**
 * Resolves when `opened` has been called.
 *
 * @throws A DIAL failure that names the hop, or the signal's reason; then none of the events was called.
 */
export type OpenWire = (events: WireEvents, signal: AbortSignal) => Promise<void>
