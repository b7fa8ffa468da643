/**
 * A link: one way to a collector that is open, whatever the transport.
 *
 * @module
 */
import type { Secured } from '@sallygate/agent-kit'

export interface Link {
  /** Absent where nothing is encrypted. */
  readonly tls?: Secured
  /** What has ended it, if anything has. */
  readonly failure: Error | undefined
  /** Gives lines to the network, in order. Resolves when the system has taken them. @throws what ended the link, or the signal's reason. */
  write(lines: readonly string[], signal: AbortSignal): Promise<number>
  /**
   * Ends our side and waits for the collector to end its own, which it does when it has read everything.
   *
   * @returns `true`: everything that was written is read. `undefined`: this transport cannot know.
   * @throws what ended the link instead, or the signal's reason; then what was written may be lost.
   */
  end(signal: AbortSignal): Promise<true | undefined>
  /** At once, whatever is under way. */
  destroy(): void
}
