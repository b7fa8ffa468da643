/**
 * Certificates that our issuing functions refuse to make, for tests.
 *
 * @module
 */
import 'reflect-metadata'
import type { KeyObject } from 'node:crypto'
import { Extension, X509CertificateGenerator } from '@peculiar/x509'
import { parseCertificate, type Certificate } from './certificate.ts'
import type { Holder } from './issue.ts'
import { exportPublicKey } from './key.ts'

export interface Forgery {
  readonly publicKey?: KeyObject
  readonly commonName?: string
  /** DER values in place of the model's, by extension id; `undefined` leaves one out. */
  readonly extensions?: Readonly<Record<string, Uint8Array | undefined>>
}

/** Signs `model` again under `issuer`, which must have a P-256 key, with these things changed. */
export async function forge(model: Certificate, issuer: Holder, change: Forgery): Promise<Certificate> {
  const commonName = (of: Certificate) => of.x509.subject.replace(/^CN=/, '')
  const own = [...model.extensions].map(([id, { isCritical, value }]) => {
    const replaced = change.extensions !== undefined && id in change.extensions ? change.extensions[id] : value
    return replaced === undefined ? [] : [new Extension(id, isCritical, Uint8Array.from(replaced))]
  })
  const made = await X509CertificateGenerator.create({
    serialNumber: model.serial,
    subject: [{ CN: [change.commonName ?? commonName(model)] }],
    issuer: [{ CN: [commonName(issuer.certificate)] }],
    notBefore: model.notBefore,
    notAfter: model.notAfter,
    publicKey: Uint8Array.from(exportPublicKey(change.publicKey ?? model.publicKey)),
    signingKey: issuer.privateKey.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: own.flat(),
  })
  return parseCertificate(Buffer.from(made.rawData))
}
