/**
 * Refusals of the door, in the dress of whoever asks: XML for Cisco ISE, JSON for everybody else.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { json, type Answer } from '../answers/answer.ts'
import { error } from '../answers/ise.ts'

export function refusal(request: IncomingMessage, status: number, code: string, says: string): Answer {
  if (/\/ciscoise(?:[/?]|$)/i.test(request.url ?? '')) return error(status, code, says)
  return plain(status, JSON.stringify({ errorCode: status, code, message: says }))
}

export function plain(status: number, body: string): Answer {
  return { status, type: json, body, kind: 'query', outcome: status < 400 ? 'done' : 'error' }
}

export function withRetry(answer: Answer, ms: number): Answer {
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) } }
}
