/**
 * A simulated console: the routes that nac asks, with records that a test puts in. Imported only from tests.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes, toBase64Url, toHex } from '@sallygate/base/bytes'
import { writeFileAtomic } from '@sallygate/base/file'
import { nacFeedFormat, nacFeedLabel, signNacPage, type NacEntry, type NacRecord } from '@sallygate/domain'
import { exportPublicPoint, makePrivateKey, signStatement } from '@sallygate/trust'
import { consoleFileFormat } from '../feed/console-file.ts'

export class SimulatedConsole {
  readonly key = makePrivateKey()
  readonly credential = `sgk_${toBase64Url(randomBytes(32))}`
  epoch = toHex(randomBytes(16))
  readonly actions: unknown[] = []
  readonly reports: Readonly<Record<string, unknown>>[] = []
  /** What the directory says; throws when nobody can be asked. */
  verify: (body: unknown) => boolean = () => false
  certificate: (body: unknown) => Promise<string> = () => Promise.reject(new Error('no certificate'))
  /** Changes a page after it was signed. */
  tamper: (answer: { page: string; signature: string }) => object = (answer) => answer
  refusesActions = false
  #entries: NacEntry[] = []
  #number = 0
  #server: Server | undefined
  readonly #waiting = new Set<() => void>()

  put(...records: readonly NacRecord[]): void {
    for (const record of records) {
      this.#entries.push({ ...record, number: ++this.#number } as NacEntry)
    }
    for (const wake of this.#waiting) wake()
  }

  /** Another history, as after a restored backup. */
  begin(...records: readonly NacRecord[]): void {
    this.epoch = toHex(randomBytes(16))
    this.#entries = []
    this.#number = 0
    this.put(...records)
  }

  async start(port = 0): Promise<number> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch(() => {
        response.writeHead(503, { 'content-type': 'application/json' })
        response.end('{"code":"CONSOLE_BUSY","says":"busy","fix":"wait","retry":"later","details":{}}')
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  writeFile(path: string, port: number): void {
    const content = {
      format: consoleFileFormat,
      consoleUrl: `http://127.0.0.1:${port}`,
      consoleKey: toBase64Url(exportPublicPoint(this.key)),
      credential: this.credential,
    }
    writeFileAtomic(path, JSON.stringify(content))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://console')
    if (request.headers.authorization !== `Bearer ${this.credential}`) {
      response.writeHead(401).end('{}')
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body: unknown = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const answer = await this.#answer(url, body, response)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer))
  }

  async #answer(url: URL, body: unknown, response: ServerResponse): Promise<unknown> {
    switch (url.pathname) {
      case '/api/nac/feed':
        return this.#page(url.searchParams, response)
      case '/api/nac/report':
        this.reports.push(body as Readonly<Record<string, unknown>>)
        return {}
      case '/api/nac/actions':
        if (this.refusesActions) throw new Error('not now')
        this.actions.push(body)
        return {}
      case '/api/nac/verify':
        return { accepted: this.verify(body) }
      case '/api/nac/certificate':
        return { certificatePem: await this.certificate(body) }
      default:
        throw new Error('no such route')
    }
  }

  async #page(query: URLSearchParams, response: ServerResponse): Promise<unknown> {
    const isKnown = query.get('epoch') === this.epoch
    const after = isKnown ? Number(query.get('after')) : 0
    if (isKnown && after >= this.#number) await this.#change(Number(query.get('waitMs')), response)
    const records = this.#entries.filter(({ number }) => number > after).slice(0, 1000)
    const page = {
      format: nacFeedFormat,
      epoch: this.epoch,
      nonce: query.get('nonce') ?? '',
      after,
      through: records.at(-1)?.number ?? Math.max(after, this.#number),
      head: this.#number,
      issuedAtMs: Date.now(),
      records,
    }
    return this.tamper({ ...signNacPage(page, (bytes) => signStatement(nacFeedLabel, this.key, bytes)) })
  }

  #change(waitMs: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, waitMs)
      this.#waiting.add(wake)
      response.once('close', wake)
    })
  }
}
