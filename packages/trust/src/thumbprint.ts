/**
 * Thumbprints: how a person compares certificates.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { sha256, type Bytes } from '@sallygate/base/bytes'

export interface Thumbprints {
  /** Upper-case hex with colons. */
  readonly sha256: string
  /** What Windows' certificate tools call the thumbprint. For comparing by eye only; nothing is decided on it. */
  readonly sha1Windows: string
}

export function thumbprints(certificate: { readonly der: Bytes }): Thumbprints {
  return {
    sha256: grouped(sha256(certificate.der)),
    sha1Windows: grouped(createHash('sha1').update(certificate.der).digest()),
  }
}

function grouped(digest: Buffer): string {
  return (digest.toString('hex').toUpperCase().match(/../g) ?? []).join(':')
}
