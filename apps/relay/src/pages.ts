/**
 * Pages: the few things the relay says over plain HTTP requests.
 *
 * Status is for everybody and names nobody. Statistics and metrics are for whoever has
 * the token. Everything else, a wrong token included, is one and the same 404.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { equalBytes, sha256 } from '@sallygate/base/bytes'
import type { Secret } from '@sallygate/base/secret'

export type RelayState = 'up' | 'draining'

export interface Status {
  readonly status: 'ok' | 'draining'
  readonly version: string
  readonly certificateDaysLeft: number
  readonly warning?: string
}

export interface PagesOptions {
  readonly status: () => Status
  readonly statistics: () => Readonly<Record<string, unknown>>
  readonly metrics: () => Promise<string>
  readonly token: Secret | undefined
  /** @returns false for a request that is none of a long-poll. */
  readonly poll: (request: IncomingMessage, response: ServerResponse) => boolean
}

interface Page {
  readonly code: number
  readonly type: string
  readonly body: string
}

const notFound: Page = { code: 404, type: 'text/plain; charset=utf-8', body: 'not found\n' }
const json = (value: unknown, code = 200): Page => ({
  code,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
})

/** The one answer to everything that is not there. */
export function sendNotFound(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) request.destroy()
  else send(request, response, notFound)
}

export function answerPages(options: PagesOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (options.poll(request, response)) return
    // Nobody has a reason to send a body; not keeping the connection also drops one that comes.
    choose(request, options).then(
      (page) => send(request, response, page),
      () => send(request, response, notFound),
    )
  }
}

async function choose(request: IncomingMessage, options: PagesOptions): Promise<Page> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return notFound
  const path = pathOf(request)
  if (path === '/status' || path === '/awcm/status') return statusPage(request, options.status())
  if (!hasToken(request, options.token)) return notFound
  if (path === '/statistics' || path === '/awcm/statistics') return json(options.statistics())
  if (path === '/metrics') return { code: 200, type: 'text/plain; version=0.0.4', body: await options.metrics() }
  return notFound
}

/** The path without its query. Not decoded: every path we have is plain. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

/** A load balancer reads the code, a person the word, a program the JSON. */
function statusPage(request: IncomingMessage, status: Status): Page {
  const code = status.status === 'ok' ? 200 : 503
  if (request.headers.accept?.includes('application/json') === true) return json(status, code)
  const warning = status.warning === undefined ? '' : `warning: ${status.warning}\n`
  const body = `${status.status}\nsallygate-relay ${status.version}\ncertificate days left: ${status.certificateDaysLeft}\n${warning}`
  return { code, type: 'text/plain; charset=utf-8', body }
}

function hasToken(request: IncomingMessage, token: Secret | undefined): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined || given === undefined) return false
  // Digests have one length, so the comparison says nothing about the token's.
  return equalBytes(sha256(Buffer.from(given)), sha256(Buffer.from(token.reveal())))
}

function send(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const body = Buffer.from(page.body)
  response.writeHead(page.code, {
    'content-type': page.type,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(request.method === 'HEAD' ? undefined : body, () => request.destroy())
}
