/**
 * An HTTPS client that does as little as can be: kept connections, one request on each at a time.
 *
 * It is on the same two cores as what it measures, so every microsecond it takes is one that is missing there.
 *
 * @module
 */
import { connect, type TLSSocket } from 'node:tls'

export interface TlsTarget {
  readonly port: number
  readonly ca: string
}

export class TlsClient {
  readonly #sockets: readonly Connection[]

  private constructor(sockets: readonly Connection[]) {
    this.#sockets = sockets
  }

  static async open(target: TlsTarget, connections: number): Promise<TlsClient> {
    return new TlsClient(await Promise.all(Array.from({ length: connections }, () => Connection.open(target))))
  }

  /** On the connection of that number. @returns the whole answer, headers and all. @throws for any status but 200. */
  ask(connection: number, request: Buffer): Promise<Buffer> {
    const socket = this.#sockets[connection % this.#sockets.length]
    if (socket === undefined) throw new Error('no connection')
    return socket.ask(request)
  }

  close(): void {
    for (const socket of this.#sockets) socket.close()
  }
}

export function getRequest(path: string, authorization?: string): Buffer {
  const credentials = authorization === undefined ? '' : `authorization: ${authorization}\r\n`
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n${credentials}\r\n`)
}

class Connection {
  readonly #socket: TLSSocket
  #chunks: Buffer[] = []
  #length = 0
  #expected = -1
  #waiting: { resolve: (answer: Buffer) => void; reject: (error: Error) => void } | undefined

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    const gone = (error?: Error) => this.#waiting?.reject(error ?? new Error('closed'))
    socket.on('error', gone)
    socket.on('close', () => gone())
  }

  static open({ port, ca }: TlsTarget): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
        socket.setNoDelay(true)
        resolve(new Connection(socket))
      })
      socket.once('error', reject)
    })
  }

  ask(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#chunks = []
      this.#length = 0
      this.#expected = -1
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#expected < 0) this.#readHead()
    if (this.#expected < 0 || this.#length < this.#expected) return
    const waiting = this.#waiting
    this.#waiting = undefined
    const whole = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks)
    if (whole.toString('latin1', 9, 12) === '200') waiting?.resolve(whole)
    else waiting?.reject(new Error(whole.toString('latin1', 0, 300)))
  }

  #readHead(): void {
    const head = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    const [, length = '0'] = /content-length: (\d+)/i.exec(head.toString('latin1', 0, end)) ?? []
    this.#expected = end + 4 + Number(length)
  }
}
