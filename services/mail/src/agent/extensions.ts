/**
 * What a server says it can do, out of its answer to EHLO (RFC 5321 4.1.1.1).
 *
 * @module
 */
import type { Reply } from './reply-reader.ts'

export interface Extensions {
  readonly startTls: boolean
  readonly smtpUtf8: boolean
  /** Ways of signing in, upper case. */
  readonly auth: readonly string[]
  /** Whether sizes are understood (RFC 1870), and the largest message; 0: not said. */
  readonly size: { readonly isKnown: boolean; readonly limit: number }
  /** The lines themselves, without those for signing in, which may go once somebody has. */
  readonly lines: readonly string[]
}

export const noExtensions: Extensions = {
  startTls: false,
  smtpUtf8: false,
  auth: [],
  size: { isKnown: false, limit: 0 },
  lines: [],
}

/** The first line is the server's name. */
export function extensionsOf({ lines }: Pick<Reply, 'lines'>): Extensions {
  const said = lines.slice(1).map((line) => line.trim().toUpperCase())
  const words = said.map((line) => line.split(/\s+/))
  const find = (keyword: string) => words.find(([first]) => first === keyword)
  const size = find('SIZE')
  const limit = Number(size?.[1] ?? 0)
  return {
    startTls: find('STARTTLS') !== undefined,
    smtpUtf8: find('SMTPUTF8') !== undefined,
    // Old servers write AUTH=LOGIN as well; those say the same again in the proper form.
    auth: [...new Set(words.filter(([first]) => first === 'AUTH').flatMap((line) => line.slice(1)))].slice(0, 20),
    size: { isKnown: size !== undefined, limit: Number.isSafeInteger(limit) && limit > 0 ? limit : 0 },
    lines: said.filter((line) => !/^AUTH[ =]/.test(line)),
  }
}

/** Whether this can be the answer to EHLO and to nothing else that was ever said on this line. */
export function isSameAnswer({ lines }: Extensions, reply: Pick<Reply, 'code' | 'lines'>): boolean {
  const again = extensionsOf(reply).lines
  return reply.code === 250 && lines.length > 0 && again.join('\n') === lines.join('\n')
}
