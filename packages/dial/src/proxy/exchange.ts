/**
 * One question to a proxy and its answer, on a connection that may be used again.
 *
 * Our own reading, because Node's HTTP client hides what this is about: which 407 keeps
 * the connection, and whether anything follows a 200.
 *
 * @module
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '@sallygate/base/clock'
import { dialFailure } from '../failures.ts'
import { maxHeadBytes, parseHead, startsLikeHttp, type ResponseHead } from './head.ts'
import { maxBodyBytes, restOfBody } from './body.ts'

export interface Answer {
  readonly head: ResponseHead
  /** Whether the next question may go over the same connection. */
  readonly isReusable: boolean
  /** Bytes that came right behind the head of a 2xx. */
  readonly isFollowed: boolean
}

export interface ExchangeOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Host and port of the proxy, to be named. */
  readonly proxy: string
}

/** @throws DIAL_PROXY_CUT, _SILENT, _NOT_HTTP; or the signal's reason. The stream is then destroyed. */
export function ask(
  stream: Duplex,
  question: string,
  { clock, timeoutMs, proxy }: ExchangeOptions,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0)
    let head: ResponseHead | undefined
    const rest = () => {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
      stream.off('readable', onReadable).off('end', onEnd).off('error', onEnd).off('close', onEnd)
    }
    const fail = (failure: unknown) => {
      rest()
      // An error that comes after ours has nobody to tell.
      stream.on('error', () => undefined)
      stream.destroy()
      reject(failure)
    }
    const settle = (answer: Answer) => {
      rest()
      resolve(answer)
    }
    const onEnd = () => {
      // A body without a length ends with the connection, and nobody here wants it.
      if (head === undefined) fail(dialFailure('PROXY_CUT', { details: { proxy, bytes: seen.length } }))
      else settle({ head, isReusable: false, isFollowed: false })
    }
    const onAbort = () => fail(signal.reason)
    const look = () => {
      if (head === undefined) {
        const end = seen.indexOf('\r\n\r\n')
        if (!startsLikeHttp(seen) || (end < 0 && seen.length > maxHeadBytes)) return fail(notHttp(proxy, seen))
        if (end < 0) return
        head = parseHead(seen.toString('latin1', 0, end))
        if (head === undefined) return fail(notHttp(proxy, seen))
        seen = seen.subarray(end + 4)
      }
      // RFC 9110 9.3.6: a 2xx to CONNECT has no body, whatever its headers say.
      if (head.status < 300) return settle({ head, isReusable: false, isFollowed: seen.length > 0 })
      const left = restOfBody(head, seen)
      if (left === 'unknown' || seen.length > maxBodyBytes) settle({ head, isReusable: false, isFollowed: false })
      else if (left === 'none') settle({ head, isReusable: head.isPersistent, isFollowed: false })
    }
    const onReadable = () => {
      for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
        seen = Buffer.concat([seen, chunk])
        if (seen.length > maxHeadBytes + maxBodyBytes) break
      }
      look()
    }
    const timer = clock.after(timeoutMs, () =>
      fail(dialFailure('PROXY_SILENT', { details: { proxy, afterMs: timeoutMs } })),
    )
    signal.addEventListener('abort', onAbort, { once: true })
    stream.on('readable', onReadable).on('end', onEnd).on('error', onEnd).on('close', onEnd)
    if (signal.aborted) onAbort()
    // It may have ended while nobody was listening.
    else if (stream.destroyed || stream.readableEnded) onEnd()
    else stream.write(question)
  })
}

function notHttp(proxy: string, seen: Buffer) {
  // The first byte tells TLS alerts, SOCKS and banners apart; more would be a stranger's text in our log.
  return dialFailure('PROXY_NOT_HTTP', { details: { proxy, firstByte: seen[0] ?? 0 } })
}
