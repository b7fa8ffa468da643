/**
 * What came in at the sample office, *simulated*: the newest of each kind, to be looked at over plain HTTP on loopback.
 *
 * One list per kind (`mails`, `syslog`), bounded, in memory. What asks is the console, so that a
 * newcomer sees on one screen what left and what arrived.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { address, listening } from './listening.ts'

export const inboxKinds = ['mails', 'syslog'] as const

export type InboxKind = (typeof inboxKinds)[number]

/** Strings and numbers, so that it is JSON. */
export type InboxItem = Readonly<Record<string, string | number | boolean | readonly string[]>>

const mostItems = 200

export class Inbox {
  readonly #items: Record<InboxKind, (InboxItem & { readonly number: number })[]> = { mails: [], syslog: [] }
  #number = 0

  /** Newest first, numbered from 1. */
  list(kind: InboxKind): readonly (InboxItem & { readonly number: number })[] {
    return this.#items[kind].toReversed()
  }

  add(kind: InboxKind, item: InboxItem): void {
    const items = this.#items[kind]
    items.push({ ...item, number: ++this.#number })
    if (items.length > mostItems) items.shift()
  }
}

export interface InboxServer {
  readonly port: number
  stop(): Promise<void>
}

/** `GET /mails`, `GET /syslog`; nothing else, and nothing changes anything. */
export async function serveInbox(inbox: Inbox, port: number): Promise<InboxServer> {
  const server = createServer((request, response) => {
    const kind = inboxKinds.find((one) => request.url === `/${one}`)
    const isRead = request.method === 'GET' && kind !== undefined
    // A page of somebody else's that is shown in a browser on this machine has no business here.
    const isFromPage = request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined
    const status = !isRead ? 404 : isFromPage ? 403 : 200
    const body = isRead && !isFromPage ? { simulated: true, items: inbox.list(kind) } : { simulated: true }
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(body))
  })
  server.maxConnections = 16
  server.headersTimeout = 5000
  server.requestTimeout = 5000
  await listening(server, port, (done) => server.listen(port, address, done))
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
