/**
 * A *simulated* OAuth 2 token endpoint (RFC 6749 4.4) over TLS, for tests.
 *
 * @module
 */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface TokenRequest {
  readonly path: string
  readonly contentType: string
  readonly form: Readonly<Record<string, string>>
}

export interface TokenAnswer {
  readonly status: number
  readonly body: string
}

export interface TokenEndpoint {
  readonly url: string
  readonly port: number
  readonly asked: readonly TokenRequest[]
  stop(): Promise<void>
}

export async function startTokenEndpoint(
  tls: { readonly key: string; readonly cert: string },
  answer: (request: TokenRequest, index: number) => TokenAnswer,
): Promise<TokenEndpoint> {
  const asked: TokenRequest[] = []
  const server = createServer(tls, (request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(text))
      const seen = { path: request.url ?? '', contentType: request.headers['content-type'] ?? '', form }
      asked.push(seen)
      const { status, body } = answer(seen, asked.length - 1)
      response.writeHead(status, { 'content-type': 'application/json', location: 'https://elsewhere.test/' }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `https://localhost:${port}/tenant/token`,
    asked,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
