/**
 * From an HTTP request to a line, or to the same 404 as everything else.
 *
 * @module
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '@sallygate/base/clock'
import { limits } from '@sallygate/hop'
import { WebSocketServer } from 'ws'
import type { Appointments } from './appointments.ts'
import type { Counters, TurnedAwayReason } from './counters.ts'
import { socketKey } from './doorkeeper.ts'
import { between } from './jitter.ts'
import { lineOver, type Line } from './line.ts'
import { maxHeaders } from './listener.ts'
import { networkOf, offloader } from './network.ts'
import { pathOf } from './pages.ts'

const socketPaths: ReadonlySet<string> = new Set(['/', '/awcm', '/hop'])

const webSocketProfile = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: limits.messageBytes,
  maxFragments: limits.fragments,
  maxBufferedChunks: limits.bufferedChunks,
  // Answered by us, at a rate.
  autoPong: false,
  closeTimeout: 1000,
}

export interface UpgradeOptions {
  readonly clock: Clock
  readonly counters: Counters
  readonly appointments: Appointments
  readonly isDraining: () => boolean
  /** A line to a stranger. `admit` lifts the limits that hold for strangers only. */
  readonly opened: (line: Line, from: string, socketKey: string, lift: () => void) => void
}

export function answerUpgrades(options: UpgradeOptions) {
  const { clock, counters } = options
  const sockets = new WebSocketServer(webSocketProfile)
  const turnAway = (socket: Duplex, code: number, reason: TurnedAwayReason, retryAfter?: number) => {
    counters.turnedAway[reason]++
    refuse(socket, code, retryAfter)
  }
  // ws answers a bad handshake by itself and in its own words; ours are the same for everything.
  sockets.on('wsClientError', (_error, socket) => turnAway(socket, 404, 'httpError'))
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    if (request.rawHeaders.length / 2 > maxHeaders) return turnAway(socket, 431, 'httpError')
    if (request.method !== 'GET' || !socketPaths.has(pathOf(request))) return turnAway(socket, 404, 'httpError')
    // A different time for each, or they would all be back together. A relay that drains is gone, or back, within seconds.
    if (options.isDraining()) return turnAway(socket, 503, 'draining', between(1, 5))
    const comeBackSeconds = options.appointments.ask(clock.monotonicMs())
    if (comeBackSeconds !== undefined) return turnAway(socket, 503, 'rate', comeBackSeconds)
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const raw = request.socket
      const lift = limitBytes(raw, counters)
      const from = 'encrypted' in raw ? networkOf(raw) : offloader
      options.opened(lineOver(ws), from, socketKey(raw), lift)
    })
  }
}

/** Cuts a socket that sends more than a stranger may, before ws has put a large frame together. */
function limitBytes(socket: Socket, counters: Counters): () => void {
  let seen = 0
  const count = (chunk: Buffer) => {
    seen += chunk.length
    if (seen <= limits.unprovenBytes || socket.destroyed) return
    counters.turnedAway.tooManyBytes++
    socket.destroy()
  }
  socket.prependListener('data', count)
  return () => void socket.off('data', count)
}

function refuse(socket: Duplex, code: number, retryAfter: number | undefined): void {
  const body = code === 404 ? 'not found\n' : `${STATUS_CODES[code] ?? ''}\n`
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${body.length}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    ...(retryAfter === undefined ? [] : [`retry-after: ${retryAfter}`]),
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
