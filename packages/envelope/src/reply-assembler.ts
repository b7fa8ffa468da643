/**
 * The assembler: puts the chunks of one reply together, in whatever order and
 * number the pipe delivers them.
 *
 * It keeps what arrived early, within the bound the caller gave. Waiting and
 * giving up are the caller's; an assembler knows no time.
 *
 * @module
 */
import { concat, equalBytes, type Bytes } from '@sallygate/base/bytes'
import { envelopeFailure } from './failures.ts'
import type { Outcome } from './fields.ts'
import { MAX_CHUNKS, MAX_REPLY } from './limits.ts'
import type { ReplyStatement } from './reply-layout.ts'
import { openReplyChunk } from './reply.ts'
import type { PendingReply } from './request.ts'
import type { Senders } from './signed-body.ts'

export interface CompleteReply {
  readonly kind: 'complete'
  readonly outcome: Exclude<Outcome, 'accepted'>
  readonly payload: Buffer
  readonly journalPosition: number | undefined
  readonly issuedAt: Date
}

export type ReplyProgress =
  | CompleteReply
  /** The connector has begun. More will come. */
  | { readonly kind: 'accepted'; readonly journalPosition: number | undefined }
  /** Chunks are missing; how many is known only once the last one is here. */
  | { readonly kind: 'waiting' }
  /** This chunk was here already. */
  | { readonly kind: 'duplicate' }

export class ReplyAssembler {
  readonly #pending: PendingReply
  readonly #senders: Senders
  readonly #maxBytes: number
  readonly #chunks = new Map<number, ReplyStatement>()
  #bytes = 0
  #lastChunk: number | undefined

  constructor(pending: PendingReply, senders: Senders, options: { readonly maxBytes?: number } = {}) {
    this.#pending = pending
    this.#senders = senders
    this.#maxBytes = options.maxBytes ?? MAX_REPLY
  }

  /**
   * Takes one cargo. A failure to open changes nothing: the genuine chunk may
   * still come.
   *
   * @throws ENVELOPE_CANNOT_OPEN, REPLY_MISMATCH, REPLY_CONFLICT, REPLY_TOO_LARGE.
   */
  take(cargo: Bytes): ReplyProgress {
    const reply = openReplyChunk(cargo, this.#pending, this.#senders)
    const held = this.#chunks.get(reply.chunk)
    if (held !== undefined) {
      if (!isSameChunk(held, reply)) throw conflict('two chunks with one number')
      return { kind: 'duplicate' }
    }
    this.#check(reply)
    this.#chunks.set(reply.chunk, { ...reply, payload: Buffer.from(reply.payload) })
    this.#bytes += reply.payload.length
    if (reply.isLast) this.#lastChunk = reply.chunk
    if (this.#lastChunk !== undefined && this.#chunks.size === this.#lastChunk + 1) return this.#complete()
    if (reply.outcome === 'accepted') return { kind: 'accepted', journalPosition: reply.journalPosition }
    return { kind: 'waiting' }
  }

  #check(reply: ReplyStatement): void {
    if (reply.chunk >= MAX_CHUNKS) throw tooLarge(MAX_CHUNKS, 'chunks')
    if (this.#bytes + reply.payload.length > this.#maxBytes) throw tooLarge(this.#maxBytes, 'bytes')
    if (this.#lastChunk !== undefined && reply.chunk > this.#lastChunk) throw conflict('a chunk after the last')
    if (reply.isLast && this.#chunks.keys().some((chunk) => chunk > reply.chunk))
      throw conflict('a chunk after the last')
    if (reply.isLast && this.#lastChunk !== undefined) throw conflict('two last chunks')
    if (reply.outcome === 'accepted' && (reply.isLast || reply.payload.length > 0))
      throw conflict('accepted with a result')
    const others = this.#chunks.values().filter(({ outcome }) => outcome !== 'accepted')
    if (reply.outcome !== 'accepted' && others.some(({ outcome }) => outcome !== reply.outcome))
      throw conflict('two outcomes')
  }

  #complete(): CompleteReply {
    const chunks = [...this.#chunks.values()].toSorted((a, b) => a.chunk - b.chunk)
    const last = chunks.at(-1)
    if (last === undefined || last.outcome === 'accepted') throw new Error('a complete reply ends with its outcome')
    return {
      kind: 'complete',
      outcome: last.outcome,
      payload: concat(...chunks.map(({ payload }) => payload)),
      journalPosition: last.journalPosition,
      issuedAt: last.issuedAt,
    }
  }
}

/** Salts differ between two sealings of one chunk, so what was said is compared and not the cargo. */
function isSameChunk(a: ReplyStatement, b: ReplyStatement): boolean {
  return a.isLast === b.isLast && a.outcome === b.outcome && equalBytes(a.payload, b.payload)
}

function conflict(contradiction: string) {
  return envelopeFailure('REPLY_CONFLICT', { details: { contradiction } })
}

function tooLarge(limit: number, of: string) {
  return envelopeFailure('REPLY_TOO_LARGE', { details: { limit, of } })
}
