/**
 * A failure for somebody to read: its code, what happened with the facts of the case, what to do.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'

export interface FailureWords {
  readonly code: string
  readonly says: string
  readonly fix: string
}

const longest = 500

export function inWords({ code, says, fix, details }: Failure): FailureWords {
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  return { code, says: (facts.length === 0 ? says : `${says} (${facts.join(', ')})`).slice(0, longest), fix }
}
