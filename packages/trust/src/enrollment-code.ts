/**
 * The enrollment code: a one-time secret and the digest of the console's root, as text.
 *
 * The code never travels. From it come an id that says which code is meant, and
 * a key for the MAC over the request. When it ends and whether it was used is the
 * console's to know.
 *
 * @module
 */
import { hkdfSync } from 'node:crypto'
import { concat, encodeUtf8, randomBytes, sha256, type Bytes } from '@sallygate/base/bytes'
import type { Certificate } from './certificate.ts'
import { trustFailure } from './failures.ts'

export interface EnrollmentCode {
  /** 16 random bytes. */
  readonly secret: Bytes
  /** SHA-256 of the product root certificate. */
  readonly rootDigest: Bytes
}

const prefix = 'SG1'

/** Crockford's alphabet: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const contentLength = 48
const symbolCount = Math.ceil((contentLength * 8) / 5)

export function makeEnrollmentCode(root: Certificate): EnrollmentCode {
  return { secret: randomBytes(16), rootDigest: sha256(root.der) }
}

/** `SG1-` and groups of five characters, the last of which is the check character. */
export function formatEnrollmentCode(code: EnrollmentCode): string {
  const symbols = toSymbols(concat(code.secret, code.rootDigest))
  const text = [...symbols, checkSymbol(symbols)].map((symbol) => alphabet[symbol]).join('')
  return [prefix, ...(text.match(/.{1,5}/g) ?? [])].join('-')
}

/**
 * Reads a code as people type it: any case, spaces or dashes anywhere, O for 0, I and L for 1.
 *
 * @throws TRUST_CODE_MISTYPED.
 */
export function parseEnrollmentCode(text: string): EnrollmentCode {
  const plain = text
    .replace(/[\s\u2010-\u2015-]/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (!plain.startsWith(prefix)) throw mistyped('beginning')
  const symbols = Array.from(plain.slice(prefix.length), (character) => alphabet.indexOf(character))
  if (symbols.includes(-1)) throw mistyped('character')
  if (symbols.length !== symbolCount + 1) throw mistyped('length')
  const content = symbols.slice(0, -1)
  if (checkSymbol(content) !== symbols.at(-1)) throw mistyped('check character')
  const bytes = fromSymbols(content)
  return { secret: bytes.subarray(0, 16), rootDigest: bytes.subarray(16) }
}

function mistyped(because: string) {
  return trustFailure('CODE_MISTYPED', { details: { because } })
}

/** Which code a request means, without showing the code. */
export function codeId(code: Pick<EnrollmentCode, 'secret'>): Buffer {
  return derive(code.secret, 'sallygate code id v1', 16)
}

export function codeMacKey(code: Pick<EnrollmentCode, 'secret'>): Buffer {
  return derive(code.secret, 'sallygate code mac v1', 32)
}

function derive(secret: Bytes, info: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), encodeUtf8(info), length))
}

function toSymbols(bytes: Bytes): readonly number[] {
  const bits = BigInt(`0x${Buffer.from(bytes).toString('hex')}`) << BigInt(symbolCount * 5 - contentLength * 8)
  return Array.from({ length: symbolCount }, (_, index) =>
    Number((bits >> BigInt((symbolCount - 1 - index) * 5)) & 31n),
  )
}

function fromSymbols(symbols: readonly number[]): Buffer {
  const spare = BigInt(symbolCount * 5 - contentLength * 8)
  const bits = symbols.reduce((sum, symbol) => (sum << 5n) | BigInt(symbol), 0n)
  // Spare bits are zero, so that a code has one spelling.
  if ((bits & ((1n << spare) - 1n)) !== 0n) throw mistyped('last character')
  return Buffer.from((bits >> spare).toString(16).padStart(contentLength * 2, '0'), 'hex')
}

/**
 * A check character that is one of the ordinary thirty-two.
 *
 * Symbols are numbers of the field with 32 elements, each weighted with another
 * power of its generator: one wrong symbol, or two neighbors exchanged, always
 * changes the sum.
 */
function checkSymbol(symbols: readonly number[]): number {
  return symbols.reduce((sum, symbol) => times2(sum ^ symbol), 0)
}

/** Multiplies by the generator modulo x^5 + x^2 + 1. */
function times2(value: number): number {
  const doubled = value << 1
  return doubled >= 32 ? doubled ^ 0b100101 : doubled
}
