/**
 * A link over TCP, with TLS or without: frames out, nothing in.
 *
 * TCP tells nobody that the other program has read. But a program that sees our end has read
 * everything before it, and ends its own side: that is the only receipt there is (RFC 5425 and
 * 6587 have none). An end or an error that comes first means that nothing is certain.
 *
 * @module
 */
import type { Socket } from 'node:net'
import { codeOf, handshakeProblem, type Secured } from '@sallygate/agent-kit'
import { frame, type Framing } from '@sallygate/protocol-syslog'
import { syslogFailure } from '../contract.ts'
import type { Link } from './link.ts'
import { failures } from './tls.ts'

export class StreamLink implements Link {
  readonly tls?: Secured
  readonly #socket: Socket
  readonly #framing: Framing
  readonly #label: string
  #failure: Error | undefined
  #isEnding = false
  #hasEnded = false

  constructor(socket: Socket, framing: Framing, label: string, tls?: Secured) {
    this.#socket = socket
    this.#framing = framing
    this.#label = label
    if (tls !== undefined) this.tls = tls
    // A collector has nothing to say. What it says all the same is read and forgotten: its end comes behind it.
    socket.on('data', () => {})
    socket.on('error', (error) => this.#broken(error))
    socket.on('end', () => {
      if (this.#isEnding) this.#hasEnded = true
      else this.#broken(Object.assign(new Error('ended'), { code: 'closed by the collector' }))
    })
    socket.on('close', () => {
      if (!this.#hasEnded) this.#broken(Object.assign(new Error('closed'), { code: 'closed' }))
    })
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  write(lines: readonly string[], signal: AbortSignal): Promise<number> {
    const bytes = Buffer.concat(lines.map((line) => frame(line, this.#framing)))
    return this.#until(signal, (done) => {
      if (bytes.length === 0) return done(0)
      this.#socket.write(bytes, (error) => {
        if (error === null || error === undefined) done(bytes.length)
      })
    })
  }

  end(signal: AbortSignal): Promise<true> {
    return this.#until(signal, (done) => {
      this.#isEnding = true
      this.#socket.once('close', (hadError) => {
        if (!hadError && this.#hasEnded && this.#failure === undefined) done(true)
      })
      this.#socket.end()
    })
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** The link ends first, or the time is over, or `act` says that it is done. */
  #until<T>(signal: AbortSignal, act: (done: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const clear = () => {
        signal.removeEventListener('abort', onAbort)
        this.#socket.off('close', onClose)
      }
      const onAbort = () => {
        clear()
        this.#socket.destroy()
        reject(signal.reason)
      }
      const onClose = () => {
        clear()
        // After whatever else waits for the close: that may know that all is well.
        setImmediate(() => reject(this.#failure ?? this.#lost('closed')))
      }
      if (this.#failure !== undefined) return reject(this.#failure)
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      this.#socket.once('close', onClose)
      return act((value) => {
        clear()
        resolve(value)
      })
    })
  }

  #broken(error: Error): void {
    if (this.tls !== undefined && /ALERT/.test(codeOf(error)))
      this.#failure ??= failures.tlsFailure(handshakeProblem(error, this.#label))
    this.#failure ??= this.#lost(codeOf(error), error)
    this.#socket.destroy()
  }

  #lost(reason: string, cause?: Error) {
    return syslogFailure('CONNECTION_LOST', {
      ...(cause === undefined ? {} : { cause }),
      details: { collector: this.#label, reason },
    })
  }
}
