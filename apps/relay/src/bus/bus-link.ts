/**
 * One connection between two nodes: messages with their length in front, inside TLS with the bus key.
 *
 * It is quiet for four seconds at most; then the other node is gone, whatever TCP says.
 *
 * @module
 */
import type { TLSSocket } from 'node:tls'
import type { Clock, Timer } from '@sallygate/base/clock'
import { every } from '@sallygate/base/clock'
import { decodeMessage, encodeMessage, largestMessage, type BusMessage } from './messages.ts'

const pingMs = 1000
const deadMs = 4000
/** What waits for a node that does not read. Cargo is refused long before; who lets this pile up is gone. */
const cargoBoundBytes = 16 * 1024 * 1024
const controlBoundBytes = 48 * 1024 * 1024

export interface BusLinkEvents {
  message(message: BusMessage): void
  /** Once. */
  closed(): void
}

export class BusLink {
  readonly #socket: TLSSocket
  readonly #clock: Clock
  readonly #events: BusLinkEvents
  readonly #beat: Timer
  #heardMs: number
  #parts: Buffer[] = []
  #held = 0
  #isCorked = false

  constructor(socket: TLSSocket, clock: Clock, events: BusLinkEvents) {
    this.#socket = socket
    this.#clock = clock
    this.#events = events
    this.#heardMs = clock.monotonicMs()
    socket.setNoDelay(true)
    socket.on('data', (part: Buffer) => this.#receive(part))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#beat.cancel()
      events.closed()
    })
    this.#beat = every(clock, pingMs, () => {
      if (clock.monotonicMs() - this.#heardMs > deadMs) socket.destroy()
      else this.send({ type: 'ping' })
    })
  }

  send(message: BusMessage): 'sent' | 'full' | 'away' {
    const socket = this.#socket
    if (socket.destroyed) return 'away'
    if (message.type === 'cargo' && socket.writableLength > cargoBoundBytes) return 'full'
    if (socket.writableLength > controlBoundBytes) {
      socket.destroy()
      return 'away'
    }
    const encoded = encodeMessage(message)
    const head = Buffer.alloc(4)
    head.writeUInt32BE(encoded.length)
    this.#cork()
    socket.write(head)
    socket.write(encoded)
    return 'sent'
  }

  close(): void {
    this.#socket.destroy()
  }

  /** What is said in one turn leaves in one write. */
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    setImmediate(() => {
      this.#isCorked = false
      this.#socket.uncork()
    })
  }

  #receive(part: Buffer): void {
    this.#heardMs = this.#clock.monotonicMs()
    this.#parts.push(part)
    this.#held += part.length
    for (let whole = this.#takeWhole(); whole !== undefined; whole = this.#takeWhole()) {
      let message: BusMessage
      try {
        message = decodeMessage(whole)
      } catch {
        // It has the key, and yet does not speak as we do: another version. Nothing it says can be trusted to be whole.
        this.#socket.destroy()
        return
      }
      if (message.type === 'ping') this.send({ type: 'pong' })
      else if (message.type !== 'pong') this.#events.message(message)
    }
  }

  #takeWhole(): Buffer | undefined {
    if (this.#held < 4 || this.#socket.destroyed) return undefined
    if ((this.#parts[0]?.length ?? 0) < 4) this.#join()
    const length = this.#parts[0]?.readUInt32BE(0) ?? 0
    if (length > largestMessage) {
      this.#socket.destroy()
      return undefined
    }
    if (this.#held < 4 + length) return undefined
    this.#join()
    const all = this.#parts[0] ?? Buffer.alloc(0)
    const rest = all.subarray(4 + length)
    this.#parts = rest.length === 0 ? [] : [rest]
    this.#held = rest.length
    return all.subarray(4, 4 + length)
  }

  #join(): void {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)]
  }
}
