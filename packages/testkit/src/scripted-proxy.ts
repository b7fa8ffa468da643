/**
 * An HTTP proxy that does what a test says: asks for a login, refuses, falls silent, closes, answers with a page, cuts idle tunnels.
 *
 * *Simulated.* Names that it is to know are in its own table, so that a client that
 * resolves one itself is found out. Real proxies are in `interop/proxies`.
 *
 * @module
 */
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import type { TlsServerIdentity } from './tls-server-identity.ts'

export interface ConnectQuestion {
  /** `host:port`, as it was asked for. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Which connection it came over, from 1. */
  readonly connection: number
}

/** What becomes of one CONNECT. A text is written as it stands. */
export type ConnectAnswer =
  | { readonly kind: 'tunnel' }
  | { readonly kind: 'close' }
  | { readonly kind: 'silence' }
  | { readonly kind: 'answer'; readonly text: string; readonly close?: boolean }

export interface ScriptedProxyOptions {
  /** Where names lead, besides 127.0.0.1, which leads to itself. A name that is not here is answered with 502. */
  readonly hosts?: Readonly<Record<string, number>>
  /** TLS to the proxy itself. */
  readonly tls?: TlsServerIdentity
  readonly answer?: (question: ConnectQuestion) => ConnectAnswer
  /** Cuts a tunnel in which nothing has moved for so long. */
  readonly idleMs?: number
  /** Takes over the client's end of a tunnel: a proxy that looks inside. */
  readonly inside?: (client: Duplex, upstream: Socket) => void
}

export interface ScriptedProxy {
  readonly port: number
  readonly questions: readonly ConnectQuestion[]
  readonly connections: number
  answer: (question: ConnectQuestion) => ConnectAnswer
  /** Tunnels that were cut for being idle. */
  readonly idleCuts: number
  stop(): Promise<void>
}

export const tunnel: ConnectAnswer = { kind: 'tunnel' }

/** An answer with headers and a body of so many bytes. */
export function refusal(status: number, headers: readonly string[] = [], body = 'no'): ConnectAnswer {
  const lines = [`HTTP/1.1 ${status} Scripted`, `Content-Length: ${body.length}`, ...headers]
  return { kind: 'answer', text: `${lines.join('\r\n')}\r\n\r\n${body}` }
}

const maxHeadBytes = 128 * 1024

export async function startScriptedProxy(options: ScriptedProxyOptions = {}): Promise<ScriptedProxy> {
  const questions: ConnectQuestion[] = []
  const sockets = new Set<Duplex>()
  let [connections, idleCuts] = [0, 0]
  const keep = (socket: Duplex) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const serve = (client: Duplex) => {
    keep(client)
    const connection = ++connections
    readHeads(client, (target, headers) => {
      const question = { target, headers, connection }
      questions.push(question)
      const answer = proxy.answer(question)
      if (answer.kind === 'close') client.destroy()
      if (answer.kind === 'answer') {
        client.write(answer.text)
        if (answer.close === true) client.end()
      }
      if (answer.kind !== 'tunnel') return false
      const name = target.slice(0, target.lastIndexOf(':'))
      const own = name === '127.0.0.1' ? Number(target.slice(target.lastIndexOf(':') + 1)) : undefined
      const port = options.hosts?.[target] ?? options.hosts?.[name] ?? own
      if (port === undefined) {
        client.end('HTTP/1.1 502 No such host\r\nContent-Length: 0\r\n\r\n')
        return false
      }
      openTunnel(client, port)
      return true
    })
  }
  const openTunnel = (client: Duplex, port: number) => {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      if (options.inside === undefined) {
        client.pipe(upstream)
        upstream.pipe(client)
      } else options.inside(client, upstream)
      const { idleMs } = options
      if (idleMs !== undefined) watchIdle(client, upstream, idleMs, () => idleCuts++)
    })
    upstream.on('error', () => {
      if (client.writable) client.end('HTTP/1.1 503 Cannot connect\r\nContent-Length: 0\r\n\r\n')
    })
    keep(upstream)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  }
  const server = options.tls === undefined ? createTcpServer(serve) : createTlsServer(options.tls, serve)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const proxy: ScriptedProxy = {
    port: (server.address() as AddressInfo).port,
    questions,
    get connections() {
      return connections
    },
    get idleCuts() {
      return idleCuts
    },
    answer: options.answer ?? (() => tunnel),
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}

/** @param onHead Says whether the connection is a tunnel from now on. */
function readHeads(client: Duplex, onHead: (target: string, headers: ReadonlyMap<string, string>) => boolean): void {
  let seen = Buffer.alloc(0)
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk])
    for (let end = seen.indexOf('\r\n\r\n'); end >= 0; end = seen.indexOf('\r\n\r\n')) {
      const [first = '', ...lines] = seen.toString('latin1', 0, end).split('\r\n')
      seen = seen.subarray(end + 4)
      const [method, target = ''] = first.split(' ')
      const headers = new Map(
        lines.map((line): [string, string] => {
          const colon = line.indexOf(':')
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
        }),
      )
      if (method !== 'CONNECT') {
        client.end('HTTP/1.1 405 Only CONNECT\r\nContent-Length: 0\r\n\r\n')
        return
      }
      if (!onHead(target, headers)) continue
      client.off('data', onData).pause()
      if (seen.length > 0) client.unshift(seen)
      return
    }
    if (seen.length > maxHeadBytes) client.destroy()
  }
  client.on('data', onData)
}

function watchIdle(client: Duplex, upstream: Socket, idleMs: number, cut: () => void): void {
  const over = () => {
    if (client.destroyed) return
    cut()
    client.destroy()
    upstream.destroy()
  }
  let timer = setTimeout(over, idleMs)
  const moved = () => {
    clearTimeout(timer)
    timer = setTimeout(over, idleMs)
  }
  client.on('data', moved).on('close', () => clearTimeout(timer))
  upstream.on('data', moved)
}
