/**
 * Framing over a stream (RFC 6587): octet counting, or a line feed at the end.
 *
 * A message of this package is one line, so neither framing can be forged from within it: its
 * length is counted in the bytes that are sent, and it holds no line feed. RFC 5425 (TLS) knows
 * octet counting only.
 *
 * @module
 */
import { concat, type Bytes } from '@sallygate/base/bytes'
import { syslogFormatFailure } from './failures.ts'

export const framings = ['octetCounting', 'lineFeed'] as const
export type Framing = (typeof framings)[number]

export function frame(line: string, framing: Framing): Buffer {
  return framing === 'lineFeed'
    ? Buffer.from(`${line}\n`, 'utf8')
    : Buffer.from(`${Buffer.byteLength(line)} ${line}`, 'utf8')
}

const digit = (byte: number) => byte >= 0x30 && byte <= 0x39
const lineFeed = 0x0a
const blank = 0x20
const maxDigits = 7

/** Takes frames out of a stream. Which framing it is, each frame says by its first byte, as collectors do it. */
export class Deframer {
  #rest: Buffer = Buffer.alloc(0)
  readonly #maxBytes: number

  constructor(maxBytes: number = 64 * 1024) {
    this.#maxBytes = maxBytes
  }

  /** Of a frame that has begun. */
  get waitingBytes(): number {
    return this.#rest.length
  }

  /** @returns the messages that are whole now. @throws SYSLOG_FORMAT_FRAME; then nothing more can be read from this stream. */
  push(chunk: Bytes): string[] {
    this.#rest = concat(this.#rest, chunk)
    const found: string[] = []
    for (;;) {
      const taken = this.#take()
      if (taken === undefined) return found
      if (taken !== '') found.push(taken)
    }
  }

  #take(): string | undefined {
    const rest = this.#rest
    const [first] = rest
    if (first === undefined) return undefined
    const bounds = digit(first) ? this.#counted(rest) : this.#line(rest)
    if (bounds === undefined) return undefined
    const { from, to, next } = bounds
    this.#rest = rest.subarray(next)
    return rest.toString('utf8', from, to)
  }

  #counted(rest: Buffer) {
    const at = rest.subarray(0, maxDigits + 1).indexOf(blank)
    const digits = rest.subarray(0, at < 0 ? rest.length : at)
    if (digits.length > maxDigits || digits[0] === 0x30 || !digits.every(digit)) throw syslogFormatFailure('FRAME')
    if (at < 0) return undefined
    const length = Number(digits.toString('latin1'))
    if (length > this.#maxBytes) throw syslogFormatFailure('FRAME', { details: { bytes: length } })
    const to = at + 1 + length
    return rest.length < to ? undefined : { from: at + 1, to, next: to }
  }

  #line(rest: Buffer) {
    const to = rest.indexOf(lineFeed)
    if ((to < 0 ? rest.length : to) > this.#maxBytes)
      throw syslogFormatFailure('FRAME', { details: { bytes: rest.length } })
    return to < 0 ? undefined : { from: 0, to, next: to + 1 }
  }
}
