/**
 * Limits of the hop: what either side may be asked to hold, in bytes, counts and milliseconds.
 *
 * @module
 */

const kibibyte = 1024

export const hopVersion = 1

export const limits = {
  /** One WebSocket message. The largest frame (a full roster) is under it. */
  messageBytes: 1024 * kibibyte,
  /** A reply chunk is at most 256 KiB plus what sealing and signing add. */
  cargoBytes: 300 * kibibyte,
  /** Before the proof nobody is anybody: a proof is under 300 bytes, so this is already generous. */
  unprovenFrameBytes: 4 * kibibyte,
  /** Everything an unproven socket may send, TLS and HTTP included. */
  unprovenBytes: 64 * kibibyte,
  unprovenMs: 10_000,
  /** ws's own defaults (16,384 and 262,144) let 2 MB on the wire pin 113 MB of memory. */
  fragments: 16,
  bufferedChunks: 256,
  /** Cargos the relay sends before it waits for credit. */
  window: 32,
  /**
   * A console is where the answers of all connectors meet, in one tick if it comes to that;
   * with 32 the sixty-fifth answer of a quiet minute would be refused.
   */
  consoleWindow: 512,
  queueMessages: 32,
  consoleQueueMessages: 512,
  queueBytes: 8 * 1024 * kibibyte,
  pingMs: 5000,
  deadMs: 15_000,
  /** A peer that takes no byte for this long is cut. */
  stallMs: 10_000,
  /** Pings above this rate are not answered. */
  pongsPerSecond: 10,
  guestCargos: 4,
  guestCargoBytes: 16 * kibibyte,
  guestMs: 30_000,
  guests: 64,
  rosterEntries: 16_384,
  admissionEntries: 65_535,
  admissionBytes: 8 * 1024 * kibibyte,
  admissionPartBytes: 256 * kibibyte,
  softwareBytes: 40,
  /** One request or answer of a long-poll: under the megabyte that proxies allow a body by default. */
  pollBatchBytes: 512 * kibibyte,
  pollBatchFrames: 4096,
  /** A request that nothing comes for is answered after this; well under the idle time-outs of proxies. */
  pollHoldMs: 25_000,
  /** How long a connection may be idle between two requests. */
  pollIdleMs: 30_000,
} as const
