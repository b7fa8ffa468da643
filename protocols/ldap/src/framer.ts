/**
 * The framer: cuts a stream of bytes into LDAP messages.
 *
 * It reads the length before it keeps anything, so a peer that promises two
 * gigabytes, speaks HTTP, or never ends its length is refused at its first bytes.
 * Where somebody wants to go on behind a message that is too large, its beginning is
 * kept and the rest let go as it comes.
 *
 * @module
 */
import { malformed, ldapFailure } from './failures.ts'
import { tags } from './ber.ts'

/** Of a message that is passed over: an id, an operation and a name are in it. */
const keptOfCut = 16 * 1024
/** A message that many times as large as allowed is refused even where others are passed over. */
const passedOver = 2

export class MessageFramer {
  readonly #maxMessageBytes: number
  readonly #chunks: Buffer[] = []
  #held = 0
  /** Length of the message that is arriving, header included; known as soon as its header is here. */
  #wanted: number | undefined
  /** The beginning of a message that is passed over, and how much of it is still to come. */
  #cut: { readonly head: Buffer; left: number } | undefined
  /** Gets the beginning of a message that was too large, once the rest of it has gone by. Absent: none is passed over. */
  passOver: ((head: Buffer) => void) | undefined

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes
  }

  /** Bytes that came and belong to no finished message yet. */
  get heldBytes(): number {
    return this.#held
  }

  /**
   * Takes what arrived and yields each message that is whole.
   *
   * @throws LDAP_MALFORMED, LDAP_TOO_LARGE. The stream is then of no more use.
   */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    for (;;) {
      if (this.#cut !== undefined) {
        const gone = Math.min(this.#cut.left, this.#held)
        this.#drop(gone)
        this.#cut.left -= gone
        if (this.#cut.left > 0) return
        const { head } = this.#cut
        this.#cut = undefined
        this.passOver?.(head)
      }
      this.#wanted ??= this.#readHeader()
      if (this.#wanted === undefined) return
      if (this.#wanted > this.#maxMessageBytes) {
        const kept = Math.min(keptOfCut, this.#wanted)
        if (this.#held < kept) return
        this.#cut = { head: Buffer.from(this.#take(kept)), left: this.#wanted - kept }
        this.#wanted = undefined
        continue
      }
      if (this.#held < this.#wanted) return
      const message = this.#take(this.#wanted)
      this.#wanted = undefined
      yield message
    }
  }

  #readHeader(): number | undefined {
    if (this.#held === 0) return undefined
    const start = this.#start(6)
    if (start[0] !== tags.sequence) throw malformed(describeStart(start))
    const first = start[1]
    if (first === undefined) return undefined
    let length = first
    let header = 2
    if (first >= 0x80) {
      const count = first & 0x7f
      if (count === 0) throw malformed('indefinite length')
      if (count > 4) throw malformed('a length of more than four bytes')
      header += count
      if (start.length < header) return undefined
      length = start.readUIntBE(2, count)
    }
    const most = this.#maxMessageBytes * (this.passOver === undefined ? 1 : passedOver)
    if (header + length > most) {
      throw ldapFailure('TOO_LARGE', { details: { of: 'message', bytes: length, limit: this.#maxMessageBytes } })
    }
    // The smallest message has an id and an operation.
    if (length < 5) throw malformed('a message too short to be one')
    return header + length
  }

  /** The first `count` bytes, or as many as are here. */
  #start(count: number): Buffer {
    const first = this.#chunks[0] ?? Buffer.alloc(0)
    if (first.length >= count) return first.subarray(0, count)
    const parts: Buffer[] = []
    let have = 0
    for (const chunk of this.#chunks) {
      parts.push(chunk)
      have += chunk.length
      if (have >= count) break
    }
    return Buffer.concat(parts).subarray(0, count)
  }

  #drop(length: number): void {
    this.#held -= length
    for (let left = length; left > 0;) {
      const first = this.#chunks[0] as Buffer
      if (first.length > left) this.#chunks[0] = first.subarray(left)
      else this.#chunks.shift()
      left -= Math.min(left, first.length)
    }
  }

  #take(length: number): Buffer {
    this.#held -= length
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= length) {
      if (first.length === length) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(length)
      return first.subarray(0, length)
    }
    // Joined once, when all of it is here: joining at every chunk copies a long message hundreds of times.
    const all = Buffer.concat(this.#chunks)
    this.#chunks.length = 0
    if (all.length > length) this.#chunks.push(all.subarray(length))
    return all.subarray(0, length)
  }
}

function describeStart(start: Buffer): string {
  const text = start.toString('latin1')
  if (text.startsWith('HTTP')) return 'an HTTP server answered'
  if (text.startsWith('220') || text.startsWith('* OK') || text.startsWith('SSH-')) return 'another service answered'
  if (start[0] === 0x15 || start[0] === 0x16) return 'the peer speaks TLS, we do not'
  return `a message that begins with 0x${(start[0] ?? 0).toString(16).padStart(2, '0')}`
}
