/**
 * How an attempt ended: read from what the connector signed, or from what the link says.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { dialFailure } from '@sallygate/dial'
import type { CompleteReply } from '@sallygate/envelope'
import { decodeFailed, type FailedAnswer } from '@sallygate/service-kit'
import type { Attempt } from './carrier.ts'

export function attemptOf(reply: CompleteReply): Attempt {
  const { outcome, payload } = reply
  if (outcome === 'done') return { kind: 'done', payload }
  const { failure, spans } = failedAnswer(payload)
  return outcome === 'failed' ? { kind: outcome, failure, spans } : { kind: outcome, failure }
}

/** That it ended so is signed; an explanation nobody can read does not change it. */
function failedAnswer(payload: Uint8Array): FailedAnswer {
  try {
    return decodeFailed(payload)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { failure: error.toJSON(), spans: [] }
  }
}

type Undelivered = Extract<Attempt, { readonly kind: 'undelivered' }>['because']

const undelivered: Readonly<Record<string, Undelivered>> = {
  DIAL_NO_SUCH_PEER: 'noSuchPeer',
  DIAL_BUSY: 'busy',
  DIAL_TOO_LARGE: 'tooLarge',
  DIAL_EXPIRED: 'expired',
  DIAL_NOT_ALLOWED: 'notAllowed',
}

/** What the link says of a cargo. Only what never left this process is known not to have arrived. */
export function refusedBy(error: unknown, isHanded: boolean): Attempt {
  const code = dialFailure.is(error) ? error.code : ''
  if (!isHanded && code === 'DIAL_BUSY') return { kind: 'notSent', because: 'busy' }
  if (!isHanded && (code === 'DIAL_NOT_ATTACHED' || code === 'DIAL_STOPPED'))
    return { kind: 'notSent', because: 'relayAway' }
  return { kind: 'undelivered', because: undelivered[code] ?? 'lost' }
}
