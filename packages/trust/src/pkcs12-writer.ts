/**
 * Writing PKCS#12: AES-256-CBC under PBKDF2 with HMAC-SHA-256, and a SHA-256 MAC.
 *
 * Windows reads this from Server 2019 and Windows 10 1709 on.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { fromHex, randomBytes, type Bytes } from '@sallygate/base/bytes'
import type { Secret } from '@sallygate/base/secret'
import type { Certificate } from './certificate.ts'
import { context, tag } from './der.ts'
import { writeDer, writeInteger, writeOid } from './der-writer.ts'
import { trustFailure } from './failures.ts'
import { exportPrivateKey, keyIdOf, requireKey } from './key.ts'
import { encryptWithPassword, macWithPassword, writtenIterations } from './password-encryption.ts'
import { normalizePassword } from './password.ts'
import { bundleType, type Bundle } from './pkcs12.ts'

const sequence = (...parts: readonly Bytes[]) => writeDer(tag.sequence, ...parts)
const octets = (...parts: readonly Bytes[]) => writeDer(tag.octetString, ...parts)

/** @throws TRUST_WRONG_KEY for anything but a P-256 private key whose certificate comes first. */
export async function writePkcs12(bundle: Bundle, password: Secret): Promise<Buffer> {
  const key = requireKey(bundle.privateKey, 'private')
  const [own] = bundle.certificates
  if (own?.keyId !== keyIdOf(key))
    throw trustFailure('WRONG_KEY', { details: { expected: 'the key of the first certificate' } })
  const text = normalizePassword(password).reveal()
  const keySafe = sequence(await shroudedKeyBag(key, text, own))
  const certificateSafe = sequence(...bundle.certificates.map((certificate) => certificateBag(certificate, own)))
  const encrypted = await encryptWithPassword(certificateSafe, text)
  const content = sequence(
    dataContent(keySafe),
    sequence(
      writeOid(bundleType.encryptedData),
      writeDer(
        context(0),
        sequence(
          writeInteger(0),
          sequence(writeOid(bundleType.data), encrypted.algorithm, writeDer(context(0, false), encrypted.bytes)),
        ),
      ),
    ),
  )
  const salt = randomBytes(16)
  const mac = await macWithPassword(content, text, salt, writtenIterations)
  const digest = sequence(sequence(writeOid(bundleType.sha256), writeDer(tag.null)), octets(mac))
  return sequence(
    writeInteger(3),
    dataContent(content),
    sequence(digest, octets(salt), writeInteger(writtenIterations)),
  )
}

function dataContent(content: Bytes): Buffer {
  return sequence(writeOid(bundleType.data), writeDer(context(0), octets(content)))
}

async function shroudedKeyBag(key: KeyObject, password: string, own: Certificate): Promise<Buffer> {
  const { algorithm, bytes } = await encryptWithPassword(exportPrivateKey(key), password)
  const value = writeDer(context(0), sequence(algorithm, octets(bytes)))
  return sequence(writeOid(bundleType.shroudedKeyBag), value, ownAttributes(own))
}

function certificateBag(certificate: Certificate, own: Certificate): Buffer {
  const value = sequence(writeOid(bundleType.x509Certificate), writeDer(context(0), octets(certificate.der)))
  const attributes = certificate === own ? [ownAttributes(own)] : []
  return sequence(writeOid(bundleType.certificateBag), writeDer(context(0), value), ...attributes)
}

/** What ties key and certificate together for other readers. */
function ownAttributes(own: Certificate): Buffer {
  const localKeyId = octets(fromHex(own.keyId).subarray(0, 20))
  return writeDer(tag.set, sequence(writeOid(bundleType.localKeyId), writeDer(tag.set, localKeyId)))
}
