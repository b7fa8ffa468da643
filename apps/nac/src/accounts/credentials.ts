/**
 * What an Authorization header of Basic says (RFC 7617).
 *
 * @module
 */
import { Secret } from '@sallygate/base/secret'

export interface Credentials {
  readonly user: string
  readonly password: Secret
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8, and Latin-1 where it is not; older clients write that. @returns `undefined` for everything else. */
export function readBasic(header: string): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]{1,4096}={0,2})$/i.exec(header.trim()) ?? []
  if (encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  const text = decode(bytes)
  const at = text.indexOf(':')
  if (at < 0) return undefined
  return { user: text.slice(0, at), password: new Secret(text.slice(at + 1)) }
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
