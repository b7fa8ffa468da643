/**
 * Where a client stands, as data for a status file, a screen or a test.
 *
 * @module
 */
import type { FailureReport } from '@sallygate/base/failure'
import type { AttachmentId, RelayId } from '@sallygate/hop'
import type { DialFailure } from './failures.ts'
import type { Way } from './ways.ts'

/** Only `stopped` is final. */
export type DialState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'attached'; readonly attachment: AttachmentId; readonly relay: RelayId; readonly since: Date }
  | { readonly kind: 'waiting'; readonly retryInMs: number; readonly failure: DialFailure }
  /** Reached the relay, which does not admit us. Tried again, but seldom. */
  | { readonly kind: 'refused'; readonly retryInMs: number; readonly failure: DialFailure }
  /** Takes no new work; what is under way may finish. */
  | { readonly kind: 'draining' }
  | { readonly kind: 'stopped' }

export interface DialStatus {
  readonly state: DialState['kind']
  /** Since when it is in this state. */
  readonly since: string
  readonly relayUrl: string
  readonly attachment?: AttachmentId
  /** How the session is carried, or the next one will be: by a WebSocket, or by plain requests where that does not get through. */
  readonly way: Way
  /** When a WebSocket is tried again beside the long-poll. */
  readonly webSocketAt?: string
  /** When the next attempt is made, while it waits. */
  readonly retryAt?: string
  /** Sessions after the first, but for those that took over from one that still stood. */
  readonly reconnects: number
  /** Sessions that were made beside the one before, which then handed over. */
  readonly handOvers: number
  /** The last thing that went wrong, with what to do about it; stays after it has healed. */
  readonly lastFailure?: FailureReport & { readonly at: string }
  /** Frames of this session that were no frames. */
  readonly garbageFrames: number
  /** The relay's clock minus ours when it attached, as the relay says; a hint, never a basis for a decision. */
  readonly relayClockOffsetMs?: number
}
