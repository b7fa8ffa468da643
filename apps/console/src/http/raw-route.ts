/**
 * Raw routes: addresses whose protocol is somebody else's, with bodies that are not JSON and proofs that are not ours.
 *
 * The listener bounds what comes in and checks the host; everything else, the caller's
 * proof included, is the handler's. They are no part of the API and not in its document.
 *
 * @module
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export interface RawCall {
  readonly params: Readonly<Record<string, string>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
  /** The address of the other end of the connection. */
  readonly source: string
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

export interface RawRoute {
  readonly method: 'GET' | 'POST'
  readonly path: `/${string}`
  readonly mostBytes: number
  /** Never throws what it does not want answered as an error of ours. */
  readonly handler: (call: RawCall) => Promise<RawAnswer>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    isRaw?: boolean
  }
}

export function serveRaw(server: FastifyInstance, routes: readonly RawRoute[]): void {
  // A context of its own: what is taken as a body here is not taken anywhere else.
  void server.register((inside, _options, done) => {
    inside.removeAllContentTypeParsers()
    inside.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body))
    for (const { method, path, mostBytes, handler } of routes) {
      inside.route({
        method,
        url: path,
        bodyLimit: mostBytes,
        config: { isRaw: true },
        handler: async (request: FastifyRequest, reply: FastifyReply) => {
          const answer = await handler({
            params: request.params as Readonly<Record<string, string>>,
            headers: request.headers,
            body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
            source: request.ip,
          })
          return reply.code(answer.status).headers(answer.headers).send(answer.body)
        },
      })
    }
    done()
  })
}
