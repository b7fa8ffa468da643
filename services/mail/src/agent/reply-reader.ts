/**
 * Replies of an SMTP server, out of bytes as they come (RFC 5321 4.2).
 *
 * Bounded before they are believed: a line, a reply, and what may come unasked. Knows
 * nothing of commands.
 *
 * @module
 */
import { mailFailure, type SmtpReply } from '../contract.ts'

export interface Reply extends SmtpReply {
  /** The text of every line; of EHLO the extensions, one each. */
  readonly lines: readonly string[]
}

/** RFC 5321 4.5.3.1.5 says 512 octets with code and line end; some servers are more talkative. */
const maxLineBytes = 4096
const maxLines = 128
/** Replies nobody asked for yet. One is a server that says good-bye; more are a flood. */
const maxReplies = 16

const lf = 0x0a

export class ReplyReader {
  readonly #replies: Reply[] = []
  #pending: Buffer = Buffer.alloc(0)
  #lines: string[] = []
  #code: string | undefined

  /** Whether anything at all has come that nobody has taken, be it half a line. */
  get hasMore(): boolean {
    return this.#replies.length > 0 || this.#lines.length > 0 || this.#pending.length > 0
  }

  /** @throws MAIL_PROTOCOL_VIOLATION. */
  push(chunk: Buffer): void {
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    for (let end = rest.indexOf(lf); end !== -1; end = rest.indexOf(lf)) {
      if (end > maxLineBytes) throw violation('a line that is too long')
      this.#line(rest.subarray(0, end).toString('utf8').replace(/\r$/, ''))
      rest = rest.subarray(end + 1)
    }
    if (rest.length > maxLineBytes) throw violation('a line that is too long')
    // A copy, so that a small rest does not hold a large chunk.
    this.#pending = Buffer.from(rest)
  }

  take(): Reply | undefined {
    return this.#replies.shift()
  }

  #line(line: string): void {
    const [, code = '', separator = '', text = ''] = /^([2-5]\d\d)(?:([ -])(.*))?$/su.exec(line) ?? []
    if (code === '') throw violation(`a line that is no reply: ${printable(line).slice(0, 80)}`)
    if (this.#code !== undefined && this.#code !== code) throw violation('a reply of two codes')
    this.#code = code
    this.#lines.push(text)
    if (this.#lines.length > maxLines) throw violation('a reply of too many lines')
    if (separator === '-') return
    this.#replies.push(replyOf(Number(code), this.#lines))
    this.#lines = []
    this.#code = undefined
    if (this.#replies.length > maxReplies) throw violation('replies that nobody asked for')
  }
}

/** RFC 3463 2: class, subject, detail; the class agrees with the reply's first digit, or it is just a number somebody wrote. */
const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)(.*)$/su

export function replyOf(code: number, lines: readonly string[]): Reply {
  const last = lines.at(-1) ?? ''
  const [, status, rest] = enhanced.exec(last) ?? []
  const isHonest = status !== undefined && status.startsWith(String(code)[0] ?? '')
  return { code, lines, status: isHonest ? status : undefined, text: printable(isHonest ? (rest ?? '') : last) }
}

/** What a server says is shown to people and written into logs: one line, bounded, nothing that a terminal obeys. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed()
}

export const violation = (wrong: string) => mailFailure('PROTOCOL_VIOLATION', { details: { wrong } })
