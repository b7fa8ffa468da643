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
import type { Failure } from '@sallygate/base/failure'
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
  #contradiction: Failure | undefined
  #lastChunk: number | undefined

  constructor(pending: PendingReply, senders: Senders, options: { readonly maxBytes?: number } = {}) {
    this.#pending = pending
    this.#senders = senders
    this.#maxBytes = options.maxBytes ?? MAX_REPLY
  }

  /**
   * Takes one cargo. A failure to open changes nothing: the genuine chunk may
   * still come. A contradiction in what the connector signed ends the reply.
   *
   * @throws ENVELOPE_CANNOT_OPEN, REPLY_MISMATCH, REPLY_CONFLICT, REPLY_TOO_LARGE.
   */
  take(cargo: Bytes): ReplyProgress {
    const reply = openReplyChunk(cargo, this.#pending, this.#senders)
    if (this.#contradiction !== undefined) throw this.#contradiction
    const held = this.#chunks.get(reply.chunk)
    this.#contradiction = held === undefined ? this.#contradictionOf(reply) : contradictionWith(held, reply)
    if (this.#contradiction !== undefined) throw this.#contradiction
    if (held !== undefined) return { kind: 'duplicate' }
    this.#chunks.set(reply.chunk, { ...reply, payload: Buffer.from(reply.payload) })
    this.#bytes += reply.payload.length
    if (reply.isLast) this.#lastChunk = reply.chunk
    if (this.#lastChunk !== undefined && this.#chunks.size === this.#lastChunk + 1) return this.#complete()
    if (reply.outcome === 'accepted') return { kind: 'accepted', journalPosition: reply.journalPosition }
    return { kind: 'waiting' }
  }

  #contradictionOf(reply: ReplyStatement): Failure | undefined {
    const last = this.#lastChunk
    if (reply.chunk >= MAX_CHUNKS) return tooLarge(MAX_CHUNKS, 'chunks')
    if (this.#bytes + reply.payload.length > this.#maxBytes) return tooLarge(this.#maxBytes, 'bytes')
    if (last !== undefined && reply.chunk > last) return conflict('a chunk after the last')
    if (reply.isLast && this.#chunks.keys().some((chunk) => chunk > reply.chunk))
      return conflict('a chunk after the last')
    if (reply.outcome === 'accepted')
      return reply.isLast || reply.payload.length > 0 ? conflict('accepted with a result') : undefined
    const results = this.#chunks.values().filter(({ outcome }) => outcome !== 'accepted')
    return results.some(({ outcome }) => outcome !== reply.outcome) ? conflict('two outcomes') : undefined
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
function contradictionWith(held: ReplyStatement, reply: ReplyStatement): Failure | undefined {
  const isSame =
    held.isLast === reply.isLast && held.outcome === reply.outcome && equalBytes(held.payload, reply.payload)
  return isSame ? undefined : conflict('two chunks with one number')
}

function conflict(contradiction: string) {
  return envelopeFailure('REPLY_CONFLICT', { details: { contradiction } })
}

function tooLarge(limit: number, of: string) {
  return envelopeFailure('REPLY_TOO_LARGE', { details: { limit, of } })
}
