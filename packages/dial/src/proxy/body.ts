/**
 * The body of a refusal: nobody reads it, but the connection is good again only behind it (RFC 9112 6.3).
 *
 * @module
 */
import type { ResponseHead } from './head.ts'

/** A login page of a proxy is a few kilobytes; a larger one costs a new connection. */
export const maxBodyBytes = 256 * 1024

/** `none`: it is here whole. `unknown`: it ends with the connection, or says nonsense. */
export function restOfBody(head: ResponseHead, seen: Buffer): 'none' | 'some' | 'unknown' {
  const coding = head.header('transfer-encoding')
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' ? restOfChunks(seen) : 'unknown'
  const length = head.header('content-length')
  if (length === undefined || !/^\d{1,9}$/.test(length) || Number(length) > maxBodyBytes) return 'unknown'
  if (seen.length > Number(length)) return 'unknown'
  return seen.length === Number(length) ? 'none' : 'some'
}

function restOfChunks(seen: Buffer): 'none' | 'some' | 'unknown' {
  for (let at = 0; ;) {
    const end = seen.indexOf('\r\n', at)
    if (end < 0) return seen.length - at > 1024 ? 'unknown' : 'some'
    const size = /^([\da-f]{1,7})(?:[ \t;]|$)/i.exec(seen.toString('latin1', at, end))?.[1]
    if (size === undefined) return 'unknown'
    if (Number.parseInt(size, 16) === 0) return restOfTrailers(seen, end)
    at = end + 2 + Number.parseInt(size, 16) + 2
    if (at > seen.length) return 'some'
    if (seen.toString('latin1', at - 2, at) !== '\r\n') return 'unknown'
  }
}

/** @param from The line end of the last chunk's size. */
function restOfTrailers(seen: Buffer, from: number): 'none' | 'some' | 'unknown' {
  const end = seen.indexOf('\r\n\r\n', from)
  if (end < 0) return 'some'
  return end + 4 === seen.length ? 'none' : 'unknown'
}
