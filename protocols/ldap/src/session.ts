/**
 * A session: one LDAP conversation over a stream that somebody else opened.
 *
 * One request at a time. Whatever answers nothing we asked ends the session, and so
 * do a bound that is exceeded and a signal that aborts: a connection on which one
 * answer was lost is of no use for the next. It never opens, reopens or follows anything.
 *
 * @module
 */
import type { Duplex } from 'node:stream'
import { Failure } from '@sallygate/base/failure'
import { utf8 } from './ber.ts'
import { readPage, type Control, type Page } from './controls.ts'
import { ldapFailure } from './failures.ts'
import { MessageFramer } from './framer.ts'
import { decodeCutEntry, decodeMessage } from './message-decoder.ts'
import { encodeMessage } from './message-encoder.ts'
import {
  extendedOids,
  maxMessageId,
  type LdapMessage,
  type LdapOperation,
  type LdapResult,
  type SearchEntry,
  type SearchRequest,
} from './message.ts'

export interface Answer {
  readonly result: LdapResult
  readonly controls: readonly Control[]
}

export interface SaslAnswer extends Answer {
  readonly serverCredentials: Uint8Array | undefined
}

export interface SearchAnswer extends Answer {
  readonly page: Page | undefined
  /** How many continuation references came. Whether one is followed is not decided here. */
  readonly references: number
  readonly bytes: number
}

export interface SearchBounds {
  readonly maxEntries: number
  readonly maxBytes: number
}

/** In one answer. More of them are no accident. */
const maxPassedOver = 100

/** More of these than entries asked for is not a directory with many partitions, it is a flood. */
const maxReferences = 1000

interface Pending {
  readonly id: number
  /** @returns true when this message ends the answer. */
  take(message: LdapMessage, bytes: number): boolean
  settle(failure?: unknown): void
}

export class LdapSession {
  readonly #stream: Duplex
  readonly #framer: MessageFramer
  #lastId = 0
  #pending: Pending | undefined
  #failure: unknown

