/**
 * Statements: what a device agent says, signed with the key that it made for itself.
 *
 * `POST /api/device-enrollment` carries `{code, key, login?, statement, signature}`, and
 * `POST /api/check-in` carries `{device, sequence, statement, signature}`. A statement is JSON as *text*: the bytes
 * that were signed are the ones that are read. `key` is an Ed25519 public key, its 32 bytes as base64url; `signature`
 * is its signature, base64url, over the UTF-8 bytes that `signedText` gives.
 *
 * `sequence` is a whole number that rises with every check-in, also over a restart of the agent; milliseconds since
 * 1970 will do. What was said once cannot be said again by somebody who listened.
 *
 * @module
 */
import { createPublicKey, verify } from 'node:crypto'

export const enrollmentLabel = 'sallygate device enrollment 1'
export const checkInLabel = 'sallygate device check-in 1'

/** What is signed: label, whom it is about, and the statement, each on a line of its own; a statement is one line. */
export function signedText(label: string, about: readonly string[], statement: string): string {
  return [label, ...about, statement].join('\n')
}

/** DER of an Ed25519 public key, before its 32 bytes (RFC 8410). */
const prefix = Buffer.from('302a300506032b6570032100', 'hex')

/** Never throws: what is no key and what is no signature is no proof. */
export function isSignedBy(key: Uint8Array, text: string, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([prefix, key]), format: 'der', type: 'spki' })
    return verify(null, Buffer.from(text, 'utf8'), publicKey, signature)
  } catch {
    return false
  }
}
