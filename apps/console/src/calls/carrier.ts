/**
 * The carrier: what the dispatcher needs of the road to the connectors.
 *
 * The dispatcher decides who is asked, how often and for how long. Sealing, sending
 * and verifying are behind this interface, and so is everything that can lie.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { FailureReport } from '@sallygate/base/failure'
import type { Component } from '@sallygate/envelope'
import type { OperationClass, Span } from '@sallygate/service-kit'

/** An instance that has said hello in this run of the console and is attached. */
export interface Reachable {
  readonly instance: string
  readonly name: string
  readonly isDraining: boolean
  /** Another process may be using its identity. */
  readonly isCloned: boolean
  /** Stands beside the console. */
  readonly isDirect?: boolean
  /** An administrator lets it have no work: only what is about the connector itself goes there. */
  readonly isPaused?: boolean
  /** 1 to 100, against those of its siblings; 100 unless given. */
  readonly weight?: number
  readonly operations: ReadonlySet<string>
  /** What it reported of its services; absent before the first report. */
  readonly services?: ReadonlyMap<string, 'off' | 'starting' | 'healthy' | 'degraded' | 'failed'>
}

export interface Errand {
  readonly group: string
  readonly actingGroup: string
  readonly component: Component
  readonly operation: string
  readonly class: OperationClass
  readonly parameters: Bytes
  readonly generation: number | undefined
  readonly idempotencyKey: string | undefined
}

/** How one attempt ended. Only what the connector signed is known; the rest is what it looked like from here. */
export type Attempt =
  /** Signed: it was carried out. */
  | { readonly kind: 'done'; readonly payload: Bytes }
  /** Signed: it was carried out, and failed. */
  | { readonly kind: 'failed'; readonly failure: FailureReport; readonly spans: readonly Span[] }
  /** Signed: nothing was done. */
  | { readonly kind: 'notStarted'; readonly failure: FailureReport }
  /** It never left this process. */
  | { readonly kind: 'notSent'; readonly because: 'relayAway' | 'gone' | 'busy' }
  /** The relay says it was not handed over. Nobody signed that. */
  | {
      readonly kind: 'undelivered'
      readonly because: 'noSuchPeer' | 'busy' | 'tooLarge' | 'expired' | 'notAllowed' | 'lost'
    }
  /** The time of the attempt ran out, or the instance went away, or stopped giving signs of life meanwhile. */
  | { readonly kind: 'silent'; readonly because: 'deadline' | 'gone' | 'noSign' }

export interface Carrier {
  /** Everybody of the group who can be asked now. */
  reachable(group: string): readonly Reachable[]
  /** True while somebody may be about to come: who left a moment ago, or is attached and has not said hello yet. */
  isSomebodyExpected(group: string): boolean
  /** Runs when who can be reached has changed. @returns a function that ends it. */
  onChange(group: string, action: () => void): () => void
  readonly isRelayAttached: boolean
  /** Never rejects but for bugs. Ends with `silent` when the signal aborts. `onSign`: something verified has come that is not the end. */
  carry(to: Reachable, errand: Errand, withinMs: number, signal: AbortSignal, onSign?: () => void): Promise<Attempt>
}
