/**
 * The head of an answer: status line and headers, read from bytes of a stranger.
 *
 * @module
 */

export interface ResponseHead {
  readonly status: number
  /** HTTP/1.1 or later minor version. */
  readonly isPersistent: boolean
  header(name: string): string | undefined
  all(name: string): readonly string[]
}

/** A Kerberos token with group memberships is some ten kilobytes. */
export const maxHeadBytes = 64 * 1024
const maxHeaders = 100

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/

/** @param text Latin-1, up to the empty line. @returns `undefined` for what is no HTTP/1 answer. */
export function parseHead(text: string): ResponseHead | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const match = statusLine.exec(first)
  if (match === null || lines.length > maxHeaders) return undefined
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    // A folded or nameless line: nothing of ours reads it, and a guess could be wrong.
    if (colon < 1 || /[ \t]/.test(line.slice(0, colon))) continue
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  const all = (name: string) => headers.get(name) ?? []
  const connection = [...all('connection'), ...all('proxy-connection')].join(',').toLowerCase()
  return {
    status: Number(match[2]),
    isPersistent: match[1] === '1' ? !connection.includes('close') : connection.includes('keep-alive'),
    header: (name) => all(name).at(0),
    all,
  }
}

/** Could these be the first bytes of an HTTP/1 answer? Says no as early as it can. */
export function startsLikeHttp(bytes: Buffer): boolean {
  const start = 'HTTP/1.'
  const seen = bytes.toString('latin1', 0, Math.min(bytes.length, start.length))
  return start.startsWith(seen)
}
