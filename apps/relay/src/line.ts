/**
 * A line: one WebSocket, with sends that leave together.
 *
 * Everything sent in one turn of the event loop goes out in one write: measured, that
 * is four times the frames per second. It needs ws's private `_socket`; no other file
 * touches it, and a test fails when it goes away.
 *
 * @module
 */
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** What a line tells whoever holds it. */
export interface LineEvents {
  /** A whole binary message. */
  frame(bytes: Buffer): void
  /** A control ping of the WebSocket itself, perhaps from a proxy. */
  controlPing(): void
  /** The far side broke the WebSocket protocol, or sent text. The line closes by itself. */
  broken(code: string): void
  closed(): void
}

export interface Line {
  send(frame: Uint8Array, written?: (error?: Error | null) => void): void
  controlPong(): void
  /** Bytes handed over and not yet taken by the network. */
  readonly waitingBytes: number
  /** Where the line is bound to the proof, what the challenge has to ask for. */
  readonly nonce?: Buffer
  listen(events: LineEvents): void
  /** Says goodbye, and does not wait long for the answer. */
  close(code: number): void
  /** Ends it now, without a word. */
  cut(): void
}

const corked = new Set<Duplex>()

function flush(): void {
  for (const socket of corked) socket.uncork()
  corked.clear()
}

/** The socket under a WebSocket. */
export function innerSocket(ws: WebSocket): Duplex | undefined {
  return (ws as unknown as { readonly _socket?: Duplex | null })._socket ?? undefined
}

function cork(ws: WebSocket): void {
  const socket = innerSocket(ws)
  if (socket === undefined || corked.has(socket)) return
  socket.cork()
  if (corked.size === 0) setImmediate(flush)
  corked.add(socket)
}

const nobody: LineEvents = { frame() {}, controlPing() {}, broken() {}, closed() {} }

export function lineOver(ws: WebSocket): Line {
  let events = nobody
  ws.on('message', (data, isBinary) => {
    if (isBinary) events.frame(data as Buffer)
    else {
      // First, or whoever hears of it would close with a code of its own.
      ws.close(1003)
      events.broken('TEXT_FRAME')
    }
  })
  ws.on('ping', () => events.controlPing())
  ws.on('error', (error: NodeJS.ErrnoException) => events.broken(error.code ?? error.name))
  ws.on('close', () => events.closed())
  return {
    send(frame, written) {
      if (ws.readyState !== ws.OPEN) return
      cork(ws)
      ws.send(frame, { binary: true, compress: false }, written)
    },
    controlPong() {
      if (ws.readyState === ws.OPEN) ws.pong()
    },
    get waitingBytes() {
      return ws.bufferedAmount
    },
    listen(next) {
      events = next
    },
    close: (code) => ws.close(code),
    cut: () => ws.terminate(),
  }
}
