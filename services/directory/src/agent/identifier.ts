/**
 * Object identifiers: the bytes that name an entry for good, as text and back.
 *
 * @module
 */
import type { TypeDefaults } from '../contract.ts'

type Kind = TypeDefaults['identifier']['dataType']

/** Active Directory writes the first three groups of a GUID least significant byte first (MS-DTYP 2.3.4). */
const guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

/** @returns `undefined` for bytes that are no identifier of this kind. */
export function identifierText(bytes: Uint8Array, kind: Kind): string | undefined {
  const buffer = Buffer.from(bytes)
  if (kind === 'text') return buffer.toString('utf8').slice(0, 256)
  if (kind === 'hex') return buffer.length > 128 ? undefined : buffer.toString('hex')
  if (buffer.length !== 16) return undefined
  const hex = Buffer.from(guidOrder.map((from) => buffer[from] as number)).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** @returns `undefined` for text that is no identifier of this kind: nothing can match it. */
export function identifierBytes(text: string, kind: Kind): Buffer | undefined {
  if (kind === 'text') return Buffer.from(text, 'utf8')
  const hex = text.replaceAll(/[-{}]/g, '')
  if (!/^([0-9a-fA-F]{2})+$/.test(hex)) return undefined
  const bytes = Buffer.from(hex, 'hex')
  if (kind === 'hex') return bytes
  return bytes.length === 16 ? Buffer.from(guidOrder.map((from) => bytes[from] as number)) : undefined
}
