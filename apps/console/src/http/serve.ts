/**
 * Serving a row of the route table: its schemas, what stands around it, and its answer on the wire.
 *
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { nested, type Answer, type Around } from './around.ts'
import type { Actor } from './policy.ts'
import type { Connection, Route, RouteCall, SentFile } from './route.ts'
import { clearSessionCookie, readSessionCookie, writeSessionCookie } from './session-cookie.ts'
import { originOf } from './session-origin.ts'

export function serve(server: FastifyInstance, row: Route, isSecure: boolean, around: readonly Around[]): void {
  server.route({
    method: row.method,
    url: row.path,
    config: { row },
    schema: {
      params: row.params,
      querystring: row.query,
      ...(row.body === undefined ? {} : { body: row.body }),
      ...(row.produces === 'json' ? { response: { [row.status]: row.result } } : {}),
    },
    handler: async (request, reply) => {
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const { params, query, body, actor } = request
      const connection = connectionOf(request, reply, isSecure)
      const { signal } = gone
      const call: RouteCall<unknown, unknown, unknown, Actor | undefined> = {
        params,
        query,
        body,
        actor,
        signal,
        traceId: request.id,
        connection,
      }
      const key = request.headers['idempotency-key']
      const asked = {
        route: row,
        call,
        url: request.url,
        source: request.ip,
        idempotencyKey: typeof key === 'string' ? key : undefined,
      }
      const run = async (): Promise<Answer> => ({ status: row.status, body: await row.handler(call) })
      return send(reply, row, await nested(around, asked, run))
    },
  })
}

function connectionOf(request: FastifyRequest, reply: FastifyReply, isSecure: boolean): Connection {
  return {
    source: request.ip,
    origin: originOf(request.headers['user-agent'], request.ip),
    session: readSessionCookie(request.headers),
    setSession: (token, expiresAt) => void reply.header('set-cookie', writeSessionCookie(token, expiresAt, isSecure)),
    clearSession: () => void reply.header('set-cookie', clearSessionCookie(isSecure)),
  }
}

const types = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  // RFC 8259 has no media type for lines; this is the one that those who read them use.
  jsonLines: 'application/x-ndjson; charset=utf-8',
  metrics: 'text/plain; version=0.0.4; charset=utf-8',
  file: 'application/octet-stream',
} as const

function send(reply: FastifyReply, row: Route, { status, body, headers }: Answer): FastifyReply {
  if (headers !== undefined) void reply.headers(headers)
  if (status !== row.status) {
    // A failure that was kept with its key.
    void reply.header('content-type', 'application/problem+json; charset=utf-8')
    return reply.code(status).serializer(JSON.stringify).send(body)
  }
  void reply.code(status).header('content-type', types[row.produces])
  if (row.produces !== 'file') return reply.send(body)
  const { name, bytes, content } = body as SentFile
  void reply.header('content-disposition', `attachment; filename="${name}"`).header('content-length', bytes)
  return reply.send(content)
}
