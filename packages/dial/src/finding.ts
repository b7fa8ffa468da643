/**
 * What a check found at one hop, in the words that a person gets.
 *
 * @module
 */
import type { ChainLink } from '@sallygate/base/peer-chain'
import { Failure } from '@sallygate/base/failure'

export interface Finding {
  readonly result: 'ok' | 'warning' | 'failed'
  readonly says: string
  /** Empty when there is nothing to do. */
  readonly fix: string
  /** Of TLS: what the other end sent, its own certificate first. */
  readonly chain?: ChainLink[]
}

/** One line of a check, the same shape everywhere. */
export interface CheckRow extends Finding {
  readonly target: string
  readonly durationMs: number
}

export const fine = (says: string): Finding => ({ result: 'ok', says, fix: '' })

export function failed(error: unknown): Finding {
  // A plain error here is a defect of ours, and says so itself.
  if (!(error instanceof Failure)) throw error
  const facts = Object.entries(error.details).map(([name, value]) => `${name} ${value}`)
  const says = facts.length === 0 ? error.says : `${error.says} (${facts.join(', ')})`
  return { result: 'failed', says, fix: error.fix }
}
