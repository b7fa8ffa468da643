/**
 * Certificate requests: a public key, and proof that the sender holds its private half.
 *
 * Whom the certificate will be for is decided by the console, so the name and
 * every attribute in a request are ignored.
 *
 * @module
 */
import { verify as verifySignature, type KeyObject } from 'node:crypto'
import { equalBytes, fromHex, type Bytes } from '@sallygate/base/bytes'
import { context, DerReader, malformed, readBitBytes, readWhole, tag } from './der.ts'
import { trustFailure } from './failures.ts'
import type { KeyId } from './identity.ts'
import { importPublicKey, keyIdOf, publicKeyOf, requireKey } from './key.ts'
import { x509Library } from './x509-library.ts'

export const maxCertificateRequestLength = 4096

/** ecdsa-with-SHA256. */
const signatureAlgorithm = fromHex('300a06082a8648ce3d040302')

export interface CertificateRequest {
  readonly publicKey: KeyObject
  readonly keyId: KeyId
}

/** PKCS#10 DER for a P-256 private key. @throws TRUST_WRONG_KEY. */
export async function makeCertificateRequest(privateKey: KeyObject): Promise<Buffer> {
  const curve = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = requireKey(privateKey, 'private')
  const { Pkcs10CertificateRequestGenerator } = await x509Library()
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=Sallygate connector',
    keys: {
      privateKey: key.toCryptoKey(curve, true, ['sign']),
      publicKey: publicKeyOf(key).toCryptoKey(curve, true, ['verify']),
    },
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  return Buffer.from(request.rawData)
}

/** @throws TRUST_MALFORMED, TRUST_WRONG_KEY, TRUST_BAD_SIGNATURE. */
export function readCertificateRequest(der: Bytes): CertificateRequest {
  if (der.length > maxCertificateRequestLength)
    throw malformed(`a request of at most ${maxCertificateRequestLength} bytes`)
  const request = readWhole(der, tag.sequence, (from) => ({
    signed: from.take(tag.sequence),
    algorithm: from.take(tag.sequence).whole,
    signature: readBitBytes(from.take(tag.bitString).value),
  }))
  const publicKey = readInfo(new DerReader(request.signed.value))
  if (!equalBytes(request.algorithm, signatureAlgorithm)) throw malformed('a signature by ECDSA with SHA-256')
  if (!verifySignature('sha256', request.signed.whole, publicKey, request.signature))
    throw trustFailure('BAD_SIGNATURE')
  return { publicKey, keyId: keyIdOf(publicKey) }
}

function readInfo(from: DerReader): KeyObject {
  const version = from.take(tag.integer).value
  if (version.length !== 1 || version[0] !== 0) throw malformed('a request of version 1')
  from.take(tag.sequence)
  const publicKey = importPublicKey(from.take(tag.sequence).whole)
  from.takeIf(context(0))
  from.end()
  return publicKey
}
