/**
 * A link over UDP (RFC 5426): a datagram a message, and no word of what becomes of it.
 *
 * The one thing that can be heard is that nothing listens there (ICMP port unreachable): the
 * system tells it to a connected socket, a moment after the datagram it is about.
 *
 * @module
 */
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { codeOf } from '@sallygate/agent-kit'
import type { Target } from '@sallygate/service-kit'
import { syslogFailure } from '../contract.ts'
import type { Link } from './link.ts'

/** A receiver's usual buffer holds some hundred short messages; a pause lets it read. */
const togetherMessages = 16
const refusalMs = 30

export async function connectUdp(target: Target, label: string, signal: AbortSignal): Promise<Link> {
  signal.throwIfAborted()
  const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4')
  const link = new DatagramLink(socket, label)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      socket.close()
      const address = `${target.address}:${target.port}`
      reject(syslogFailure('UNREACHABLE', { cause, details: { address, reason: codeOf(cause) } }))
    })
    socket.connect(target.port, target.address, resolve)
  })
  link.watch()
  return link
}

class DatagramLink implements Link {
  readonly #socket: Socket
  readonly #label: string
  #failure: Error | undefined
  #isOpen = true

  constructor(socket: Socket, label: string) {
    this.#socket = socket
    this.#label = label
  }

  watch(): void {
    this.#socket.removeAllListeners('error')
    this.#socket.on('error', (error) => this.#broken(error))
    this.#socket.unref()
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  async write(lines: readonly string[], signal: AbortSignal): Promise<number> {
    let bytes = 0
    for (const [at, line] of lines.entries()) {
      if (at % togetherMessages === togetherMessages - 1) await nextTurn()
      signal.throwIfAborted()
      if (this.#failure !== undefined) throw this.#failure
      const datagram = Buffer.from(line, 'utf8')
      await this.#send(datagram)
      bytes += datagram.length
    }
    await new Promise((resolve) => setTimeout(resolve, refusalMs))
    if (this.#failure !== undefined) throw this.#failure
    return bytes
  }

  end(): Promise<undefined> {
    this.destroy()
    return Promise.resolve(undefined)
  }

  destroy(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#socket.close()
  }

  #send(datagram: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(datagram, (error) => {
        if (error === null) return resolve()
        this.#broken(error)
        return reject(this.#failure ?? error)
      })
    })
  }

  #broken(error: Error): void {
    const key = codeOf(error) === 'ECONNREFUSED' ? 'REFUSED_DATAGRAMS' : 'UNREACHABLE'
    this.#failure ??= syslogFailure(key, { cause: error, details: { collector: this.#label, reason: codeOf(error) } })
    this.destroy()
  }
}
