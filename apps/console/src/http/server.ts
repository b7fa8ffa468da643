/**
 * The HTTP server under the listener: its bounds, its TLS, and the bodies it takes. It knows no routes.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import {
  fastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { createSerializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { readFile, readPrivateFile } from '@sallygate/base/file'
import { consoleFailure } from '../failures.ts'
import type { ConsoleSettings } from '../settings.ts'
import { parseJsonBody } from './json-body.ts'
import { refuse } from './refusal.ts'

export const bounds = {
  headerBytes: 16 * 1024,
  headers: 64,
  headersMs: 10_000,
  /** Node looks for slow requests every 30 s by itself, which would make every time-out that much longer. */
  lookEveryMs: 2000,
  requestMs: 30_000,
  bodyBytes: 1024 * 1024,
  keepAliveMs: 20_000,
  requestsPerSocket: 10_000,
} as const

export interface Tls {
  readonly cert: Buffer
  readonly key: Buffer
}

/** @throws CONSOLE_NEEDS_TLS for half of it, FILE_*. */
export function readTls(
  settings: Pick<ConsoleSettings, 'host' | 'tlsCertificateFile' | 'tlsPrivateKeyFile'>,
): Tls | undefined {
  const { tlsCertificateFile: certificate, tlsPrivateKeyFile: key } = settings
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined || key === undefined)
    throw consoleFailure('NEEDS_TLS', { details: { host: settings.host } })
  return { cert: readFile(certificate), key: readPrivateFile(key) }
}

export function makeServer(tls: Tls | undefined): FastifyInstance {
  const http = {
    maxHeaderSize: bounds.headerBytes,
    headersTimeout: bounds.headersMs,
    requireHostHeader: true,
    connectionsCheckingInterval: bounds.lookEveryMs,
  }
  const server = fastify({
    ...(tls === undefined
      ? { http }
      : { https: { ...http, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: bounds.headersMs } }),
    logger: false,
    // A handler that waits for a connector is bounded by its own deadline, not here.
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: bounds.keepAliveMs,
    bodyLimit: bounds.bodyBytes,
    maxRequestsPerSocket: bounds.requestsPerSocket,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: 300,
    },
    exposeHeadRoutes: false,
    trustProxy: false,
    forceCloseConnections: true,
    return503OnClosing: true,
    genReqId: () => randomBytes(8).toString('hex'),
    // What the router itself refuses must look like everything else that is not there.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      void refuse(request, reply, consoleFailure('NOT_FOUND'))
    },
    // Fastify has one type per kind of server; to us they are one.
  } as FastifyServerOptions) as FastifyInstance
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(createSerializerCompiler())
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    /^application\/json(?:;\s*charset=utf-8)?$/i,
    { parseAs: 'buffer' },
    (_request, body, done) => {
      try {
        // Curl and fetch send the type also where there is nothing to send.
        done(null, body.length === 0 ? undefined : parseJsonBody(body as Buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  )
  return server
}
