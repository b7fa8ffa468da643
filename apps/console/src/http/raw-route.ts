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
  /** Refuses a caller before anything of the body is read, so that strangers fill no memory. `undefined`: go on. */
  readonly refuse: (call: Omit<RawCall, 'body'>) => Promise<RawAnswer | undefined>
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
    for (const { method, path, mostBytes, refuse, handler } of routes) {
      inside.route({
        method,
        url: path,
        bodyLimit: mostBytes,
        config: { isRaw: true },
        onRequest: async (request, reply) => {
          const refusal = await refuse(headOf(request))
          // What is still on its way is not waited for.
          if (refusal !== undefined) return send(reply.header('connection', 'close'), refusal)
        },
        handler: async (request, reply) => {
          const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
          return send(reply, await handler({ ...headOf(request), body }))
        },
      })
    }
    done()
  })
}

function headOf(request: FastifyRequest): Omit<RawCall, 'body'> {
  return {
    params: request.params as Readonly<Record<string, string>>,
    headers: request.headers,
    source: request.ip,
  }
}

function send(reply: FastifyReply, { status, headers, body }: RawAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body)
}
