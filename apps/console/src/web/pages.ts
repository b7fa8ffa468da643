/**
 * The pages: hands out the built browser UI, and nothing else that lies beside it.
 *
 * Files with a digest in their name are for ever; the one page that names them is
 * made anew for each answer, with a nonce for its styles. Every address that is not
 * the API's and that a browser wants to look at is that page: the UI reads the rest of it.
 * Without a build there are no pages, and `/` stays the plain front page.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { consoleFailure } from '../failures.ts'
import { isCanonicalPath } from '../http/canonical-path.ts'

/** Where `npm run build` of apps/web leaves its files. */
export const builtPages = join(import.meta.dirname, '../../../web/dist')

declare module 'fastify' {
  interface FastifyContextConfig {
    isPage?: true
  }
}

const placeholder = '__CSP_NONCE__'

/** Whether this address is one of the pages, which anybody may load: without a session they show a door. */
export function isPage(request: FastifyRequest): boolean {
  const path = request.raw.url?.split('?', 1)[0] ?? ''
  return request.routeOptions.config.isPage === true && isCanonicalPath(path) && !/^\/(?:api|health)(?:\/|$)/.test(path)
}

/** Call before any route is added: the front page gives way where there is a build. */
export function servePages(server: FastifyInstance, directory: string): void {
  const index = join(directory, 'index.html')
  void server.register(fastifyStatic, { root: directory, serve: false, preCompressed: true, suppressWarning: true })
  server.addHook('preHandler', async (request, reply) => {
    if (request.routeOptions.url === '/' && existsSync(index)) return sendPage(reply, index)
  })
  const config = { isPage: true } as const
  server.get('/assets/:file', { config }, (request, reply) => {
    const { file } = request.params as { file: string }
    if (!/^[\w-]+\.(?:js|css)$/.test(file) || !existsSync(join(directory, 'assets', file)))
      throw consoleFailure('NOT_FOUND')
    // The digest in the name changes with the content.
    return reply.sendFile(file, join(directory, 'assets'), { maxAge: '365d', immutable: true })
  })
  server.get('/icon.svg', { config }, (_request, reply) => {
    if (!existsSync(join(directory, 'icon.svg'))) throw consoleFailure('NOT_FOUND')
    return reply.sendFile('icon.svg', directory, { maxAge: '1h' })
  })
  server.get('/*', { config }, (request, reply) => {
    const wantsPage = request.headers.accept?.includes('text/html') === true
    if (!wantsPage || !existsSync(index)) throw consoleFailure('NOT_FOUND')
    return sendPage(reply, index)
  })
}

function sendPage(reply: FastifyReply, index: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64url')
  return reply
    .header('content-security-policy', pagePolicy(nonce))
    .header('content-type', 'text/html; charset=utf-8')
    .send(readFileSync(index, 'utf8').replaceAll(placeholder, nonce))
}

/** Scripts only from our files; styles also from scripts of ours that know the nonce of this answer; nothing from anywhere else. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
