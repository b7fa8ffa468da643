/**
 * What an HTTP answer means that is not the one a relay gives.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '@sallygate/base/clock'
import { dialFailure, type DialFailure } from './failures.ts'
import { retryAfterMs } from './retry-after.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

export function httpRefusal({ status, headers }: HttpAnswer, address: string, clock: Clock): DialFailure {
  if (status >= 200 && status < 300) return dialFailure('NOT_A_RELAY', { details: { address, httpStatus: status } })
  const waitMs = retryAfterMs(headers['retry-after'], clock.now())
  const details = { address, httpStatus: status, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) }
  return dialFailure('HTTP_REFUSED', { details })
}
