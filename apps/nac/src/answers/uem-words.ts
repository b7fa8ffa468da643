/**
 * How an answer is worded for clients of Workspace ONE's REST API.
 *
 * @module
 */
import { json, type Answer } from './answer.ts'

export function ok(body: unknown, kind: Answer['kind'], outcome: Answer['outcome'] = 'done'): Answer {
  return { status: 200, type: json, body: body === undefined ? '' : JSON.stringify(body), kind, outcome }
}

/** With a body always: PacketFence reads one whatever the status is. */
export function refuse(status: number, message: string): Answer {
  const body = JSON.stringify({ errorCode: status, message })
  return { status, type: json, body, kind: 'query', outcome: status === 404 ? 'notFound' : 'error' }
}
