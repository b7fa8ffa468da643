/**
 * The relay's TLS certificate: read, checked, watched, and its last day known.
 *
 * It protects the transport only. Files that change are taken up without a restart;
 * a pair that does not fit (one file written, the other not yet) changes nothing.
 *
 * @module
 */
import { constants, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { readFile, readPrivateFile } from '@sallygate/base/file'
import { relayFailure } from './failures.ts'

export interface ServerCertificate {
  readonly context: SecureContextOptions
  readonly notAfter: Date
}

/** TLS 1.2 and 1.3 with forward secrecy; no renegotiation, which only ever served attackers. */
const profile: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_AES_128_GCM_SHA256',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
  honorCipherOrder: true,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
}

/** @throws RELAY_BAD_CERTIFICATE, FILE_MISSING, FILE_UNREADABLE, FILE_NOT_PRIVATE */
export function loadCertificate(certificateFile: string, keyFile: string): ServerCertificate {
  const cert = readFile(certificateFile)
  const key = readPrivateFile(keyFile)
  try {
    const context = { ...profile, cert, key }
    createSecureContext(context)
    return { context, notAfter: new Date(new X509Certificate(cert).validTo) }
  } catch (cause) {
    throw relayFailure('BAD_CERTIFICATE', { cause, details: { certificateFile, keyFile } })
  }
}

/** Whole days until the certificate ends; negative when it has. */
export function daysLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / 86_400_000)
}
