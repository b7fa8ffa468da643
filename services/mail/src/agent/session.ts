/**
 * One SMTP conversation over a stream: a command goes, a reply comes.
 *
 * Never pipelined, so that a reply can only belong to the command before it: what comes
 * unasked ends the conversation. Knows what was written and what was answered, which is all
 * that tells *not handed over* from *unknown*.
 *
 * @module
 */
import type { Socket } from 'node:net'
import { codeOf } from '@sallygate/agent-kit'
import { mailFailure } from '../contract.ts'
import { ReplyReader, violation, type Reply } from './reply-reader.ts'

export class SmtpSession {
  readonly #socket: Socket
  readonly #reader = new ReplyReader()
  #failure: Error | undefined
  #wake: (() => void) | undefined
  readonly #onData = (chunk: Buffer) => this.#receive(chunk)
  readonly #onError = (error: Error) => this.#fail(lost(codeOf(error), error))
  readonly #onEnd = () => this.#fail(lost('closed by the server'))

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', this.#onData)
    socket.on('error', this.#onError)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onEnd)
  }

  /** Why it is over; `undefined` while it is not. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** The next reply, of a greeting or of what was written. @throws MAIL_CONNECTION_LOST, MAIL_PROTOCOL_VIOLATION, the signal's reason. */
  async reply(signal: AbortSignal): Promise<Reply> {
    for (;;) {
      const reply = this.#reader.take()
      if (reply !== undefined) return reply
      if (this.#failure !== undefined) throw this.#failure
      await this.#change(signal)
    }
  }

  /** @throws as `reply`, and MAIL_SERVER_BUSY where the server said good-bye before it was asked. */
  async command(line: string, signal: AbortSignal): Promise<Reply> {
    // Everything that goes into a command was checked when it came in; this is the last look before the wire.
    if (/[\r\n\0]/.test(line)) throw new Error('a command of more than one line')
    this.#requireQuiet()
    await this.write(Buffer.from(`${line}\r\n`, 'utf8'), signal)
    return this.reply(signal)
  }

  /** Resolves when the system has taken it all. */
  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#failure !== undefined) throw this.#failure
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = () => {
      this.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#socket.write(bytes, (error) =>
        error == null ? resolve() : reject(this.#failure ?? lost(codeOf(error), error)),
      )
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** What has come before anybody asked; a server that refuses a message in the middle says so and goes. */
  early(): Reply | undefined {
    return this.#reader.take()
  }

  /** @throws MAIL_SERVER_BUSY, MAIL_PROTOCOL_VIOLATION. */
  #requireQuiet(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (!this.#reader.hasMore) return
    const reply = this.#reader.take()
    // RFC 5321 3.8: 421 may come at any time.
    if (reply?.code === 421) throw mailFailure('SERVER_BUSY', { details: { reply: reply.code, said: reply.text } })
    throw violation('a reply that nobody asked for')
  }

  /**
   * Gives the stream away, for TLS. What came after the answer to STARTTLS and before the handshake was written by
   * somebody who does not have the key (RFC 3207 6; "NO STARTTLS", 2021).
   *
   * @throws MAIL_STARTTLS_INJECTED.
   */
  detach(): Socket {
    const isInjected = this.#reader.hasMore || this.#socket.readableLength > 0
    this.#letGo()
    if (!isInjected) return this.#socket
    this.#socket.on('error', () => {})
    this.#socket.destroy()
    throw mailFailure('STARTTLS_INJECTED')
  }

  /** Says good-bye without waiting for an answer. */
  close(): void {
    if (this.#failure !== undefined || this.#socket.destroyed) return this.destroy()
    this.#socket.end('QUIT\r\n')
    // A server that never closes its side must not keep ours.
    this.#socket.setTimeout(2000, () => this.#socket.destroy())
  }

  destroy(): void {
    this.#fail(lost('closed by us'))
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== undefined) return
    try {
      this.#reader.push(chunk)
      this.#wake?.()
    } catch (error) {
      this.#fail(error as Error)
      this.#socket.destroy()
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake?.()
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (end: () => void) => {
        this.#wake = undefined
        signal.removeEventListener('abort', onAbort)
        end()
      }
      const onAbort = () => {
        finish(() => reject(signal.reason))
        this.destroy()
      }
      if (signal.aborted) return onAbort()
      this.#wake = () => finish(resolve)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  #letGo(): void {
    this.#socket.off('data', this.#onData)
    this.#socket.off('error', this.#onError)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#onEnd)
  }
}

const lost = (reason: string, cause?: unknown) =>
  mailFailure('CONNECTION_LOST', { ...(cause === undefined ? {} : { cause }), details: { reason } })
