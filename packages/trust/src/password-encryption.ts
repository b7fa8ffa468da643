/**
 * Password-based encryption as PKCS#12 uses it: PBES2 for contents, its own older scheme for the MAC key.
 *
 * One suite: PBKDF2 with HMAC-SHA-256, AES-256-CBC, SHA-256. Iteration counts
 * come from files, so they are bounded before any work is done.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, createHmac, hash, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { concat, encodeUtf8, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { DerReader, readOid, readSmallInteger, readWhole, tag } from './der.ts'
import { writeDer, writeInteger, writeOid } from './der-writer.ts'
import { trustFailure } from './failures.ts'

/** Windows refuses far higher counts on import; with a generated password this is ample. */
export const writtenIterations = 100_000
const maxIterations = 1_000_000

const oid = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const

export const malformedBundle = (because: string, cause?: unknown) =>
  trustFailure('MALFORMED_BUNDLE', { details: { because }, ...(cause === undefined ? {} : { cause }) })

const pbkdf2Async = promisify(pbkdf2)

export function deriveKey(password: Bytes, salt: Bytes, iterations: number, length: number): Promise<Buffer> {
  checkIterations(iterations)
  return pbkdf2Async(password, salt, iterations, length, 'sha256')
}

export function checkIterations(iterations: number): void {
  if (iterations < 1 || iterations > maxIterations) throw malformedBundle('iterations')
}

export interface Encrypted {
  /** DER of the AlgorithmIdentifier. */
  readonly algorithm: Buffer
  readonly bytes: Buffer
}

export async function encryptWithPassword(plain: Bytes, password: string): Promise<Encrypted> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const key = await deriveKey(encodeUtf8(password), salt, writtenIterations, 32)
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const prf = writeDer(tag.sequence, writeOid(oid.hmacSha256), writeDer(tag.null))
  const parameters = writeDer(tag.sequence, writeDer(tag.octetString, salt), writeInteger(writtenIterations), prf)
  const algorithm = writeDer(
    tag.sequence,
    writeOid(oid.pbes2),
    writeDer(
      tag.sequence,
      writeDer(tag.sequence, writeOid(oid.pbkdf2), parameters),
      writeDer(tag.sequence, writeOid(oid.aes256Cbc), writeDer(tag.octetString, iv)),
    ),
  )
  return { algorithm, bytes: concat(cipher.update(plain), cipher.final()) }
}

/** @throws TRUST_MALFORMED_BUNDLE, TRUST_WRONG_PASSWORD. */
export async function decryptWithPassword({ algorithm, bytes }: Encrypted, password: string): Promise<Buffer> {
  const { salt, iterations, iv } = readWhole(algorithm, tag.sequence, readPbes2)
  const key = await deriveKey(encodeUtf8(password), salt, iterations, 32)
  return decryptAesCbc(key, iv, bytes)
}

export function decryptAesCbc(key: Bytes, iv: Bytes, bytes: Bytes): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, iv)
    return concat(decipher.update(bytes), decipher.final())
  } catch (cause) {
    throw trustFailure('WRONG_PASSWORD', { cause })
  }
}

function readPbes2(from: DerReader) {
  expectOid(from, oid.pbes2)
  const parameters = from.into(tag.sequence)
  const derivation = parameters.into(tag.sequence)
  expectOid(derivation, oid.pbkdf2)
  const { salt, iterations } = readPbkdf2(derivation.into(tag.sequence))
  derivation.end()
  const cipher = parameters.into(tag.sequence)
  expectOid(cipher, oid.aes256Cbc)
  const iv = cipher.take(tag.octetString).value
  cipher.end()
  parameters.end()
  if (iv.length !== 16) throw malformedBundle('initialization vector')
  return { salt, iterations, iv }
}

function readPbkdf2(from: DerReader) {
  const salt = from.take(tag.octetString).value
  const iterations = readSmallInteger(from.take(tag.integer).value)
  checkIterations(iterations)
  const keyLength = from.takeIf(tag.integer)
  if (keyLength !== undefined && readSmallInteger(keyLength.value) !== 32) throw malformedBundle('key length')
  const prf = from.into(tag.sequence)
  expectOid(prf, oid.hmacSha256)
  if (prf.takeIf(tag.null)?.value.length !== 0) throw malformedBundle('PBKDF2 parameters')
  prf.end()
  from.end()
  return { salt, iterations }
}

/** @throws TRUST_MALFORMED_BUNDLE: weaker algorithms are named in the failure's fix, not accepted. */
export function expectOid(from: DerReader, expected: string): void {
  const found = readOid(from.take(tag.oid).value)
  if (found !== expected) throw malformedBundle(`algorithm or type ${found}`)
}

/** RFC 7292 appendix B for a MAC key of one SHA-256 block, giving way to other work now and then. */
export async function macWithPassword(
  content: Bytes,
  password: string,
  salt: Bytes,
  iterations: number,
): Promise<Buffer> {
  checkIterations(iterations)
  const block = 64
  const text = concat(Buffer.from(password, 'utf16le').swap16(), new Uint8Array(2))
  let digest = concat(new Uint8Array(block).fill(3), repeatToBlock(salt, block), repeatToBlock(text, block))
  for (let round = 1; round <= iterations; round++) {
    digest = hash('sha256', digest, 'buffer')
    if (round % 5_000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return createHmac('sha256', digest).update(content).digest()
}

function repeatToBlock(bytes: Bytes, block: number): Buffer {
  return bytes.length === 0 ? Buffer.alloc(0) : Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
}
