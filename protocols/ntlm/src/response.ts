/**
 * The NTLMv2 computation (MS-NLMP 3.3.2): from a password and a challenge to responses and a key.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import { md4 } from './md4.ts'

export interface Account {
  readonly user: string
  /** Empty for a user name that says where it belongs (user@realm) or leaves it to the server. */
  readonly domain: string
  readonly password: string
}

export interface ResponseInput {
  readonly account: Account
  readonly serverChallenge: Buffer
  readonly clientChallenge: Buffer
  /** FILETIME, 8 bytes. */
  readonly time: Buffer
  /** Encoded AV pairs, with their end. */
  readonly targetInfo: Buffer
}

export interface Responses {
  readonly nt: Buffer
  readonly lm: Buffer
  readonly sessionBaseKey: Buffer
}

export const utf16 = (text: string) => Buffer.from(text, 'utf16le')

export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac('md5', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/** NTOWFv2. */
export function passwordKey({ user, domain, password }: Account): Buffer {
  return hmacMd5(md4(utf16(password)), utf16(upperCase(user) + domain))
}

export function computeResponses(input: ResponseInput): Responses {
  const { serverChallenge, clientChallenge, time, targetInfo } = input
  const key = passwordKey(input.account)
  const reserved = Buffer.alloc(4)
  const temp = Buffer.concat([
    Buffer.from('0101000000000000', 'hex'),
    time,
    clientChallenge,
    reserved,
    targetInfo,
    reserved,
  ])
  const proof = hmacMd5(key, serverChallenge, temp)
  return {
    nt: Buffer.concat([proof, temp]),
    lm: Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge]),
    sessionBaseKey: hmacMd5(key, proof),
  }
}

/** As Windows does it, unit by unit: what would become longer (ß) stays as it is. */
function upperCase(text: string): string {
  return text
    .split('')
    .map((unit) => (unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit))
    .join('')
}
