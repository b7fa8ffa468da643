/**
 * The sample office's syslog collector: *simulated*. It reads what it is sent over UDP, TCP and TLS, keeps the newest, and shows them.
 *
 * One port for all three: what begins like a TLS handshake is one. interop/syslog has real collectors.
 *
 * @module
 */
import { createSocket } from 'node:dgram'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Log } from '@sallygate/base/log'
import { decodeMessage, Deframer } from '@sallygate/protocol-syslog'
import type { Inbox, InboxItem } from './inbox.ts'
import { address, listening } from './listening.ts'

export interface SyslogSink {
  readonly port: number
  stop(): Promise<void>
}

export interface SyslogSinkOptions {
  readonly port: number
  readonly tls: { readonly cert: Buffer; readonly key: Buffer }
  readonly inbox: Inbox
  readonly log: Log
  readonly now: () => Date
}

const handshake = 0x16
const mostConnections = 20
const silentMs = 120_000
const maxShown = 8000

export async function startSyslogSink({ port, tls, inbox, log, now }: SyslogSinkOptions): Promise<SyslogSink> {
  const sockets = new Set<Socket>()
  const take = (line: string, transport: string) => inbox.add('syslog', itemOf(line, transport, now()))
  const read = (stream: Socket, transport: string) => {
    const deframer = new Deframer()
    stream.on('data', (chunk: Buffer) => {
      try {
        for (const line of deframer.push(chunk)) take(line, transport)
      } catch (error) {
        log.debug('no syslog frame', { error })
        stream.destroy()
      }
    })
    stream.resume()
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setTimeout(silentMs, () => socket.destroy())
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.unshift(first)
      if (first[0] !== handshake) return read(socket, 'tcp')
      const stream = new TLSSocket(socket, { isServer: true, ...tls, minVersion: 'TLSv1.2' })
      stream.on('error', () => socket.destroy())
      return read(stream, 'tls')
    })
  })
  server.maxConnections = mostConnections
  await listening(server, port, (done) => server.listen(port, address, done))
  const own = (server.address() as AddressInfo).port
  const datagrams = createSocket('udp4')
  datagrams.on('message', (datagram) => take(datagram.toString('utf8'), 'udp'))
  const stop = () => {
    for (const socket of sockets) socket.destroy()
    return Promise.all([
      new Promise<void>((resolve) => server.close(() => resolve())),
      new Promise<void>((resolve) => datagrams.close(() => resolve())),
    ]).then(() => {})
  }
  try {
    await listening(datagrams, own, (done) => datagrams.bind(own, address, done))
  } catch (error) {
    await stop()
    throw error
  }
  return { port: own, stop }
}

/** What is no RFC 5424 is shown as the line it is. */
function itemOf(line: string, transport: string, at: Date): InboxItem {
  const received = { at: at.toISOString(), transport, line: line.slice(0, maxShown) }
  try {
    const { facility, severity, hostName, appName, messageId, data, text } = decodeMessage(line)
    const params = new Map(data.flatMap((element) => element.params))
    const facts = { facility, severity, hostName, appName, id: messageId, text: text.slice(0, maxShown) }
    return { ...received, ...facts, sequence: Number(params.get('sequenceId') ?? 0), key: params.get('key') ?? '' }
  } catch {
    return received
  }
}
