/**
 * Asks a relay for its pages. For tests only.
 *
 * @module
 */
import { request, type RequestOptions } from 'node:https'
import { trialToken, type Trial } from './trial.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

export const withToken = { headers: { authorization: `Bearer ${trialToken}` } }

export function get(trial: Trial, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { port, certificate: ca } = trial
  return new Promise((resolve, reject) => {
    const sending = request({ host: '127.0.0.1', port, path, ca, agent: false, ...options }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }))
    })
    sending.on('error', reject)
    sending.end()
  })
}

export interface Statistics {
  readonly unproven: number
  readonly longPolls: number
  readonly forwarded: number
  readonly turnedAway: Readonly<Record<string, number>>
}

export async function statisticsOf(trial: Trial): Promise<Statistics> {
  return JSON.parse((await get(trial, '/statistics', withToken)).body) as Statistics
}
