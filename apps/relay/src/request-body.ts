/**
 * The body of a request, bounded.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { baseFailure } from '@sallygate/base/failures'

/** @throws BASE_TOO_LARGE as soon as that is known, BASE_MALFORMED when it ends too early. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let length = 0
    const refuse = () => reject(baseFailure('TOO_LARGE', { details: { limit } }))
    if (Number(request.headers['content-length'] ?? 0) > limit) return refuse()
    request.on('data', (part: Buffer) => {
      length += part.length
      if (length > limit) refuse()
      else parts.push(part)
    })
    request.on('end', () => resolve(Buffer.concat(parts)))
    const cut = () => reject(baseFailure('MALFORMED', { details: { expected: 'a whole body' } }))
    request.on('error', cut).on('close', cut)
  })
}
