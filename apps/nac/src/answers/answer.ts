/**
 * An answer, before it is bytes on a wire; and what is counted of it.
 *
 * @module
 */
import type { NacAccount } from '@sallygate/domain'
import type { Outcome } from '../activity/activity.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly kind: 'info' | 'poll' | 'query' | 'act'
  readonly outcome: Outcome
}

/** Who asks, proven. */
export interface Asking {
  readonly account: NacAccount
  readonly source: string
}

export interface Body {
  readonly bytes: Buffer
  readonly type: string
}

export const json = 'application/json; charset=utf-8'
