/**
 * Replies: signed chunks under a key that came from the request.
 *
 * Chunks are numbered over the life of a request: an early `accepted` is chunk
 * zero, the result follows in the next numbers. Putting them together is the
 * assembler's work.
 *
 * @module
 */
import { concat, randomBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { cannotOpen, envelopeFailure, orCannotOpen } from './failures.ts'
import { kinds, oppositeOf, type EndpointId, type Outcome } from './fields.ts'
import {
  BUCKETS,
  MAX_CHUNK_PAYLOAD,
  MAX_CHUNKS,
  PROTOCOL_VERSION,
  SMALLEST_PART,
  SMALLEST_PART_OF_MUCH,
  SUITE,
} from './limits.ts'
import { openWithReplyKey, sealWithReplyKey } from './reply-key.ts'
import {
  REPLY_HEADER_LENGTH,
  REPLY_OVERHEAD,
  replyHeader,
  replyStatement,
  type ReplyStatement,
} from './reply-layout.ts'
import type { OpenedRequest, PendingReply } from './request.ts'
import type { BatchSigner } from './batch-signer.ts'
import { closeBody, openBody, signAlone, type Seal, type Senders, type Signer } from './signed-body.ts'

const cargoLengths = new Set(BUCKETS.map((bucket) => bucket + REPLY_OVERHEAD))

/** Who answers. */
export interface Answerer {
  readonly endpoint: EndpointId
  readonly signer: Signer
  /** The same signer, for replies that may wait for the end of this turn. */
  readonly batch?: BatchSigner
  readonly clock: Clock
}

/** Writes the reply to one request. Nothing follows `finish`. */
export class ReplyWriter {
  readonly #opened: OpenedRequest
  readonly #answerer: Answerer
  #nextChunk = 0
  #isFinished = false

  constructor(opened: OpenedRequest, answerer: Answerer) {
    this.#opened = opened
    this.#answerer = answerer
  }

  /** Says that the work has begun; sent before class N acts. */
  accepted(journalPosition?: number): Buffer {
    return this.#alone({ outcome: 'accepted', isLast: false, payload: Buffer.alloc(0), journalPosition })
  }

  /** @returns the cargos in order; the pipe may deliver them in any. @throws ENVELOPE_TOO_LARGE. */
  finish(outcome: Exclude<Outcome, 'accepted'>, payload: Bytes, journalPosition?: number): Buffer[] {
    return this.#parts(outcome, payload, journalPosition).map((part) => this.#alone(part))
  }

  /**
   * As `finish`, one cargo at a time, each as large as whoever sends it has room for.
   *
   * @throws ENVELOPE_TOO_LARGE for a payload that would not fit even in the smallest chunks.
   */
  inParts(outcome: Exclude<Outcome, 'accepted'>, payload: Bytes, journalPosition?: number): ReplyParts {
    const most = (MAX_CHUNKS - this.#nextChunk) * SMALLEST_PART_OF_MUCH
    if (payload.length > most) throw envelopeFailure('TOO_LARGE', { details: { limit: most } })
    let at = 0
    return {
      next: (bytes) => {
        if (this.#isFinished) return undefined
        const isLittle = payload.length - at <= (MAX_CHUNKS - this.#nextChunk) * SMALLEST_PART
        const least = isLittle ? SMALLEST_PART : SMALLEST_PART_OF_MUCH
        const end = at + Math.min(MAX_CHUNK_PAYLOAD, Math.max(least, bytes))
        const part = payload.subarray(at, end)
        at = end
        return this.#alone({ outcome, isLast: end >= payload.length, payload: part, journalPosition })
      },
    }
  }

  /** Signed together with the other messages of this turn, where the answerer has a batch. @throws what `finish` throws. */
  async finishInBatch(
    outcome: Exclude<Outcome, 'accepted'>,
    payload: Bytes,
    journalPosition?: number,
  ): Promise<Buffer[]> {
    const { batch } = this.#answerer
    if (batch === undefined) return this.finish(outcome, payload, journalPosition)
    const written = this.#parts(outcome, payload, journalPosition).map((part) => this.#write(part))
    return Promise.all(
      written.map(async (chunk) => this.#seal(chunk, await batch.seal('reply', chunk.header, chunk.signed))),
    )
  }

  #parts(
    outcome: Exclude<Outcome, 'accepted'>,
    payload: Bytes,
    journalPosition: number | undefined,
  ): readonly ReplyPart[] {
    const count = Math.max(1, Math.ceil(payload.length / MAX_CHUNK_PAYLOAD))
    const limit = MAX_CHUNKS - this.#nextChunk
    if (count > limit) throw envelopeFailure('TOO_LARGE', { details: { limit: limit * MAX_CHUNK_PAYLOAD } })
    return Array.from({ length: count }, (_, at) => ({
      outcome,
      isLast: at === count - 1,
      payload: payload.subarray(at * MAX_CHUNK_PAYLOAD, (at + 1) * MAX_CHUNK_PAYLOAD),
      journalPosition,
    }))
  }

  #alone(part: ReplyPart): Buffer {
    const chunk = this.#write(part)
    return this.#seal(chunk, signAlone('reply', chunk.header, chunk.signed, this.#answerer.signer.privateKey))
  }

  #write(part: ReplyPart): WrittenChunk {
    if (this.#isFinished) throw new Error('the reply is finished')
    this.#isFinished = part.isLast
    const { request, digest, version, suite } = this.#opened
    const chunk = this.#nextChunk++
    const salt = toHex(randomBytes(16))
    const { requestId } = request
    const header = replyHeader.encode({ kind: kinds.replyChunk, version, suite, requestId, salt, chunk })
    const signed = replyStatement.encode({
      direction: oppositeOf(request.direction),
      group: request.group,
      senderKeyId: this.#answerer.signer.keyId,
      sender: this.#answerer.endpoint,
      requestId,
      requestDigest: digest,
      chunk,
      issuedAt: this.#answerer.clock.now(),
      ...part,
    })
    return { header, salt, signed }
  }

  #seal({ header, salt, signed }: WrittenChunk, seal: Seal): Buffer {
    return concat(header, sealWithReplyKey(this.#opened.replySecret, salt, header, closeBody(signed, seal)))
  }
}

/** A reply that is written as it is sent. */
export interface ReplyParts {
  /** The next cargo, with at most so much of the payload; `undefined` after the last. */
  next(bytes: number): Buffer | undefined
}

type ReplyPart = Pick<ReplyStatement, 'outcome' | 'isLast' | 'payload' | 'journalPosition'>

/** What is to be signed and then sealed. */
interface WrittenChunk {
  readonly header: Buffer
  readonly salt: string
  readonly signed: Buffer
}

/** The request a reply chunk claims to belong to, for finding the waiting caller. Unauthenticated. */
export function requestIdOfReply(cargo: Bytes): string | undefined {
  if (cargo[0] !== kinds.replyChunk || cargo.length < REPLY_HEADER_LENGTH) return undefined
  return replyHeader.decode(cargo.subarray(0, REPLY_HEADER_LENGTH)).requestId
}

/**
 * Opens one chunk and checks that it answers exactly this request.
 *
 * @throws ENVELOPE_CANNOT_OPEN up to the signature, ENVELOPE_REPLY_MISMATCH after it.
 */
export function openReplyChunk(cargo: Bytes, pending: PendingReply, senders: Senders): ReplyStatement {
  const { reply, chunk } = orCannotOpen(() => {
    if (!cargoLengths.has(cargo.length)) throw cannotOpen()
    const header = cargo.subarray(0, REPLY_HEADER_LENGTH)
    const fields = replyHeader.decode(header)
    if (fields.kind !== kinds.replyChunk || fields.version !== PROTOCOL_VERSION || fields.suite !== SUITE)
      throw new RangeError('header')
    if (fields.requestId !== pending.requestId) throw new RangeError('request id')
    const sealed = cargo.subarray(REPLY_HEADER_LENGTH)
    const padded = openWithReplyKey(pending.secret, fields.salt, header, sealed)
    const opened = openBody('reply', header, replyStatement, padded, ({ senderKeyId }) => senders(senderKeyId))
    return { reply: opened, chunk: fields.chunk }
  })
  const mismatch = mismatchOf(reply, chunk, pending)
  if (mismatch !== undefined) throw envelopeFailure('REPLY_MISMATCH', { details: { field: mismatch } })
  return reply
}

function mismatchOf(reply: ReplyStatement, chunk: number, pending: PendingReply): string | undefined {
  if (reply.direction !== oppositeOf(pending.direction)) return 'direction'
  if (reply.group !== pending.group) return 'group'
  if (reply.sender !== pending.answerer) return 'sender'
  if (reply.requestId !== pending.requestId) return 'requestId'
  if (reply.requestDigest !== pending.requestDigest) return 'requestDigest'
  if (reply.chunk !== chunk) return 'chunk'
  return undefined
}
