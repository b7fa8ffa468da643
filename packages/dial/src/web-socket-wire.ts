/**
 * A wire over one WebSocket.
 *
 * The other end is not trusted with our memory: no compression, binary only, one
 * megabyte and sixteen fragments a message. Sends are corked until the end of the
 * turn, so that a burst is one write.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Clock, Timer } from '@sallygate/base/clock'
import { printable } from '@sallygate/base/printable'
import { limits } from '@sallygate/hop'
import { dialFailure, type DialFailure } from './failures.ts'
import { httpRefusal } from './http-refusal.ts'
import { hopTimeoutMs, openPath, type PathOptions } from './path.ts'
import { errorCode } from './system-errors.ts'
import { Rate } from './rate.ts'
import type { RelayTarget } from './relay-url.ts'
import type { OpenWire, Progress, Wire, WireEvents } from './wire.ts'

/** How long a goodbye may take before the connection is cut. */
const goodbyeMs = 1000

/** A full roster or an admission part with room to spare. The defaults of `ws` let 2 MB on the wire pin 100 MB here. */
const bounds = {
  maxPayload: limits.messageBytes,
  maxFragments: limits.fragments,
  maxBufferedChunks: limits.bufferedChunks,
  closeTimeout: goodbyeMs,
}

export function webSocketOpener(target: RelayTarget, options: PathOptions): OpenWire {
  return async (events, signal) => {
    const stream = await openPath(target, options, signal)
    return await upgrade(stream, target, options, events, signal)
  }
}

function upgrade(
  stream: Duplex,
  target: RelayTarget,
  options: PathOptions,
  events: WireEvents,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(target.url, {
      // Our own stream, so no agent and with it no proxy of the environment is ever asked.
      createConnection: () => stream as never,
      perMessageDeflate: false,
      followRedirects: false,
      // Answered below, at a rate.
      autoPong: false,
      ...bounds,
    })
    let isSettled = false
    const settle = (failure?: Error) => {
      if (isSettled) return
      isSettled = true
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
      if (failure === undefined) {
        // In this turn: the relay speaks first, and its first message may be in the same segment as the upgrade.
        events.opened(new WebSocketWire(socket, stream, events, options.clock))
        resolve()
        return
      }
      socket.terminate()
      stream.destroy()
      reject(failure)
    }
    const onAbort = () => settle(signal.reason as Error)
    const timeoutMs = options.timeoutMs ?? hopTimeoutMs
    const timer = options.clock.after(timeoutMs, () =>
      settle(
        dialFailure('SILENT', { details: { address: target.shown, waitedFor: 'HTTP answer', afterMs: timeoutMs } }),
      ),
    )
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('unexpected-response', (_request, response) => settle(refusal(response, target, options.clock)))
    socket.on('error', (cause) => settle(upgradeFailure(cause, target)))
    socket.on('open', () => settle())
    if (signal.aborted) onAbort()
  })
}

function refusal(response: IncomingMessage, target: RelayTarget, clock: Clock): DialFailure {
  response.destroy()
  const { statusCode: status = 0, headers } = response
  return httpRefusal({ status, headers }, `${target.shown}${target.url.pathname}`, clock)
}

function upgradeFailure(cause: Error, target: RelayTarget): DialFailure {
  const code = errorCode(cause)
  const options = { cause, details: { address: target.shown, reason: code } }
  // ws gives its own errors no code; they all say that the answer was no proper upgrade. HPE_… is Node's HTTP parser.
  const isNoUpgrade = (cause as NodeJS.ErrnoException).code === undefined || code.startsWith('HPE_')
  return dialFailure(isNoUpgrade ? 'NOT_A_RELAY' : 'CUT', options)
}

class WebSocketWire implements Wire {
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #events: WireEvents
  readonly #clock: Clock
  readonly #controls: Rate
  #sentBytes = 0
  #isCorked = false
  #goodbye: Timer | undefined
  #failure: DialFailure | undefined

  constructor(socket: WebSocket, stream: Duplex, events: WireEvents, clock: Clock) {
    this.#socket = socket
    this.#stream = stream
    this.#events = events
    this.#clock = clock
    this.#controls = new Rate(clock, limits.pongsPerSecond, 10 * limits.pongsPerSecond)
    socket.removeAllListeners('error')
    socket.on('message', (message, isBinary) => this.#receive(message as Buffer, isBinary))
    socket.on('ping', (data) => this.#answerControl(data))
    socket.on('pong', () => this.#answerControl())
    socket.on('error', (cause) => this.#fail(receiveFailure(cause)))
    socket.on('close', (code, reason) => this.#close(code, reason))
  }

  send(message: Uint8Array, written?: (error?: Error | null) => void): void {
    this.#cork()
    this.#sentBytes += message.length
    this.#socket.send(message, { binary: true }, written)
  }

  progress(): Progress {
    const { bytesRead } = this.#stream as { bytesRead?: number }
    const bufferedBytes = this.#socket.bufferedAmount
    return { readBytes: bytesRead ?? 0, writtenBytes: this.#sentBytes - bufferedBytes, bufferedBytes }
  }

  end(): void {
    if (this.#goodbye !== undefined || this.#socket.readyState === WebSocket.CLOSED) return
    this.#goodbye = this.#clock.after(goodbyeMs, () => this.cut())
    this.#uncork()
    this.#socket.close(1000)
  }

  cut(): void {
    this.#socket.terminate()
    this.#stream.destroy()
  }

  #receive(message: Buffer, isBinary: boolean): void {
    if (this.#failure !== undefined) return
    if (isBinary) this.#events.message(message)
    else this.#fail(dialFailure('PROTOCOL', { details: { reason: 'text message' } }))
  }

  /** Proxies may ping. Nobody needs to more often than this, and an unasked pong is as good as a ping. */
  #answerControl(ping?: Buffer): void {
    if (!this.#controls.take()) this.#fail(dialFailure('PROTOCOL', { details: { reason: 'control frame flood' } }))
    else if (ping !== undefined) this.#socket.pong(ping)
  }

  #fail(failure: DialFailure): void {
    this.#failure ??= failure
    this.cut()
  }

  #close(code: number, reason: Buffer): void {
    this.#goodbye?.cancel()
    const said = printable(reason.toString('utf8')).slice(0, 100)
    const details = { closeCode: code, ...(said === '' ? {} : { reason: said }) }
    this.#events.closed(this.#failure ?? dialFailure('LOST', { details }))
  }

  // One write per turn instead of one per frame: five times the messages a second (libraries note, section 8).
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#stream.cork()
    setImmediate(() => this.#uncork())
  }

  #uncork(): void {
    if (!this.#isCorked) return
    this.#isCorked = false
    this.#stream.uncork()
  }
}

function receiveFailure(cause: Error): DialFailure {
  return dialFailure('PROTOCOL', { cause, details: { reason: errorCode(cause) } })
}