  constructor(stream: Duplex, bounds: { readonly maxMessageBytes: number }) {
    this.#stream = stream
    this.#framer = new MessageFramer(bounds.maxMessageBytes)
    stream.on('data', this.#onData)
    stream.on('error', this.#onError)
    stream.on('close', this.#onClose)
    stream.on('end', this.#onClose)
  }

  /** Why this session is of no more use; `undefined` while it is. */
  get failure(): unknown {
    return this.#failure
  }

  get isBusy(): boolean {
    return this.#pending !== undefined
  }

  async bind(name: string, password: string, controls: readonly Control[], signal: AbortSignal): Promise<Answer> {
    // RFC 4513 5.1.2: a name with an empty password is no proof of anything, and servers accept it.
    if (password === '' && name !== '') throw new Error('an empty password must be refused before it gets here')
    const credentials = { kind: 'simple', password: utf8(password) } as const
    return this.#ask({ kind: 'bindRequest', version: 3, name, credentials }, controls, signal, (message) =>
      message.operation.kind === 'bindResponse' ? message.operation.result : undefined,
    )
  }

  /** One step of a SASL bind (RFC 4511 4.2.1). A result of `saslBindInProgress` asks for another one. */
  async saslStep(mechanism: string, data: Uint8Array | undefined, signal: AbortSignal): Promise<SaslAnswer> {
    const credentials = { kind: 'sasl', mechanism, ...(data === undefined ? {} : { data }) } as const
    let serverCredentials: Uint8Array | undefined
    const answer = await this.#ask(
      { kind: 'bindRequest', version: 3, name: '', credentials },
      [],
      signal,
      ({ operation }) => {
        if (operation.kind !== 'bindResponse') return undefined
        serverCredentials = operation.serverCredentials
        return operation.result
      },
    )
    return { ...answer, serverCredentials }
  }

  async extended(oid: string, signal: AbortSignal): Promise<Answer> {
    return this.#ask({ kind: 'extendedRequest', oid }, [], signal, (message) =>
      message.operation.kind === 'extendedResponse' ? message.operation.result : undefined,
    )
  }

  /**
   * Hands each entry to `onEntry` as it comes. What it has been given stays good when the search fails later.
   *
   * @param onTooLarge Gets the name of an entry that is larger than a message may be, and the search goes on. Where it is
   * absent such an entry is LDAP_TOO_LARGE.
   */
  async search(
    request: SearchRequest,
    controls: readonly Control[],
    bounds: SearchBounds,
    signal: AbortSignal,
    onEntry: (entry: SearchEntry) => void,
    onReference: (uris: readonly string[]) => void = () => {},
    onTooLarge?: (dn: string) => void,
  ): Promise<SearchAnswer> {
    this.#framer.passOver = onTooLarge === undefined ? undefined : this.#onCut
    let passedOver = 0
    let entries = 0
    let references = 0
    let bytes = 0
    const answer = await this.#ask({ kind: 'searchRequest', ...request }, controls, signal, (message, length) => {
      const { operation } = message
      if (operation.kind === 'searchEntry' && operation.isTooLarge === true) {
        if (onTooLarge === undefined || ++passedOver > maxPassedOver) throw tooManyElements()
        onTooLarge(operation.dn)
        return 'more'
      }
      bytes += length
      if (bytes > bounds.maxBytes) {
        throw ldapFailure('TOO_LARGE', { details: { of: 'answer', limit: bounds.maxBytes } })
      }
      if (operation.kind === 'searchDone') return operation.result
      if (operation.kind === 'searchEntry') {
        if (++entries > bounds.maxEntries) {
          throw ldapFailure('TOO_MANY_ENTRIES', { details: { limit: bounds.maxEntries } })
        }
        onEntry(operation)
        return 'more'
      }
      if (operation.kind === 'searchReference') {
        references += operation.uris.length
        if (references > maxReferences) {
          throw ldapFailure('TOO_MANY_ENTRIES', { details: { limit: maxReferences, of: 'references' } })
        }
        onReference(operation.uris)
        return 'more'
      }
      return operation.kind === 'intermediateResponse' ? 'more' : undefined
    })
    return { ...answer, page: readPage(answer.controls), references, bytes }
  }

  /**
   * Gives the stream back for TLS to take over.
   *
   * @throws LDAP_OUT_OF_ORDER when bytes came in behind the answer: whoever sits on the
   * line could have put them there to be read as if they had been encrypted.
   */
  detach(): Duplex {
    if (this.#failure !== undefined) throw this.#failure
    const left = this.#framer.heldBytes
    this.#letGo()
    this.#failure = ldapFailure('CLOSED')
    if (left > 0) {
      this.#stream.destroy()
      throw ldapFailure('OUT_OF_ORDER', { details: { why: 'unencrypted bytes after the answer to StartTLS' } })
    }
    return this.#stream
  }

  /** Says goodbye where it can, and lets go. Safe to call twice. */
  close(): void {
    if (this.#failure !== undefined) return
    const unbind = encodeMessage({ id: this.#nextId(), operation: { kind: 'unbindRequest' }, controls: [] })
    this.#pending?.settle(ldapFailure('CLOSED'))
    this.#pending = undefined
    this.#failure = ldapFailure('CLOSED')
    this.#letGo()
    this.#stream.on('error', () => this.#stream.destroy())
    this.#stream.end(unbind, () => this.#stream.destroy())
  }

  /** Ends the session without a word. */
  destroy(reason: unknown): void {
    this.#fail(reason)
  }

  #ask(
    operation: LdapOperation,
    controls: readonly Control[],
    signal: AbortSignal,
    read: (message: LdapMessage, bytes: number) => LdapResult | 'more' | undefined,
  ): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#pending !== undefined) return Promise.reject(new Error('one request at a time'))
    if (signal.aborted) return Promise.reject(signal.reason)
    const id = this.#nextId()
    // Encoded first: what cannot be encoded must not leave a request pending.
    const bytes = encodeMessage({ id, operation, controls })
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#fail(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      let answer: Answer | undefined
      this.#pending = {
        id,
        take(message, length) {
          const result = read(message, length)
          if (result === undefined) {
            throw ldapFailure('OUT_OF_ORDER', { details: { why: `${message.operation.kind} answers another request` } })
          }
          if (result === 'more') return false
          answer = { result, controls: message.controls }
          return true
        },
        settle(failure) {
          signal.removeEventListener('abort', onAbort)
          if (answer === undefined) reject(failure)
          else resolve(answer)
        },
      }
      this.#stream.write(bytes)
    })
  }

  readonly #onData = (chunk: Buffer) => {
    try {
      for (const bytes of this.#framer.push(chunk)) {
        this.#onMessage(decodeMessage(bytes), bytes.length)
        if (this.#failure !== undefined) return
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  readonly #onCut = (head: Buffer) => {
    const message = decodeCutEntry(head)
    if (message === undefined) throw ldapFailure('TOO_LARGE', { details: { of: 'message' } })
    this.#onMessage(message, head.length)
  }

  #onMessage(message: LdapMessage, bytes: number): void {
    const { operation } = message
    if (message.id === 0 && operation.kind === 'extendedResponse') {
      const isNotice = operation.oid === extendedOids.noticeOfDisconnection
      this.#fail(ldapFailure('CLOSED', { details: { notice: isNotice, resultCode: operation.result.code } }))
      return
    }
    const pending = this.#pending
    if (pending === undefined || pending.id !== message.id) {
      throw ldapFailure('OUT_OF_ORDER', { details: { why: 'a message id we are not waiting for' } })
    }
    if (!pending.take(message, bytes)) return
    this.#pending = undefined
    pending.settle()
  }

  readonly #onError = (cause: Error) => this.#fail(ldapFailure('CLOSED', { cause, details: { why: codeOf(cause) } }))
  readonly #onClose = () => this.#fail(ldapFailure('CLOSED'))

  #fail(reason: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = reason instanceof Failure ? reason : (reason ?? ldapFailure('CLOSED'))
    this.#letGo()
    // A reset that arrives while we let go is nobody's concern any more.
    this.#stream.on('error', () => {})
    this.#stream.destroy()
    const pending = this.#pending
    this.#pending = undefined
    pending?.settle(this.#failure)
  }

  #letGo(): void {
    this.#stream.off('data', this.#onData)
    this.#stream.off('error', this.#onError)
    this.#stream.off('close', this.#onClose)
    this.#stream.off('end', this.#onClose)
  }

  #nextId(): number {
    this.#lastId = this.#lastId === maxMessageId ? 1 : this.#lastId + 1
    return this.#lastId
  }
}

const tooManyElements = () => ldapFailure('TOO_LARGE', { details: { of: 'elements in one message' } })

const codeOf = (error: Error) => (error as NodeJS.ErrnoException).code ?? error.name
