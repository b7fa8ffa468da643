/**
 * The client of the console's API: one function over fetch.
 *
 * The browser sends the session cookie; nothing here ever holds a secret. Every
 * request that changes something carries a header that no form of a strange page
 * can add.
 *
 * @module
 */
import { answerUnreadable, consoleAway, readProblem } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Ask {
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** @throws ApiFailure, for everything that is not the answer. */
export async function ask<Answer>(method: Method, address: ApiPath, { body, signal }: Ask = {}): Promise<Answer> {
  const response = await reach(address, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(method === 'GET' ? {} : { 'x-sallygate': 'web' }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await response.text()
  const answer = text === '' ? undefined : parse(text)
  if (!response.ok) throw readProblem(response.status, answer)
  return answer as Answer
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw consoleAway()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw answerUnreadable()
  }
}

/** A path whose variable parts are escaped: only `path` makes one. */
export type ApiPath = string & { readonly __apiPath: true }

/** `` path`/api/groups/${name}` ``: what is put in stays one segment, whatever it contains. */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number)[]): ApiPath {
  return texts.reduce(
    (whole, text, index) => `${whole}${encodeURIComponent(String(values[index - 1]))}${text}`,
  ) as ApiPath
}

/** What is empty is not asked for. */
export function withQuery(address: ApiPath, query: Readonly<Record<string, string>>): ApiPath {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''))
  return (given.size === 0 ? address : `${address}?${given}`) as ApiPath
}
